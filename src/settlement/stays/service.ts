import type { StayEvent } from '../../../schemas/stay-words.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import { Superseded } from '../ledger.ts';
import type { Discharge, Stay } from '../port.ts';
import type { Flaw } from '../rules.ts';
import type { StayActs, Worked } from './acts.ts';
import type { StayLedger } from './ledger.ts';
import { linesInState } from './line-queries.ts';
import type { StayLines } from './lines.ts';
import { next } from './machine.ts';
import type { NewCharge, StayRecord, StayStep } from './model.ts';
import { settlementsOfStay } from './queries.ts';
import { bodyPointer, checkStayCharges, FREE_LINES_MAX, linesToWithdraw, newCharges } from './rules.ts';

export interface NewStay {
  readonly insurer: string;
  readonly stay: Omit<Stay, 'id'>;
}

/** What of a stay may be told anew (2403). */
export type StayPatch = Partial<Omit<Stay, 'id' | 'number' | 'identity' | 'insutype'>>;

/** A request that acts on a stay. `request` names it: repeated, it finds itself done. */
export interface StayRequest {
  readonly id: string;
  readonly request: string;
  readonly caller: Caller;
  /** The version the caller has read (If-Match). */
  readonly version?: number;
}

/** A request that was checked against the stay as it was in this version. */
type SeenRequest = StayRequest & { readonly seen?: number };

/** What a person found out about an act that needed them. */
export interface StayReview {
  readonly found: 'done' | 'not-done';
  readonly note: string;
}

/** Looks at a stay that changes under them before two who write to it give up. */
const TRIES_MAX = 3;

/** Events that touch nothing at the insurer, and so nothing that is being settled. */
const HARMLESS: ReadonlySet<StayEvent> = new Set([
  'admit',
  'abandon',
  'review-done',
  'review-not-done',
  'again',
]);

/**
 * What the API may do to stays. Each act is one compare-and-set on disk, then its exchanges; a repeat of a request
 * that is already on disk answers how the stay stands.
 */
export class StayService {
  readonly #ledger: StayLedger;
  readonly #lines: StayLines;
  readonly #acts: StayActs;

  constructor(parts: { ledger: StayLedger; lines: StayLines; acts: StayActs }) {
    this.#ledger = parts.ledger;
    this.#lines = parts.lines;
    this.#acts = parts.acts;
  }

  /**
   * Creates a stay under `id` and admits it. It is created even where the insurer could not be reached: its state and
   * cause tell. `prepare` is not asked where an earlier run of the same request has created it. Faults:
   * `insurer.not-found`, `stay.not-offered`, `stay.number-live`, and what an adapter finds wrong before it sends.
   */
  async create(id: string, caller: Caller, prepare: () => Promise<NewStay>): Promise<StayRecord> {
    const known = await this.#ledger.find(id);
    if (known) return known.row.state === 'draft' ? this.#admitAgain(known, caller) : known;
    const { insurer, stay } = await prepare();
    this.#acts.ward(insurer);
    const created = await this.#ledger.create({ ...stay, id }, insurer, caller, this.#acts.lease(insurer));
    return this.#answered(await this.#acts.run(created, caller));
  }

  /** A repeat whose first run ended before anything was sent. */
  async #admitAgain(known: StayRecord, caller: Caller): Promise<StayRecord> {
    const begun = await this.#ledger.move(known.row.id, undefined, async ({ row }) => [
      { event: 'admit', caller, change: this.#acts.lease(row.insurer) },
    ]);
    return this.#answered(await this.#acts.run(begun, caller));
  }

  /** Admits a stay that could not be admitted before. */
  admit(request: StayRequest): Promise<StayRecord> {
    return this.#act(request, 'admit', async () => ({}));
  }

  /** Gives up a stay that nothing was sent of, or that was undone. */
  async abandon(request: StayRequest): Promise<StayRecord> {
    const begun = await this.#begin(request, 'abandon', async () => ({ cause: { code: 'stay.abandoned' } }));
    return begun.stay;
  }

  change(request: StayRequest, patch: StayPatch): Promise<StayRecord> {
    return this.#act(request, 'change', async ({ row }) => ({
      content: { stay: { ...this.#ledger.seals.content(row).stay, ...patch } },
    }));
  }

  discharge(request: StayRequest, discharge: Discharge): Promise<StayRecord> {
    return this.#act(request, 'discharge', async ({ row }) => {
      if (discharge.at < row.admitted_at) {
        const detail = '早于入院时间 / before the admission';
        throw new Fault('request.invalid', { pointer: '/body/at', detail });
      }
      return { content: { discharge } };
    });
  }

  resume(request: StayRequest): Promise<StayRecord> {
    return this.#act(request, 'resume', async () => ({}));
  }

  cancel(request: StayRequest): Promise<StayRecord> {
    return this.#act(request, 'cancel', async () => ({}));
  }

  /**
   * Uploads charges. A line that is there already and the same is left out; when all are, this is a repeat, and
   * nothing is done. Faults: `settlement.charges`, `stay.line-twice`, `stay.full`.
   */
  async charge(request: StayRequest, charges: readonly NewCharge[]): Promise<StayRecord> {
    return this.#untilSeen(request, async ({ row }, seen) => {
      refuse(checkStayCharges(charges, row.admitted_at));
      const numbers = charges.map(({ line }) => line);
      const known = await this.#lines.known(row.id, numbers);
      const { fresh, flaw } = newCharges(charges, known, (charge) => this.#ledger.seals.digest(charge));
      refuse(flaw);
      if (fresh.length === 0) return { row };
      const added = fresh.map((index) => charges[index]!);
      await this.#assertRoom(row.id, added.length);
      const worked = await this.#worked(seen, 'charge', async (current, unit) => ({
        content: { charges: added },
        change: await this.#lines.send(unit, { ...current.row, begun: 0 }, added),
      }));
      return this.#answered(worked, fresh);
    });
  }

  /** Takes charges back that no settlement has taken. Faults: `stay.unknown-line`, `stay.line-settled`. */
  async withdraw(request: StayRequest, lines: readonly string[]): Promise<StayRecord> {
    return this.#untilSeen(request, async ({ row }, seen) => {
      const known = await this.#lines.known(row.id, lines);
      const gone = lines.every((line) => known.get(line)?.state === 'withdrawn');
      if (gone) return { row };
      return this.#act(seen, 'withdraw', async (_, unit) => {
        const settlements = await unit.all(settlementsOfStay, { stay: row.id });
        const standing = new Set(settlements.map(({ id }) => id));
        const { leaving, flaw } = linesToWithdraw(lines, known, standing);
        refuse(flaw);
        await this.#lines.leave(unit, row.id, leaving);
        return {};
      });
    });
  }

  /** Records what a person found out of an act where the gateway could not. */
  async review(request: StayRequest, { found, note }: StayReview): Promise<StayRecord> {
    const content = await this.#ledger.contentOf(await this.#ledger.get(request.id));
    const { charges = [] } = content;
    const { stay } = await this.#begin(request, undefined, async (current, unit) => {
      const { row } = current;
      const reviewed = { note, cause: { code: 'stay.reviewed' } } as const;
      if (row.state !== 'needs-review') throw stateFault(row);
      if (found === 'not-done') {
        await this.#acts.effects.undone(unit, current);
        return { ...reviewed, event: 'review-not-done' };
      }
      if (row.act === 'admit') {
        const detail =
          '网关不知道医保的就诊编号:请先在医保端撤销入院,再登记 not-done / the gateway has not learnt its number: undo it at the insurer, then say not-done';
        throw new Fault('request.invalid', { pointer: '/body/found', detail });
      }
      const change = await this.#acts.effects.done(unit, current, content);
      if (row.act !== 'charge' || row.begun >= charges.length)
        return { ...reviewed, event: 'review-done', change };
      const next = await this.#lines.send(unit, row, charges);
      return { note, event: 'again', change: { ...next, ...this.#acts.lease(row.insurer) } };
    });
    return (await this.#acts.run(stay, request.caller, true)).stay;
  }

  async #act(
    request: SeenRequest,
    event: StayEvent,
    build: (current: StayRecord, unit: Unit) => Promise<Partial<StayStep>>,
  ): Promise<StayRecord> {
    return this.#answered(await this.#worked(request, event, build));
  }

  /** Begins an act and carries it out, unless this very request has. */
  async #worked(
    request: SeenRequest,
    event: StayEvent,
    build: (current: StayRecord, unit: Unit) => Promise<Partial<StayStep>>,
  ): Promise<Worked> {
    const begun = await this.#begin(request, event, async (current, unit) => {
      const step = await build(current, unit);
      return { ...step, change: { ...step.change, ...this.#acts.lease(current.row.insurer) } };
    });
    return begun.fresh ? this.#acts.run(begun.stay, request.caller) : { stay: begun.stay };
  }

  /** Takes the first step of an act, unless this very request has already taken it. */
  async #begin(
    { id, request, caller, version, seen }: SeenRequest,
    event: StayEvent | undefined,
    build: (current: StayRecord, unit: Unit) => Promise<Partial<StayStep>>,
  ): Promise<{ stay: StayRecord; fresh: boolean }> {
    if (await this.#ledger.hasDone(id, request)) return { stay: await this.#ledger.get(id), fresh: false };
    const stay = await this.#ledger.move(id, undefined, async (current, unit) => {
      if (version !== undefined && current.row.version !== version) throw new Fault('request.version');
      if (seen !== undefined && current.row.version !== seen) throw new Superseded();
      if (event) await assertPossible(current, event, unit);
      const step = await build(current, unit);
      const named = step.event ?? event;
      if (!named) throw new Error(`an act on stay ${id} has no name`);
      return [{ ...step, event: named, caller, request }];
    });
    return { stay, fresh: true };
  }

  /** Looks, and acts on what it saw; looks again where the stay has changed meanwhile. */
  async #untilSeen(
    request: StayRequest,
    work: (stay: StayRecord, request: SeenRequest) => Promise<StayRecord>,
  ): Promise<StayRecord> {
    for (let tries = 1; ; tries++) {
      const stay = await this.#ledger.get(request.id);
      if (await this.#ledger.hasDone(request.id, request.request)) return stay;
      try {
        return await work(stay, { ...request, seen: stay.row.version });
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
        if (tries >= TRIES_MAX) throw new Fault('request.version');
      }
    }
  }

  async #assertRoom(stay: string, added: number): Promise<void> {
    const sums = await this.#lines.sums(stay);
    const free = sums.filter(({ state, free }) => state === 'there' && free === 1);
    const lines = free.reduce((total, { lines }) => total + lines, 0);
    if (lines + added > FREE_LINES_MAX) throw new Fault('stay.full', { facts: { lines } });
  }

  /** What an adapter found wrong with the request is thrown, so that it can be mended. */
  #answered({ stay, fault }: Worked, fresh?: readonly number[]): StayRecord {
    if (!fault) return stay;
    const { pointer = '' } = fault.context;
    const at = fresh ? bodyPointer(pointer, fresh) : pointer;
    throw new Fault(fault.code, { ...fault.context, ...(at === '' ? {} : { pointer: `/body${at}` }) }, fault);
  }
}

/** A stay that is being settled must not change under its settlement, and what was settled at its end is over. */
async function assertPossible({ row }: StayRecord, event: StayEvent, unit: Unit): Promise<void> {
  const settlements = HARMLESS.has(event) ? [] : await unit.all(settlementsOfStay, { stay: row.id });
  const settled = settlements.find((each) => each.state === 'settled' && each.setting === 'inpatient');
  const facts = (id: string) => ({ facts: { settlementId: id } });
  if (settled) throw new Fault('stay.settled', facts(settled.id));
  if (!next(row, event)) throw stateFault(row, event);
  const open = settlements.find(({ state }) => state !== 'settled');
  if (open) throw new Fault('stay.settling', facts(open.id));
  if (event !== 'cancel') return;
  if (settlements[0]) throw new Fault('stay.settled', facts(settlements[0].id));
  const [charge] = await unit.all(linesInState, { stay: row.id, state: 'there', limit: 1 });
  if (charge) throw new Fault('stay.has-charges');
}

function stateFault({ state, act }: StayRecord['row'], event?: StayEvent): Fault {
  return new Fault('stay.state', {
    facts: { state, ...(act === null ? {} : { act }), ...(event ? { event } : {}) },
  });
}

function refuse(flaw: Flaw | undefined): void {
  if (!flaw) return;
  const { code = 'request.invalid', pointer, detail } = flaw;
  throw new Fault(code, { pointer: `/body${pointer}`, detail });
}
