import type { ReportRule } from '../../../schemas/insured-configuration.ts';
import { StoredOutbox } from '../../../src/delivery/outbox.ts';
import { composeReports } from '../../../src/referral/insured/compose.ts';
import { reportsOf } from '../../../src/referral/insured/queries.ts';
import type { StateName } from '../../../src/referral/machine.ts';
import { bodyPurpose } from '../../../src/referral/model.ts';
import { insertReferral, type ReferralRow } from '../../../src/referral/queries.ts';
import type { FilingStanding, Filings, ReferralTransfer } from '../../../src/settlement/port.ts';
import { testParts } from '../../helper.ts';
import { creation } from '../organisations.ts';
import { PLAIN } from '../plain.ts';

type Parts = Awaited<ReturnType<typeof testParts>>;

export const own = {
  code: 'CLINIC0001',
  name: '前进村卫生室',
  level: 'village',
  division: '430102',
} as const;
const places = [
  { code: 'HOSPITAL01', name: '示范县人民医院', level: 'county', division: '430102' },
  { code: 'CITY000001', name: '示例市医院', level: 'city', division: '430100' },
  { code: 'FARAWAYHOSPITAL0001', name: '省外医院', level: 'province' },
] as const;

export const rule: ReportRule = {
  insurer: 'nhsa',
  when: 'outside',
  diagnosisCode: 'Z75.300',
  days: 180,
};

/** The filing side as the referral side sees it: does what it is told to, and remembers. */
export class FakeFilings implements Filings {
  readonly made = new Map<string, FilingStanding>();
  readonly transfers: ReferralTransfer[] = [];
  readonly withdrawn: string[] = [];
  /** What the next filing comes to. */
  next: FilingStanding['state'] | Error = 'filed';
  nextWithdrawal: FilingStanding['state'] | Error = 'withdrawn';
  listed = true;

  async fileTransfer(transfer: ReferralTransfer): Promise<FilingStanding> {
    const known = this.made.get(transfer.id);
    if (known) return known;
    if (this.next instanceof Error) throw this.next;
    this.transfers.push(transfer);
    return this.set(transfer.id, this.next);
  }

  set(id: string, state: FilingStanding['state']): FilingStanding {
    const standing = { id, insurer: 'nhsa', state, ...(state === 'filed' ? { number: 'B1' } : {}) };
    this.made.set(id, standing);
    return standing;
  }

  async standing(id: string): Promise<FilingStanding | undefined> {
    return this.made.get(id);
  }

  async withdrawTransfer({ id, act }: { id: string; act: string }): Promise<FilingStanding> {
    if (this.nextWithdrawal instanceof Error) throw this.nextWithdrawal;
    this.withdrawn.push(act);
    return this.set(id, this.nextWithdrawal);
  }

  async isListed(): Promise<boolean> {
    return this.listed;
  }

  async ofReferral(): Promise<readonly FilingStanding[]> {
    return [...this.made.values()];
  }
}

/** A referral sent from here, its insurer, and the worker that tells it. */
export async function reportingWorld(
  t: Parameters<typeof testParts>[0],
  filings: Filings,
  options: {
    rules?: readonly ReportRule[];
    parts?: Parts;
    peer?: string;
    role?: 'initiator' | 'recipient';
  } = {},
) {
  const parts = options.parts ?? (await testParts(t));
  const rules = options.rules ?? [rule];
  const placeOf = (code: string) => places.find((place) => place.code === code);
  const outbox = new StoredOutbox(parts);
  const make = () =>
    composeReports({ ...parts, random: () => 0, filings, rules, own, placeOf, outbox: () => outbox });
  const { worker, observer } = make();
  const { department, patient, form, consent } = creation;
  const body = { department, patient, form, consent };
  let row = {
    ...PLAIN,
    ...{ id: 'r-1', case_id: 'r-1', correlation_id: 'r-1', role: options.role ?? 'initiator' },
    ...{ peer: options.peer ?? 'CITY000001', direction: 'up', priority: 'routine', state: 'received' },
    ...{ closed: 0, confirmed: 'received', confirmed_before: null, own_seq: 1, peer_seq: 0, seen: 1 },
    ...{ received_at: 1, event_count: 1, version: 1, body: parts.vault.sealJson(bodyPurpose('r-1'), body) },
    ...{ person: 'p', created_at: 1, updated_at: 1 },
  } as unknown as ReferralRow;
  await parts.store.write((unit) => unit.run(insertReferral, row));

  /** The referral changes. */
  async function becomes(state: StateName): Promise<void> {
    const after = { ...row, state };
    await parts.store.write(async (unit) => {
      await observer.changed(unit, { cause: 'taken', before: row, after, events: [], settled: [] });
    });
    row = after;
  }

  const reports = () => parts.store.all(reportsOf, { referral_id: 'r-1' });
  return { ...parts, worker, another: make().worker, becomes, reports };
}
