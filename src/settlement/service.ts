import type { Finding } from '../../schemas/settlement-words.ts';
import type { Caller } from '../access/caller.ts';
import { type ErrorCode, Fault } from '../errors.ts';
import type { Unit } from '../store/port.ts';
import { eventOf, impossible } from './findings.ts';
import type { Flows } from './flows.ts';
import type { Ledger, Step } from './ledger.ts';
import { currentLeg } from './legs.ts';
import { type Action, actionsOf } from './machine.ts';
import type { Settlement } from './model.ts';
import type { Bill, Quote, Settled } from './port.ts';
import type { SettlementRow } from './queries.ts';
import { checkBill, checkCharges, checkPayers, type Flaw } from './rules.ts';
import { moneyStep, quoteStep, settledLeg } from './steps.ts';

/** A bill as the caller gives it: the gateway adds the settlement's id and counts the attempts. */
export type NewBill = Omit<Bill, 'settlementId' | 'attempt' | 'totalFen' | 'leftFen' | 'before'>;

export interface NewSettlement {
  /** In the order in which they are asked. */
  readonly insurers: readonly string[];
  /** The stay that is settled. */
  readonly stayId?: string;
  readonly bill: NewBill;
  /** The total the caller expects, which the lines must make up. */
  readonly totalFen?: number;
}

/** What the stays of a ward give to their settlement. */
export interface SettledStays {
  /**
   * The bill of a stay's charges that no settlement has taken; `claim` takes them for this one, in the unit that
   * creates it. Faults: `stay.not-found`, `stay.state`.
   */
  billOf(
    stayId: string,
    bill: NewBill,
  ): Promise<{
    readonly bill: Pick<Bill, 'identity' | 'charges' | 'diagnoses' | 'stay'> &
      Partial<Pick<Bill, 'insutype' | 'referral'>>;
    claim(unit: Unit): Promise<void>;
  }>;
}

/** What a person found out about a settlement that needed them. */
export interface Review {
  readonly found: Finding;
  readonly note: string;
  /** The insurer's number of the settlement, where the gateway never learnt it. */
  readonly number?: string;
}

/** A request that acts on a settlement. `act` names the request: repeated, it finds itself done. */
export interface Act {
  readonly id: string;
  readonly act: string;
  readonly caller: Caller;
  /** The version the caller has read (If-Match). */
  readonly version?: number;
}

/**
 * What the API may do to settlements. Each act is one compare-and-set on disk, then its flow; a repeat of an act that
 * is already on disk answers how the settlement stands.
 */
export class SettlementService {
  readonly #ledger: Ledger;
  readonly #flows: Flows;
  readonly #stays: SettledStays | undefined;

  constructor(parts: { ledger: Ledger; flows: Flows; stays?: SettledStays | undefined }) {
    this.#ledger = parts.ledger;
    this.#flows = parts.flows;
    this.#stays = parts.stays;
  }

  get(id: string): Promise<Settlement> {
    return this.#ledger.get(id);
  }

  /**
   * Creates a settlement under `id` and asks for its quote; with `confirm`, settles it at once when the quote is
   * there. It is created even where the quote could not be had: its state and cause tell. `prepare` is not asked
   * where an earlier run of the same request has created it. Faults:
   * `settlement.charges`, `settlement.payers`, `settlement.no-diagnosis`, `settlement.bill-live`, `insurer.not-found`.
   */
  async create(
    id: string,
    confirm: boolean,
    caller: Caller,
    prepare: () => Promise<NewSettlement>,
  ): Promise<Settlement> {
    const known = await this.#ledger.find(id);
    const confirmation = confirm ? { act: `${id} confirm` } : undefined;
    if (known) return this.#carryOn(known, caller, confirmation);
    const input = await prepare();
    const { insurers, stayId } = input;
    const payers = insurers.map((insurer) => this.#flows.insurer(insurer));
    const stay = stayId === undefined ? undefined : await this.#stays?.billOf(stayId, input.bill);
    const told: NewBill = stay ? { ...input.bill, ...stay.bill } : input.bill;
    refuse(checkBill(told, stayId !== undefined) ?? checkPayers(payers, told));
    const total = checkCharges(told.charges, input.totalFen);
    if (!total.ok) throw flawed('settlement.charges', total.error);
    const bill: Bill = {
      ...told,
      ...{ settlementId: id, attempt: 1, totalFen: total.value, leftFen: total.value, before: [] },
    };
    const each = payers.map(({ id, capabilities: { place } }) => ({ id, place }));
    const lease = this.#flows.leaseOf(insurers, 'quote');
    const created = await this.#ledger.create(bill, each, caller, lease, stay?.claim);
    return this.#flows.quote(created, caller, { isNew: true, confirm: confirmation });
  }

  /** Asks for the quote anew. */
  async quote({ id, act, caller, version }: Act): Promise<Settlement> {
    const begun = await this.#begin(id, act, version, (current) =>
      quoteStep(current, caller, this.#flows.lease(current, 'quote'), act),
    );
    return begun.fresh ? this.#flows.quote(begun.settlement, caller) : begun.settlement;
  }

  /** Settles what was quoted. Two who confirm at once make one exchange: the second finds the state changed. */
  async confirm({ id, act, caller, version }: Act): Promise<Settlement> {
    const begun = await this.#begin(id, act, version, (current) =>
      this.#money('confirm', current, caller, act),
    );
    return begun.fresh ? this.#flows.settle(begun.settlement, caller) : begun.settlement;
  }

  async reverse({ id, act, caller, version }: Act, reason?: string): Promise<Settlement> {
    const begun = await this.#begin(id, act, version, (current) => ({
      ...this.#money('reverse', current, caller, act),
      ...(reason === undefined ? {} : { note: reason }),
    }));
    return begun.fresh ? this.#flows.reverse(begun.settlement, caller) : begun.settlement;
  }

  /** Gives up a settlement that has moved no money, so that its bill may be settled anew. */
  async abandon({ id, act, caller, version }: Act): Promise<Settlement> {
    const cause = { code: 'settlement.abandoned' } as const;
    return (await this.#begin(id, act, version, () => ({ event: 'abandon', caller, act, cause }))).settlement;
  }

  /**
   * Records what a person found out where the gateway could not, of the payer that is in question. With other payers
   * the bill then goes on: the next is asked, or those before are undone.
   */
  async review({ id, act, caller, version }: Act, review: Review): Promise<Settlement> {
    const begun = await this.#begin(id, act, version, (current) => {
      assertPossible(review, current);
      const reviewed = { caller, act, note: review.note, cause: { code: 'settlement.reviewed' } } as const;
      const event = eventOf(review.found, current);
      const leg = review.found === 'settled' ? this.#found(current, review.number) : {};
      if (event !== 'review-next-payer' && event !== 'review-undo-rest') return { ...reviewed, event, leg };
      const lease = this.#flows.lease(current, 'money');
      const state = review.found === 'reversed' ? 'reversed' : 'failed';
      const change = { ...lease, asked_at: this.#flows.parts.clock.now(), tries: 0, undecided: 0, way: 0 };
      return { ...reviewed, event, change, leg: event === 'review-undo-rest' ? { state } : leg };
    });
    return begun.fresh ? this.#flows.goOn(begun.settlement, caller) : begun.settlement;
  }

  #money(event: 'confirm' | 'reverse', current: Settlement, caller: Caller, act: string): Step {
    const lease = this.#flows.lease(current, 'money');
    return moneyStep(event, caller, lease, { askedAt: this.#flows.parts.clock.now(), act });
  }

  /** Takes the first step of an act, unless this very request has already taken it. */
  async #begin(
    id: string,
    act: string,
    version: number | undefined,
    step: (current: Settlement) => Step,
  ): Promise<{ settlement: Settlement; fresh: boolean }> {
    if (await this.#ledger.hasDone(id, act)) return { settlement: await this.#ledger.get(id), fresh: false };
    const settlement = await this.#ledger.move(id, undefined, (current) => {
      const { row } = current;
      if (version !== undefined && row.version !== version) throw new Fault('request.version');
      if (isRunning(row)) throw new Fault('settlement.state', { facts: { state: row.state, running: true } });
      return [step(current)];
    });
    return { settlement, fresh: true };
  }

  /** A repeat whose first run died before it could answer: takes the quote up again where it broke off. */
  async #carryOn(
    known: Settlement,
    caller: Caller,
    confirm: { act: string } | undefined,
  ): Promise<Settlement> {
    const { row } = known;
    if (row.state !== 'draft' || (isRunning(row) && !this.#isOfDeadRun(row.runner))) return known;
    const interrupted: Step = {
      event: 'quote-interrupted',
      caller,
      cause: { code: 'settlement.interrupted' },
    };
    const lease = this.#flows.lease(known, 'quote');
    const begun = await this.#flows.take(known, (current) => [
      ...(isRunning(row) ? [interrupted] : []),
      quoteStep(current, caller, lease),
    ]);
    return begun ? this.#flows.quote(begun, caller, { isNew: true, confirm }) : this.#ledger.get(row.id);
  }

  /** Whether a step is held by an earlier run of this gateway, which is certainly dead. */
  #isOfDeadRun(runner: string | null): boolean {
    const mine = this.#flows.parts.runner;
    const [gateway] = mine.split(' ');
    return runner !== null && runner !== mine && runner.startsWith(`${gateway} `);
  }

  /** What a leg gets whose settlement a person found at the insurer. */
  #found(current: Settlement, number: string | undefined) {
    const { seals } = this.#ledger;
    const leg = currentLeg(current);
    const known = seals.settled(leg);
    const settledAt = known?.settledAt ?? this.#flows.parts.clock.now();
    if (known && (number === undefined || number === known.number)) return {};
    const quote: Quote | undefined = seals.quote(leg);
    if (number === undefined || !quote) {
      throw new Fault('request.invalid', {
        pointer: '/body/number',
        detail: "the insurer's number is not known",
      });
    }
    const settled: Settled = {
      split: known?.split ?? quote.split,
      number,
      settledAt,
      handle: known?.handle ?? quote.handle,
    };
    return settledLeg(settled, current, seals, leg.own_id);
  }
}

function assertPossible({ found }: Review, current: Settlement): void {
  if (current.row.state !== 'needs-review') return;
  const detail = impossible(found, current);
  if (detail) throw new Fault('request.invalid', { pointer: '/body/found', detail });
}

/** Whether a flow is under way. */
export function isRunning(row: SettlementRow): boolean {
  return row.state === 'draft' && row.next_check_at !== null;
}

/** What the caller may do now. */
export function actionsNow(row: SettlementRow): Action[] {
  return actionsOf({ state: row.state, doubtOf: row.doubt_of }, isRunning(row));
}

function refuse(flaw: Flaw | undefined): void {
  if (flaw) throw flawed(flaw.code ?? 'request.invalid', flaw);
}

function flawed(code: ErrorCode, { pointer, detail }: Flaw): Fault {
  return new Fault(code, { pointer: `/body${pointer}`, detail });
}
