import type { StayAct } from '../../../schemas/stay-words.ts';
import type { Store } from '../../store/port.ts';
import { type ExchangeRow, exchangeById, giveUpExchange } from '../exchange-queries.ts';
import type { Cause } from '../model.ts';
import type { Handle } from '../port.ts';
import { broughtOf, perform, type StayActs, type Told } from './acts.ts';
import type { Brought } from './effects.ts';
import type { StayRecord } from './model.ts';
import type { ActVerdict } from './verdicts.ts';

type Unaccepted = Exclude<ActVerdict<unknown>, { kind: 'accepted' }>;

/**
 * What is done with a stay that nobody is working at: an act that broke off, or a doubt whose time has come. What
 * each answer proves of a lost act, and what follows:
 *
 * | lost            | is asked or told   | accepted          | refused                                             |
 * |-----------------|--------------------|-------------------|-----------------------------------------------------|
 * | admit 2401      | 2601 by its msgid  | undone: it is made again while somebody waits | in the ward by 5303: it took place; otherwise a person decides |
 * | charge 2301     | 2301, same serials | there, once       | 2302 of these serials: accepted, they are gone and go again under new ones; refused, a person decides |
 * | withdraw 2302   | 2302 again         | gone              | a person decides                                    |
 * | change 2403     | 2403 again         | changed           | not changed                                         |
 * | discharge 2402  | 2402 again         | discharged        | by 5303: in the ward, not discharged; gone, it was  |
 * | resume 2405     | 2405 again         | resumed           | by 5303: in the ward, it was resumed; gone, it was not |
 * | cancel 2404     | 2404 again         | cancelled         | by 5303: in the ward, not cancelled; gone, it was   |
 *
 * Telling again is safe whatever became of the first: a serial is one line for ever, and the others lead to one state
 * however often they are told. A refusal in the words that `alreadySo` names is an acceptance. No answer: later, and
 * after some tries that were sent, a person decides.
 */
export class StayRecovery {
  readonly #acts: StayActs;
  readonly #store: Store;

  constructor(acts: StayActs, store: Store) {
    this.#acts = acts;
    this.#store = store;
  }

  /** Takes a leased stay one step on. */
  async take(stay: StayRecord): Promise<StayRecord> {
    const { state, act } = stay.row;
    if (state === 'working') return this.#endInterrupted(stay);
    if (state !== 'in-doubt' || act === null)
      throw new Error(`a stay in state ${state} has nothing to recover`);
    const told = await this.#acts.told(stay);
    if (act === 'admit') return this.#admission(stay, told);
    if (act === 'charge') return this.#charges(stay, told);
    return this.#tellAgain(stay, told, act);
  }

  /** Ends an act whose gateway died, from what the journal knows, and goes on from there. */
  async #endInterrupted(stay: StayRecord): Promise<StayRecord> {
    const caller = this.#acts.self();
    const exchange = await this.#exchangeOf(stay);
    if (exchange) await this.#store.write((unit) => unit.run(giveUpExchange, { id: exchange.id }));
    // Without an exchange that could change anything, nothing was sent.
    const outcome =
      exchange && exchange.effect !== 'none' ? (await this.#exchangeOf(stay))?.outcome : 'not-sent';
    const unsent = outcome === 'not-sent' || outcome === 'not-run';
    if (unsent && stay.row.act === 'charge') return (await this.#acts.run(stay, caller, true)).stay;
    const cause: Cause = {
      code: unsent ? 'stay.interrupted' : outcome === 'refused' ? 'insurer.refused' : 'insurer.no-answer',
    };
    const verdict: Unaccepted = unsent
      ? { kind: 'not-sent', cause }
      : outcome === 'refused'
        ? { kind: 'refused', cause }
        : { kind: 'lost', cause, deadlineAt: exchange?.deadline_at ?? 0 };
    return this.#acts.take(stay, (current, unit) => this.#acts.failed(current, unit, verdict, caller));
  }

  async #admission(stay: StayRecord, told: Told): Promise<StayRecord> {
    const caller = this.#acts.self();
    const exchange = await this.#exchangeOf(stay);
    if (!exchange) return this.#notAdmitted(stay);
    const { transaction, own_id: ownId, sent_at: sentAt, deadline_at: deadlineAt } = exchange;
    const lost = { transaction, ownId, sentAt, deadlineAt };
    const undone = await this.#acts.attempt(stay, 'undo', caller, (ward, exchange) =>
      ward.undoAdmission(told.stay, lost, exchange),
    );
    if (undone.kind === 'accepted') return this.#notAdmitted(stay);
    if (undone.kind !== 'refused') return this.#later(stay, undone);
    const found = await this.#find(stay, told, undefined);
    if (found?.kind === 'accepted' && found.value) return this.#done(stay, told, { handle: found.value });
    // That the insurer has no such stay now is no proof that it won't: it has refused to undo it.
    if (!found || found.kind === 'accepted' || found.kind === 'refused')
      return this.#giveUp(stay, undone.cause);
    return this.#later(stay, found);
  }

  /** Nothing stands at the insurer: admits again for a person who is still waiting. */
  async #notAdmitted(stay: StayRecord): Promise<StayRecord> {
    const { clock, settings } = this.#acts.parts;
    const caller = this.#acts.self();
    const { asked_at: askedAt, tries, insurer } = stay.row;
    const awaited = clock.now() - askedAt < settings.againWithinMs && tries < settings.checkDelaysMs.length;
    const next = await this.#acts.take(stay, async () =>
      awaited
        ? {
            event: 'again',
            caller,
            change: { ...this.#acts.lease(insurer), exchange_id: null, tries: tries + 1, undecided: 0 },
          }
        : { event: 'undone', caller, cause: { code: 'stay.undone' } },
    );
    return (await this.#acts.run(next, caller)).stay;
  }

  async #charges(stay: StayRecord, told: Told): Promise<StayRecord> {
    const caller = this.#acts.self();
    const { lines } = told;
    if (lines.length === 0) return this.#goOn(stay);
    const again = await this.#acts.attempt(stay, 'stay', caller, async (ward, exchange) =>
      broughtOf(await ward.upload(told.stay, told.handle, lines, exchange)),
    );
    if (again.kind === 'accepted') return this.#done(stay, told, again.value);
    if (again.kind !== 'refused') return this.#later(stay, again);
    const back = await this.#acts.attempt(stay, 'stay', caller, (ward, exchange) =>
      ward.withdraw(told.stay, told.handle, lines, exchange),
    );
    if (back.kind === 'accepted') return this.#goOn(stay, told);
    // Neither there nor gone, as it says: nothing is proved.
    return back.kind === 'refused' ? this.#giveUp(stay, again.cause) : this.#later(stay, back);
  }

  /** Goes on with the charges: those of `renew`, which were taken back, under new serials. */
  async #goOn(stay: StayRecord, renew?: Told): Promise<StayRecord> {
    const caller = this.#acts.self();
    const next = await this.#acts.take(stay, async ({ row }, unit) => {
      const renewed = renew ? await this.#acts.parts.lines.renumber(unit, row, renew.lines) : {};
      const change = { ...renewed, ...this.#acts.lease(row.insurer), exchange_id: null };
      return { event: 'again', caller, change };
    });
    return (await this.#acts.run(next, caller, true)).stay;
  }

  async #tellAgain(
    stay: StayRecord,
    told: Told,
    act: Exclude<StayAct, 'admit' | 'charge'>,
  ): Promise<StayRecord> {
    const caller = this.#acts.self();
    const again = await this.#acts.attempt(stay, 'stay', caller, (ward, exchange) =>
      perform(stay, told, ward, exchange),
    );
    if (again.kind === 'accepted') return this.#done(stay, told, again.value);
    if (again.kind !== 'refused') return this.#later(stay, again);
    if (act === 'change') return this.#refused(stay, again.cause);
    if (act === 'withdraw') return this.#giveUp(stay, again.cause);
    const found = await this.#find(stay, told, told.handle);
    if (!found || found.kind === 'refused') return this.#giveUp(stay, again.cause);
    if (found.kind !== 'accepted') return this.#later(stay, found);
    const inWard = found.value !== undefined;
    return inWard === (act === 'resume') ? this.#done(stay, told, {}) : this.#refused(stay, again.cause);
  }

  /** Asks whether the stay is in the ward; nothing where the insurer can't be asked. */
  async #find(
    stay: StayRecord,
    told: Told,
    handle: Handle | undefined,
  ): Promise<ActVerdict<Handle | undefined> | undefined> {
    const ward = this.#acts.ward(stay.row.insurer);
    if (!ward.find) return undefined;
    return this.#acts.attempt(stay, 'query', this.#acts.self(), (ward, exchange) =>
      ward.find!(told.stay, handle, exchange),
    );
  }

  /** It took place; with charges, the rest of them goes on. */
  async #done(stay: StayRecord, told: Told, brought: Brought): Promise<StayRecord> {
    const caller = this.#acts.self();
    const { charges = [] } = told.content;
    const ended = await this.#acts.take(stay, async (current, unit) => {
      const change = await this.#acts.effects.done(unit, current, told.content, brought);
      if (current.row.begun >= charges.length) return { event: 'accepted', caller, change };
      const next = await this.#acts.parts.lines.send(unit, current.row, charges);
      return {
        event: 'again',
        caller,
        change: { ...next, ...this.#acts.lease(current.row.insurer), tries: 0, undecided: 0 },
      };
    });
    return (await this.#acts.run(ended, caller, true)).stay;
  }

  #refused(stay: StayRecord, cause: Cause): Promise<StayRecord> {
    const caller = this.#acts.self();
    return this.#acts.take(stay, async (current, unit) => {
      await this.#acts.effects.undone(unit, current);
      return { event: 'refused', caller, cause };
    });
  }

  /** Not found out this time. Only tries that were sent count towards giving up: an outage passes. */
  #later(stay: StayRecord, verdict: Exclude<Unaccepted, { kind: 'refused' }>): Promise<StayRecord> {
    const { tries, undecided } = stay.row;
    const { cause } = verdict;
    const sent = verdict.kind === 'lost' ? 1 : 0;
    if (undecided + sent >= this.#acts.parts.settings.undecidedMax) return this.#giveUp(stay, cause);
    const change = { tries: tries + 1, undecided: undecided + sent };
    const caller = this.#acts.self();
    return this.#acts.take(stay, async (current) =>
      this.#acts.scheduled(current, { event: 'undecided', caller, cause, change }),
    );
  }

  #giveUp(stay: StayRecord, { reason }: Cause): Promise<StayRecord> {
    const cause: Cause = { code: 'stay.undecided', ...(reason === undefined ? {} : { reason }) };
    return this.#acts.take(stay, async () => ({ event: 'undecidable', caller: this.#acts.self(), cause }));
  }

  async #exchangeOf({ row }: StayRecord): Promise<ExchangeRow | undefined> {
    return row.exchange_id === null ? undefined : this.#store.one(exchangeById, { id: row.exchange_id });
  }
}
