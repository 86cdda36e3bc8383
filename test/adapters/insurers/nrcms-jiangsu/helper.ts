import { createNrcmsJiangsuInsurer } from '../../../../adapters/insurers/nrcms-jiangsu/adapter.ts';
import type { NrcmsJiangsuConfiguration } from '../../../../schemas/insurer-configuration.ts';
import { CARD, HOSPITAL, startVirtualJiangsu } from '../../../../src/sandbox/nrcms-jiangsu/server.ts';
import type { Bill } from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock, testIds } from '../../../helper.ts';
import { Journal, sampleBill } from '../nhsa/helper.ts';

interface Teardown {
  teardown(work: () => unknown): void;
}

/** An adapter, a virtual service for it, and a journal between them. */
export async function jiangsuParts(
  t: Teardown,
  configuration: Partial<NrcmsJiangsuConfiguration> = {},
  at?: string,
) {
  const clock = new TestClock(at);
  const virtual = await startVirtualJiangsu({ port: 0, clock, wire: configuration.wire ?? 'soap' });
  t.teardown(() => virtual.close());
  const insurer = createNrcmsJiangsuInsurer(
    {
      id: 'nrcms-county',
      adapter: 'nrcms-jiangsu',
      url: virtual.url,
      hospitalCode: HOSPITAL,
      frontEnd: { host: '10.0.0.4', port: 6_000 },
      operator: { no: '001' },
      timeoutMs: 2_000,
      ...configuration,
    },
    { clock, ids: testIds },
  );
  t.teardown(() => insurer.close());
  return { clock, virtual, insurer, journal: new Journal() };
}

export type Parts = Awaited<ReturnType<typeof jiangsuParts>>;

/** A bill of 150.85 of the sample person, who shows his card: two drugs and a service. */
export function countyBill(more: Partial<Bill> = {}): Bill {
  const identity = {
    documentType: 'resident-id',
    documentNumber: SAMPLE_NUMBER,
    name: SAMPLE_NAME,
    cardNumber: CARD.cardid,
  } as const;
  return sampleBill({ identity, ...more });
}

/** The JSON of the last request of an operation, as the service gets it. */
export function jsonOf(journal: Journal, operation: string): Record<string, unknown> {
  const request = journal.requests.findLast(({ transaction }) => transaction === operation);
  const body = String(request?.body);
  const json = /<arg0>(.*)<\/arg0>/s.exec(body)?.[1] ?? body;
  return JSON.parse(json.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}

export function liveBills(virtual: Parts['virtual']): string[] {
  return virtual
    .ledger()
    .filter((row) => row.live)
    .map((row) => row.billNumber);
}
