import { createNhsaInsurer } from '../../../../adapters/insurers/nhsa/adapter.ts';
import type { Warnings } from '../../../../adapters/insurers/nhsa/platform-time.ts';
import { Specification } from '../../../../adapters/insurers/nhsa/specification.ts';
import type { NhsaConfiguration } from '../../../../schemas/insurer-configuration.ts';
import {
  ALREADY_SO,
  NOTHING_TO_UNDO,
  type VirtualCatalogues,
  type VirtualInsurer,
} from '../../../../src/sandbox/insurer/port.ts';
import { startVirtualInsurer } from '../../../../src/sandbox/insurer/server.ts';
import { DiskSpool } from '../../../../src/settlement/files/spool.ts';
import {
  type Bill,
  type Exchange,
  type Outcome,
  type Verdict,
  WireError,
  type WireOutcome,
  type WireRequest,
} from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock, temporaryFolder, temporaryStore } from '../../../helper.ts';

/** One specification for a whole test file: compiling schemas takes a while. */
export const specification = new Specification();

export const SIGNING = { kind: 'tif', paasId: 'clinic', secret: 'sandbox-secret' } as const;

export function configurationOf(url: string, more: Partial<NhsaConfiguration> = {}): NhsaConfiguration {
  return {
    id: 'nhsa',
    adapter: 'nhsa',
    url,
    fixmedinsCode: 'H43010000001',
    fixmedinsName: '样例卫生院',
    mdtrtareaAdmvs: '430100',
    recerSysCode: 'FSI',
    infver: 'V1.0',
    operator: { no: 'op1', name: '收费员' },
    signing: { kind: 'tif', paasId: SIGNING.paasId, secret: { env: 'UNUSED' } },
    timeoutMs: 2_000,
    nothingToUndo: Object.values(NOTHING_TO_UNDO),
    alreadySo: ALREADY_SO,
    ...more,
  };
}

/** What the core does around an exchange, in memory: sends once, judges, and remembers. */
export class Journal {
  readonly requests: WireRequest[] = [];
  readonly verdicts: Verdict[] = [];
  readonly exchange: Exchange = async (request) => {
    this.requests.push(request);
    const verdict = await this.#verdict(request);
    this.verdicts.push(verdict);
    const outcome: WireOutcome = { ...verdict, exchangeId: `x${this.requests.length}`, ownId: request.ownId };
    return outcome;
  };

  transactions(): string[] {
    return this.requests.map((request) => request.transaction);
  }

  /** The msgid of the last request of a transaction. */
  ownIdOf(transaction: string): string {
    return this.requests.findLast((request) => request.transaction === transaction)?.ownId ?? '';
  }

  async #verdict(request: WireRequest): Promise<Verdict> {
    try {
      return request.judge(await request.send(new AbortController().signal));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { kind: error.sent === 'nothing' ? 'not-run' : 'unknown', reason: error.message };
    }
  }
}

interface Teardown {
  teardown(work: () => unknown): void;
}

/** An adapter, a virtual platform for it, and a journal between them. */
export async function platformParts(
  t: Teardown,
  options: {
    file?: string;
    catalogues?: VirtualCatalogues;
    configuration?: Partial<NhsaConfiguration>;
    /** The adapter's own, made by its profile, instead of the shared strict one. */
    ownSpecification?: boolean;
    /** How far the platform's clock is ahead of ours. */
    skewMs?: number;
    logger?: Warnings;
  } = {},
) {
  const clock = new TestClock();
  const platformClock = { skewMs: options.skewMs ?? 0, now: () => clock.now() + platformClock.skewMs };
  const store = await temporaryStore(t);
  const spoolFolder = temporaryFolder(t);
  const virtual = await startVirtualInsurer({
    port: 0,
    specification,
    signing: SIGNING,
    clock: platformClock,
    ...(options.file ? { file: options.file } : {}),
    ...(options.catalogues ? { catalogues: options.catalogues } : {}),
  });
  t.teardown(() => virtual.close());
  const insurer = createNhsaInsurer(configurationOf(virtual.url, options.configuration), {
    store,
    clock,
    secret: SIGNING.secret,
    ...(options.ownSpecification ? {} : { specification }),
    logger: options.logger,
    spool: new DiskSpool(spoolFolder),
  });
  t.teardown(() => insurer.close());
  return { clock, platformClock, store, virtual, insurer, spoolFolder, journal: new Journal() };
}

export type Parts = Awaited<ReturnType<typeof platformParts>>;

export function liveSettlements(virtual: VirtualInsurer): string[] {
  return virtual
    .ledger()
    .filter((row) => row.live)
    .map((row) => row.msgid);
}

/** The accepted outcome, or a failure of the test. */
export function must<T>(outcome: Outcome<T>): Extract<Outcome<T>, { kind: 'accepted' }> {
  if (outcome.kind === 'accepted') return outcome;
  throw new Error(`${outcome.at.transaction} ${outcome.kind}: ${outcome.reason}`);
}

let bills = 0;

/** A bill of the sample person over three lines: two drugs and a service. */
export function sampleBill(more: Partial<Bill> = {}): Bill {
  bills += 1;
  const totalFen = more.totalFen ?? 15_085;
  return {
    setting: 'outpatient',
    before: [],
    leftFen: totalFen,
    settlementId: `s${bills}`,
    billNumber: `B${bills}`,
    attempt: 1,
    identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    visit: {
      number: `MZ${bills}`,
      medType: '11',
      departmentCode: 'A02',
      departmentName: '全科医疗科',
      departmentClass: 'A02',
      doctorCode: 'D1',
      doctorName: '样例医生',
      startedAt: Date.parse('2026-03-02T08:30:00+08:00'),
    },
    diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
    charges: [
      {
        line: '1',
        nationalCode: 'XN02BEA1',
        localCode: 'L1',
        name: '样例药一',
        count: '3',
        price: '33.40',
        amountFen: 10_020,
      },
      {
        line: '2',
        nationalCode: 'XB05AAA1',
        localCode: 'L2',
        name: '样例药二',
        count: '0.5',
        price: '21.30',
        amountFen: 1_065,
      },
      {
        line: '3',
        nationalCode: '001102000010000',
        localCode: 'L3',
        name: '诊察费',
        count: '1',
        price: '40',
        amountFen: 4_000,
      },
    ],
    useAccount: true,
    totalFen,
    ...more,
  };
}
