import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import { legsOf } from '../leg-queries.ts';
import type { NewBill, SettledStays } from '../service.ts';
import type { StayLedger } from './ledger.ts';
import type { StayLines } from './lines.ts';
import { lockStay, type StayRow, settlementsOfStay } from './queries.ts';
import { FREE_LINES_MAX } from './rules.ts';

/** The bills of stays: what was charged and no settlement has taken, midway or at the end. */
export class StayBills implements SettledStays {
  readonly #ledger: StayLedger;
  readonly #lines: StayLines;
  readonly #clock: Clock;

  constructor(parts: { ledger: StayLedger; lines: StayLines; clock: Clock }) {
    this.#ledger = parts.ledger;
    this.#lines = parts.lines;
    this.#clock = parts.clock;
  }

  /**
   * Faults: `stay.not-found`; `stay.state` where a stay that goes on is settled at its end, or one that has ended
   * midway; and on claiming `stay.settling`, `settlement.payers` where the stay's insurer is not among the payers.
   */
  async billOf(stayId: string, { setting }: NewBill) {
    const stay = await this.#ledger.get(stayId);
    const { row } = stay;
    if (row.state !== (setting === 'mid-stay' ? 'admitted' : 'discharged'))
      throw new Fault('stay.state', { facts: { state: row.state, setting } });
    const { stay: told, discharge } = this.#ledger.seals.content(row);
    const charges = await this.#lines.free(stayId, FREE_LINES_MAX + 1);
    return {
      bill: {
        identity: told.identity,
        ...(told.insutype === undefined ? {} : { insutype: told.insutype }),
        ...(told.referral && { referral: told.referral }),
        diagnoses: discharge?.diagnoses ?? told.diagnoses,
        charges: charges.map(({ serial: _, ...charge }) => charge),
        stay: {
          id: stayId,
          handle: this.#ledger.seals.handle(row) ?? {},
          endedAt: row.discharged_at ?? this.#clock.now(),
        },
      },
      claim: (unit: Unit) => this.#claim(unit, row, charges.length),
    };
  }

  /** Takes the charges for the settlement that was just written down: the stay's only one that is not settled yet. */
  async #claim(unit: Unit, seen: StayRow, lines: number): Promise<void> {
    const row = await unit.one(lockStay, { id: seen.id });
    if (row?.version !== seen.version) throw new Fault('request.version');
    const open = (await unit.all(settlementsOfStay, { stay: row.id })).filter(
      ({ state }) => state !== 'settled',
    );
    const [settlement, other] = open;
    if (!settlement || other) throw new Fault('stay.settling');
    const legs = await unit.all(legsOf, { settlement: settlement.id });
    if (!legs.some(({ insurer }) => insurer === row.insurer)) {
      const detail = `这次住院由 ${row.insurer} 办理 / the stay is with ${row.insurer}`;
      throw new Fault('settlement.payers', { pointer: '/body/insurers', detail });
    }
    if ((await this.#lines.take(unit, { row }, settlement.id)) !== lines) throw new Fault('request.version');
  }
}
