import type { Logger } from 'pino';
import type { Purpose } from '../../../schemas/settlement-words.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import type { Insurers } from '../flows.ts';
import type { Journal } from '../journal.ts';
import { Superseded } from '../ledger.ts';
import type { Exchange, Handle, Outcome, Stay, StayCharge, StayFlows } from '../port.ts';
import { checkDelayMs, leaseMsOf, type SettlementSettings } from '../settings.ts';
import type { Lease } from '../steps.ts';
import { type Brought, StayEffects } from './effects.ts';
import type { StayLedger } from './ledger.ts';
import type { StayLines } from './lines.ts';
import type { ActContent, StayRecord, StayStep } from './model.ts';
import { fenceStay, insertStayExchange, noteExchange } from './queries.ts';
import { type ActVerdict, ofAct } from './verdicts.ts';

export interface ActParts {
  readonly ledger: StayLedger;
  readonly lines: StayLines;
  readonly journal: Journal;
  readonly insurers: Insurers;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly settings: SettlementSettings;
  /** Names this run of this gateway: `<gateway> <run>`. */
  readonly runner: string;
}

/** A stay and the act under way, opened. */
export interface Told {
  readonly stay: Stay;
  readonly handle: Handle;
  readonly content: ActContent;
  /** The lines that are under way. */
  readonly lines: readonly StayCharge[];
}

/** How a stay stands after an act, and what was wrong with the request where nothing was sent for that. */
export interface Worked {
  readonly stay: StayRecord;
  readonly fault?: Fault;
}

/**
 * What is done at the insurer once an act has begun:
 *
 *     act begun, lease taken (on disk) ──► its exchange, fenced by the stay's version ──► act ended (on disk)
 *
 * Charges go in batches of a hundred: the end of one is on disk together with the beginning of the next.
 */
export class StayActs {
  readonly parts: ActParts;
  readonly effects: StayEffects;
  /** Told when a doubt will be due, so that nobody waits for the next poll. */
  onDoubt: (at: number) => void = () => undefined;

  constructor(parts: ActParts) {
    this.parts = parts;
    this.effects = new StayEffects(parts.ledger.seals, parts.lines);
  }

  /** Faults `insurer.not-found`, `stay.not-offered`. */
  ward(id: string): StayFlows {
    const insurer = this.parts.insurers.get(id);
    if (!insurer) throw new Fault('insurer.not-found');
    if (!insurer.stays) throw new Fault('stay.not-offered');
    return insurer.stays;
  }

  lease(insurer: string): Lease {
    const { clock, journal, runner } = this.parts;
    return { next_check_at: clock.now() + leaseMsOf('quote', journal.timeoutMsOf(insurer)), runner };
  }

  /**
   * Works at a stay that is leased to this run until its act is over or in doubt. `carried` is an act that nobody
   * waits for any more, and that was promised: what can't be sent now is sent later.
   */
  async run(stay: StayRecord, caller: Caller, carried = false): Promise<Worked> {
    let worked: Worked = { stay };
    while (worked.stay.row.state === 'working' && worked.stay.row.runner === this.parts.runner) {
      const { row } = worked.stay;
      worked = await (row.act === 'charge'
        ? this.#batch(worked.stay, caller, carried)
        : this.#once(worked.stay, caller));
    }
    return worked;
  }

  async #once(stay: StayRecord, caller: Caller): Promise<Worked> {
    const told = await this.told(stay);
    const verdict = await this.attempt(stay, 'stay', caller, (ward, exchange) =>
      perform(stay, told, ward, exchange),
    );
    return this.#ended(stay, verdict, async (current, unit) => {
      if (verdict.kind !== 'accepted') return this.failed(current, unit, verdict, caller);
      const change = await this.effects.done(unit, current, told.content, verdict.value);
      return { event: 'accepted', caller, change };
    });
  }

  async #batch(stay: StayRecord, caller: Caller, carried: boolean): Promise<Worked> {
    const told = await this.told(stay);
    const { charges = [] } = told.content;
    if (told.lines.length === 0) {
      const begun = await this.take(stay, async (current, unit) =>
        this.#nextBatch(current, unit, charges, caller),
      );
      return { stay: begun };
    }
    const verdict = await this.attempt(stay, 'stay', caller, async (ward, exchange) =>
      broughtOf(await ward.upload(told.stay, told.handle, told.lines, exchange)),
    );
    const worked = await this.#ended(stay, verdict, async (current, unit) => {
      if (verdict.kind === 'accepted') {
        await this.effects.done(unit, current, told.content, verdict.value);
        return this.#nextBatch(current, unit, charges, caller);
      }
      if (carried && verdict.kind === 'not-sent') {
        const change = { tries: current.row.tries + 1 };
        return this.scheduled(current, { event: 'lost', caller, cause: verdict.cause, change });
      }
      return this.failed(current, unit, verdict, caller);
    });
    return worked.fault ? { ...worked, fault: ofWhole(worked.fault, stay, told.lines.length) } : worked;
  }

  /** The next batch of charges, or the end of the act where there is none. */
  async #nextBatch(
    current: StayRecord,
    unit: Unit,
    charges: NonNullable<ActContent['charges']>,
    caller: Caller,
  ): Promise<StayStep> {
    const { row } = current;
    if (row.begun >= charges.length) return { event: 'accepted', caller };
    const change = await this.parts.lines.send(unit, row, charges);
    return { event: 'batch', caller, change: { ...change, ...this.lease(row.insurer) } };
  }

  /** The step that an act takes which did not come to its end. */
  async failed(
    current: StayRecord,
    unit: Unit,
    verdict: Exclude<ActVerdict<unknown>, { kind: 'accepted' }>,
    caller: Caller,
  ): Promise<StayStep> {
    const { cause } = verdict;
    if (verdict.kind === 'lost')
      return this.scheduled(current, { event: 'lost', caller, cause }, verdict.deadlineAt);
    await this.effects.undone(unit, current);
    return { event: verdict.kind, caller, cause };
  }

  async #ended(
    stay: StayRecord,
    verdict: ActVerdict<unknown>,
    plan: (current: StayRecord, unit: Unit) => Promise<StayStep>,
  ): Promise<Worked> {
    const ended = await this.take(stay, plan);
    return verdict.kind === 'refused' && verdict.fault
      ? { stay: ended, fault: verdict.fault }
      : { stay: ended };
  }

  /** A stay and its act, opened. */
  async told(stay: StayRecord): Promise<Told> {
    const { ledger, lines } = this.parts;
    const { row } = stay;
    const underWay = row.act === 'charge' ? 'sent' : row.act === 'withdraw' ? 'leaving' : undefined;
    return {
      stay: ledger.seals.content(row).stay,
      handle: ledger.seals.handle(row) ?? {},
      content: await ledger.contentOf(stay),
      lines: underWay ? await lines.underWay(row.id, underWay) : [],
    };
  }

  /** Runs an adapter's flow, each of its exchanges fenced by the stay's version and lease. */
  async attempt<T>(
    stay: StayRecord,
    purpose: Purpose,
    caller: Caller,
    work: (ward: StayFlows, exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<ActVerdict<T>> {
    const { row } = stay;
    let changing = false;
    const { exchange, trace } = this.parts.journal.open({
      ...caller,
      insurer: row.insurer,
      purpose,
      leaseUntil: row.next_check_at ?? 0,
      fence: async (unit, { id: exchange }) => {
        const args = { id: row.id, version: row.version };
        // What is tried while in doubt leaves the mark on the exchange it is about.
        const held =
          row.state === 'working'
            ? (await unit.run(noteExchange, { ...args, exchange })) === 1
            : (await unit.one(fenceStay, args)) !== undefined;
        if (held) await unit.run(insertStayExchange, { stay_id: row.id, exchange_id: exchange });
        return held;
      },
    });
    const watched: Exchange = (request) => {
      changing = request.effect !== 'none';
      return exchange(request);
    };
    try {
      return ofAct(await work(this.ward(row.insurer), watched), trace, changing);
    } catch (error) {
      if (!(error instanceof Fault))
        this.parts.logger.error({ stay: row.id, purpose, err: maskError(error) }, 'a flow broke off');
      return ofAct({ kind: 'thrown', error }, trace, changing);
    }
  }

  /** Takes a step on behalf of a flow; where another has begun meanwhile, what this one found counts no more. */
  async take(
    stay: StayRecord,
    plan: (current: StayRecord, unit: Unit) => Promise<StayStep>,
  ): Promise<StayRecord> {
    const { ledger, logger } = this.parts;
    const { id, version } = stay.row;
    try {
      const ended = await ledger.move(id, version, async (current, unit) => [await plan(current, unit)]);
      const { next_check_at: due, runner } = ended.row;
      if (due !== null && runner === null) this.onDoubt(due);
      return ended;
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      logger.warn({ stay: id }, 'a step ended after another had begun');
      return ledger.get(id);
    }
  }

  /** A step that ends in doubt, with the time of the next try: never before what was lost has had its time. */
  scheduled({ row }: StayRecord, step: StayStep, deadlineAt = 0): StayStep {
    const { clock, settings, ids } = this.parts;
    const tries = step.change?.tries ?? row.tries;
    const delay =
      tries === 0 ? settings.firstCheckMs : checkDelayMs(settings, tries - 1, ids.bytes(1).readUInt8() / 255);
    return { ...step, change: { ...step.change, next_check_at: Math.max(clock.now(), deadlineAt) + delay } };
  }

  /** The gateway's own name for what it does unasked. */
  self(): Caller {
    return { client: GATEWAY, requestId: this.parts.ids.next() };
  }
}

/** Tells the insurer of an act; that of charges has batches of its own. */
export async function perform(
  { row }: StayRecord,
  { stay, handle, content, lines }: Told,
  ward: StayFlows,
  exchange: Exchange,
): Promise<Outcome<Brought>> {
  switch (row.act) {
    case 'admit': {
      const admitted = await ward.admit(stay, exchange);
      return admitted.kind === 'accepted' ? { ...admitted, value: { handle: admitted.value } } : admitted;
    }
    case 'change':
      return nothingBrought(await ward.change(content.stay ?? stay, handle, exchange));
    case 'withdraw':
      return nothingBrought(await ward.withdraw(stay, handle, lines, exchange));
    case 'discharge':
      if (!content.discharge) throw new Error(`stay ${row.id} is discharged without being told how`);
      return nothingBrought(await ward.discharge(stay, handle, content.discharge, exchange));
    case 'resume':
      return nothingBrought(await ward.resume(stay, handle, exchange));
    case 'cancel':
      return nothingBrought(await ward.cancel(stay, handle, exchange));
    default:
      throw new Error(`stay ${row.id} has nothing to tell`);
  }
}

/** The division of uploaded charges. */
export function broughtOf(outcome: Awaited<ReturnType<StayFlows['upload']>>): Outcome<Brought> {
  return outcome.kind === 'accepted' ? { ...outcome, value: { divided: outcome.value } } : outcome;
}

function nothingBrought(outcome: Outcome<unknown>): Outcome<Brought> {
  return outcome.kind === 'accepted' ? { ...outcome, value: {} } : outcome;
}

/** An adapter names the place within the batch; the act has all of the charges. */
function ofWhole(fault: Fault, { row }: StayRecord, batch: number): Fault {
  const match = /^\/charges\/(\d+)(.*)$/.exec(fault.context.pointer ?? '');
  if (!match) return fault;
  const pointer = `/charges/${row.begun - batch + Number(match[1])}${match[2]}`;
  return new Fault(fault.code, { ...fault.context, pointer }, fault);
}
