import { createNrcmsGuizhouInsurer } from '../../../../adapters/insurers/nrcms-guizhou/adapter.ts';
import type { NrcmsGuizhouConfiguration } from '../../../../schemas/insurer-configuration.ts';
import { ACCOUNT, FAMILY, startVirtualGuizhou, WORDS } from '../../../../src/sandbox/nrcms-guizhou/server.ts';
import type { Bill } from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock, testIds } from '../../../helper.ts';
import { Journal, sampleBill } from '../nhsa/helper.ts';

export function configurationOf(
  url: string,
  more: Partial<NrcmsGuizhouConfiguration> = {},
): NrcmsGuizhouConfiguration {
  return {
    id: 'nrcms',
    adapter: 'nrcms-guizhou',
    url,
    userName: ACCOUNT.userName,
    password: { env: 'UNUSED' },
    timeoutMs: 2_000,
    itemTypes: [
      { prefix: 'X', type: '01' },
      { prefix: 'XB', type: '02' },
    ],
    notSettled: [WORDS.notSettled],
    rolledBack: [WORDS.rolledBack],
    ...more,
  };
}

interface Teardown {
  teardown(work: () => unknown): void;
}

/** An adapter, a virtual service for it, and a journal between them. */
export async function guizhouParts(
  t: Teardown,
  configuration: Partial<NrcmsGuizhouConfiguration> = {},
  at?: string,
) {
  const clock = new TestClock(at);
  const virtual = await startVirtualGuizhou({ port: 0, clock });
  t.teardown(() => virtual.close());
  const insurer = createNrcmsGuizhouInsurer(configurationOf(virtual.url, configuration), {
    clock,
    ids: testIds,
    password: ACCOUNT.password,
  });
  t.teardown(() => insurer.close());
  return { clock, virtual, insurer, journal: new Journal() };
}

export type Parts = Awaited<ReturnType<typeof guizhouParts>>;

export const identity = {
  documentType: 'resident-id',
  documentNumber: SAMPLE_NUMBER,
  name: SAMPLE_NAME,
  cardNumber: FAMILY.medicalNo,
} as const;

/** A bill of 150.85 of the sample person, who shows the family's certificate. */
export function ruralBill(more: Partial<Bill> = {}): Bill {
  return sampleBill({ identity, ...more });
}

/** The XML of a request's body, as the service gets it. */
export function bodyXmlOf(journal: Journal, operation: string): string {
  const request = journal.requests.findLast(({ transaction }) => transaction === operation);
  const escaped = /<bodyXml>(.*)<\/bodyXml>/s.exec(String(request?.body))?.[1] ?? '';
  return escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

export function liveHandles(virtual: Parts['virtual']): string[] {
  return virtual
    .ledger()
    .filter((row) => row.live)
    .map((row) => row.handle);
}
