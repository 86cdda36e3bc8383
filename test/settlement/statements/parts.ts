import { createNhsaInsurer } from '../../../adapters/insurers/nhsa/adapter.ts';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Events } from '../../../src/events/events.ts';
import type { VirtualInsurer } from '../../../src/sandbox/insurer/port.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import { composeSettlement } from '../../../src/settlement/compose.ts';
import { DiskSpool } from '../../../src/settlement/files/spool.ts';
import type { Insurer, StatementFlows, TheirRow } from '../../../src/settlement/port.ts';
import type { ReadStatement } from '../../../src/settlement/statements/archive.ts';
import { statementView } from '../../../src/settlement/statements/views.ts';
import type { Store } from '../../../src/store/port.ts';
import { configurationOf, SIGNING, sampleBill, specification } from '../../adapters/insurers/nhsa/helper.ts';
import { TestClock, temporaryFolder, temporaryStore, testIds, testLogger, testVault } from '../../helper.ts';

export const caller = { client: 'his', requestId: 'r' };

/** The day of the test clock. */
export const DAY = '2026-03-02';

interface Teardown {
  teardown(work: () => unknown): void;
}

export interface WorldOptions {
  readonly store?: Store;
  readonly configuration?: Partial<NhsaConfiguration>;
  readonly at?: string;
  /** How far the platform's clock is ahead of ours. */
  readonly platformAheadMs?: number;
  /** What the insurer offers of statements in place of its own. */
  readonly statements?: (virtual: VirtualInsurer) => StatementFlows;
}

/** A virtual platform, the adapter for it, and the means to start gateways on one store. */
export async function newWorld(t: Teardown, options: WorldOptions = {}) {
  const store = options.store ?? (await temporaryStore(t));
  const clock = new TestClock(options.at);
  const platform = { now: () => clock.now() + (options.platformAheadMs ?? 0) };
  const virtual = await startVirtualInsurer({ port: 0, specification, signing: SIGNING, clock: platform });
  t.teardown(() => virtual.close());
  const spool = new DiskSpool(temporaryFolder(t));
  const adapter = createNhsaInsurer(
    configurationOf(virtual.url, {
      statements: { groups: ['310|11|430100', '390|11|430100'] },
      ...options.configuration,
    }),
    { store, clock, secret: SIGNING.secret, specification, spool },
  );
  t.teardown(() => adapter.close());
  if (options.statements) Object.assign(adapter, { statements: options.statements(virtual) });
  const insurer: Insurer = adapter;
  const start = (on: Store = store, gatewayId = 'test', daily?: string) => {
    const side = composeSettlement({
      ...{ store: on, clock, ids: testIds, vault: testVault(), logger: testLogger(), gatewayId },
      events: new Events(clock),
      audit: new AuditTrail(on, gatewayId, clock),
      insurers: new Map([[insurer.id, insurer]]),
      settings: { exchangeTimeoutMs: 5_000 },
      ...(daily === undefined ? {} : { dailyStatements: new Map([['nhsa', daily]]) }),
    });
    return { ...side, ...actsOf(side, clock) };
  };
  return { store, clock, virtual, insurer, start };
}

export type World = Awaited<ReturnType<typeof newWorld>>;
export type Gateway = ReturnType<World['start']>;

function actsOf(side: ReturnType<typeof composeSettlement>, clock: TestClock) {
  const { statements, service } = side;
  const read = async (id: string) => {
    const statement: ReadStatement = await statements.archive.read(id, caller);
    return statementView(statement, statements.seals, clock.now());
  };
  return {
    read,
    /** Settles a bill of the sample person; answers its settlement. */
    settle: async (id: string, billNumber = id) => {
      const bill = sampleBill({ billNumber });
      return service.create(id, true, caller, async () => ({ insurers: ['nhsa'], bill }));
    },
    reverse: (id: string) => service.reverse({ id, act: `reverse ${id}`, caller }),
    /** Runs a statement to its end and reads it. */
    compare: async (period = DAY) => {
      const { id, finished } = await statements.service.run('nhsa', period, caller);
      await finished;
      return read(id);
    },
    mend: async (
      statement: string,
      n: number,
      more: { confirm?: boolean; settlementId?: string; act?: string } = {},
    ) => {
      const { confirm = false, act = testIds.next(), ...rest } = more;
      await statements.mender.mend({ statement, n, act, confirm, ...rest }, caller);
      const difference = (await read(statement)).differences.find((each) => each.n === n);
      if (!difference) throw new Error('the difference is gone');
      return difference;
    },
  };
}

/** The list that a county front end gives of a day, from the virtual platform's ledger. */
export function listOf(virtual: VirtualInsurer): TheirRow[] {
  return virtual
    .ledger()
    .filter(({ state }) => state !== 'undone')
    .map((row) => ({
      sign: row.transaction === '2208' ? -1 : 1,
      number: row.setlId,
      billNumber: row.billNumber,
      totalFen: row.medfeeFen,
      fundFen: row.fundFen,
      accountFen: row.accountFen,
      at: row.settledAt,
    }));
}
