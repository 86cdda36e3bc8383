import type { Identity } from '../../schemas/identity.ts';
import { AuditTrail } from '../../src/access/audit.ts';
import { Events } from '../../src/events/events.ts';
import { composeSettlement } from '../../src/settlement/compose.ts';
import type { Insurer, VisitReferrals } from '../../src/settlement/port.ts';
import type { NewSettlement } from '../../src/settlement/service.ts';
import type { Store, Unit } from '../../src/store/port.ts';
import {
  SAMPLE_NAME,
  SAMPLE_NUMBER,
  TestClock,
  temporaryStore,
  testIds,
  testLogger,
  testVault,
} from '../helper.ts';
import { FakeInsurer } from './fake.ts';

export const sampleIdentity: Identity = {
  documentType: 'resident-id',
  documentNumber: SAMPLE_NUMBER,
  name: SAMPLE_NAME,
};

export const caller = { client: 'his', requestId: 'r' };

export const BILL = 'B-1';

/** A bill of 12.30 in two lines. */
export function sampleBill(billNumber = BILL, insurers: readonly string[] = ['fake']): NewSettlement {
  return {
    insurers,
    bill: {
      billNumber,
      setting: 'outpatient',
      identity: sampleIdentity,
      visit: {
        number: 'V-1',
        medType: '11',
        departmentCode: 'D1',
        departmentName: '全科',
        departmentClass: 'A02',
        doctorCode: 'DR1',
        doctorName: '李医生',
        startedAt: Date.parse('2026-03-02T08:00:00+08:00'),
      },
      diagnoses: [{ code: 'J06.900', name: '急性上呼吸道感染' }],
      charges: [charge('1', '2', '5.00', 10_00), charge('2', '1', '2.30', 2_30)],
      useAccount: true,
    },
  };
}

function charge(line: string, count: string, price: string, amountFen: number) {
  return { line, nationalCode: `N${line}`, localCode: `L${line}`, name: '项目', count, price, amountFen };
}

export type World = Awaited<ReturnType<typeof newWorld>>;

/** A store, a clock and an insurer that outlive gateways, and the means to start one on them. */
export async function newWorld(t: { teardown(work: () => unknown): void }, on?: Store) {
  const store = on ?? (await temporaryStore(t));
  const clock = new TestClock();
  const insurer = new FakeInsurer();
  const start = (
    on: Store = store,
    more: { gatewayId?: string; insurers?: Insurer[]; referrals?: VisitReferrals | undefined } = {},
  ) => {
    const { gatewayId = 'test', insurers = [insurer], referrals } = more;
    const events = new Events(clock);
    const audit = new AuditTrail(on, gatewayId, clock);
    const parts = { clock, events, audit, ids: testIds, vault: testVault(), logger: testLogger(), gatewayId };
    const byId = new Map(insurers.map((each) => [each.id, each]));
    const settings = { exchangeTimeoutMs: 5_000 };
    return {
      ...composeSettlement({
        ...parts,
        store: on,
        insurers: byId,
        settings,
        ...(referrals && { referrals }),
      }),
      events,
      audit,
    };
  };
  return { store, clock, insurer, start };
}

export type Gateway = ReturnType<World['start']>;

/** Lets time pass and the worker work until nothing is due any more. */
export async function settleDown(world: World, gateway: Gateway): Promise<void> {
  for (let round = 0; round < 40; round++) {
    await gateway.worker.runOnce();
    world.clock.advance(20 * 60_000);
  }
}

/** Thrown by a store whose process has died. */
export class Dead extends Error {}

/** A store that dies at its n-th write: just before its commit is made, or just after. */
export class DyingStore implements Store {
  readonly dialect;
  readonly #store: Store;
  readonly #at: number;
  readonly #when: 'before' | 'after';
  writes = 0;
  dead = false;

  constructor(store: Store, at: number, when: 'before' | 'after') {
    this.#store = store;
    this.#at = at;
    this.#when = when;
    this.dialect = store.dialect;
  }

  get one(): Store['one'] {
    this.#check();
    return this.#store.one.bind(this.#store);
  }

  get all(): Store['all'] {
    this.#check();
    return this.#store.all.bind(this.#store);
  }

  get list(): Store['list'] {
    this.#check();
    return this.#store.list.bind(this.#store);
  }

  async write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    this.#check();
    this.writes += 1;
    if (this.writes !== this.#at) return this.#store.write(work);
    this.dead = true;
    if (this.#when === 'after') await this.#store.write(work);
    throw new Dead();
  }

  async close(): Promise<void> {}

  #check(): void {
    if (this.dead) throw new Dead();
  }
}
