import type { Logger } from 'pino';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import { type ExchangeRow, exchangeById } from '../exchange-queries.ts';
import { type Journal, movedNothing, type Trace, type Traced } from '../journal.ts';
import type { SettlementSeals } from '../model.ts';
import type { Exchange, FilingFlows, Insurer, Outcome, WireRequest } from '../port.ts';
import { type FilingLedger, type Step, Superseded } from './ledger.ts';
import { claimExchange, type FilingRow, fenceFiling } from './queries.ts';
import { type Conclusion, type Ending, ofAct, ofExchange, ofLook } from './verdicts.ts';

/** Exchanges a step may take one after the other: two sign-ins, who the person is, the step itself, its repeat. */
const EXCHANGES = 6;
/** How long after the deadline of a lost request the insurer may still be at it, so that absence proves nothing. */
const AT_WORK_MS = 60_000;
/** From one look that proved nothing to the next; after the last a person is called. */
const LOOK_DELAYS_MS = [60_000, 600_000, 3_600_000, 21_600_000, 86_400_000, 86_400_000, 86_400_000];

export interface FilingFlowParts {
  readonly store: Store;
  readonly ledger: FilingLedger;
  readonly journal: Journal;
  /** Opens what the journal keeps. */
  readonly seals: SettlementSeals;
  readonly insurers: ReadonlyMap<string, Insurer>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
}

/**
 * What is done at the insurer once a step is on disk:
 *
 *     leased step ──► the adapter's exchanges, each fenced by the step's version; the one that acts is named in the row
 *                 ──► the step ended, unless another has begun meanwhile
 */
export class FilingFlow {
  readonly #parts: FilingFlowParts;

  constructor(parts: FilingFlowParts) {
    this.#parts = parts;
  }

  /** Fault `insurer.not-found`, `filing.unsupported`. */
  flowsOf(insurerId: string, kind: FilingRow['kind']): FilingFlows {
    const insurer = this.#parts.insurers.get(insurerId);
    if (!insurer) throw new Fault('insurer.not-found');
    if (!insurer.filings?.kinds.includes(kind)) throw new Fault('filing.unsupported');
    return insurer.filings;
  }

  /** When a step that begins now has certainly ended. */
  leaseUntil(insurer: string): number {
    const { clock, journal } = this.#parts;
    return clock.now() + EXCHANGES * (journal.timeoutMsOf(insurer) + 2_000);
  }

  /** Files what is `sending`; throws the fault of a filing that was found wrong before anything was sent, too. */
  async file(row: FilingRow, caller: Caller): Promise<FilingRow> {
    const filing = this.#parts.ledger.seals.filing(row);
    const { ending, acting, trace } = await this.#attempt(row, caller, true, (flows, exchange) =>
      flows.file(filing, exchange),
    );
    const number = ending.kind === 'accepted' ? { number: ending.value.number } : {};
    const ended = await this.#end(row, caller, ofAct(ending, acting, trace), acting, number);
    if (!acting && ending.kind === 'thrown' && ending.error instanceof Fault) throw ending.error;
    return ended;
  }

  async withdraw(row: FilingRow, number: string, reason: string, caller: Caller): Promise<FilingRow> {
    const filing = this.#parts.ledger.seals.filing(row);
    const { ending, acting, trace } = await this.#attempt(row, caller, true, (flows, exchange) =>
      flows.withdraw(filing, number, reason, exchange),
    );
    const conclusion = ofAct(ending, acting, trace);
    const kept = conclusion.event === 'accepted' ? { number } : {};
    return this.#end(row, caller, conclusion, acting, kept);
  }

  /** Does what is left to do: ends a step whose gateway died, or looks for what got no answer. */
  async carryOn(row: FilingRow): Promise<FilingRow> {
    const now = this.#parts.clock.now();
    if (row.next_check_at === null || (row.running === 1 && row.next_check_at > now)) return row;
    const exchange = await this.#exchangeOf(row);
    if (row.state !== 'in-doubt') return this.#recover(row, exchange);
    if (!exchange || exchange.deadline_at > now) return row;
    const leased = await this.#parts.ledger.lease(row, this.leaseUntil(row.insurer));
    return leased ? this.#look(leased, exchange) : this.#parts.ledger.get(row.id);
  }

  /** The gateway that held the lease is dead, or has been stopped for so long that the journal lets it send no more. */
  async #recover(row: FilingRow, exchange: ExchangeRow | undefined): Promise<FilingRow> {
    if (!exchange)
      return this.#end(row, this.#self(), { event: 'not-sent', cause: { code: 'filing.not-sent' } });
    const { seals } = this.#parts;
    const reason = seals.exchangeReason(exchange);
    const { outcome, deadline_at: deadlineAt } = exchange;
    const answered = this.#answered(row, exchange);
    if (answered) return this.#end(row, this.#self(), { event: 'accepted' }, undefined, answered);
    const conclusion = ofExchange({ outcome, ...(reason === undefined ? {} : { reason }) });
    return this.#end(row, this.#self(), conclusion, { deadlineAt });
  }

  /** What changes by an acceptance that is on disk; nothing where the stored answer doesn't do. */
  #answered(row: FilingRow, exchange: ExchangeRow): Partial<FilingRow> | undefined {
    const { seals, ledger, insurers } = this.#parts;
    const body = seals.exchangeAnswer(exchange);
    if (exchange.outcome !== 'accepted' || !body) return undefined;
    if (row.state === 'withdrawing') return {};
    const { transaction, own_id: ownId } = exchange;
    const answer = { status: exchange.status ?? 0, body };
    const flows = insurers.get(row.insurer)?.filings;
    const filed = flows?.filedBy?.(ledger.seals.filing(row), { transaction, ownId, answer });
    return filed && { number: filed.number };
  }

  async #look(row: FilingRow, exchange: ExchangeRow): Promise<FilingRow> {
    const { clock, ledger } = this.#parts;
    const filing = ledger.seals.filing(row);
    const lost = {
      transaction: exchange.transaction,
      ownId: exchange.own_id,
      sentAt: exchange.sent_at,
      deadlineAt: exchange.deadline_at,
    };
    const overAt = lost.deadlineAt + AT_WORK_MS;
    const isOver = clock.now() >= overAt;
    const caller = this.#self();
    const { ending } = await this.#attempt(row, caller, false, (flows, exchange) =>
      flows.find(filing, lost, exchange),
    );
    const look = ofLook(ending, row.doubt_of, isOver);
    if (look.is === 'decided') {
      const { event, cause, number } = look;
      return this.#take(row, { event, caller, cause, change: number === undefined ? {} : { number } });
    }
    const looks = row.looks + (look.counts ? 1 : 0);
    const delay = LOOK_DELAYS_MS[row.looks];
    const reason = look.reason === undefined ? {} : { reason: look.reason };
    if (look.counts && LOOK_DELAYS_MS[looks] === undefined) {
      return this.#take(row, {
        event: 'undecidable',
        caller,
        cause: { code: 'filing.undecided', ...reason },
      });
    }
    const next_check_at = Math.max(clock.now() + (delay ?? 0), isOver ? 0 : overAt);
    const cause = { code: 'filing.no-answer', ...reason } as const;
    return this.#take(row, { event: 'undecided', caller, cause, change: { looks, next_check_at } });
  }

  /** Runs exchanges of a step. At most one of them may change anything, and none where `mayAct` is false. */
  async #attempt<T>(
    row: FilingRow,
    caller: Caller,
    mayAct: boolean,
    work: (flows: FilingFlows, exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<{ ending: Ending<T>; acting: Traced | undefined; trace: Trace }> {
    const { journal, logger } = this.#parts;
    let asked: WireRequest | undefined;
    let acting: Traced | undefined;
    const step = { id: row.id, version: row.version };
    const { exchange, trace } = journal.open({
      ...caller,
      insurer: row.insurer,
      purpose: 'filing',
      leaseUntil: row.next_check_at ?? 0,
      fence: async (unit: Unit, { id }) =>
        asked?.effect === 'none'
          ? (await unit.one(fenceFiling, step)) !== undefined
          : (await unit.run(claimExchange, { ...step, exchange: id })) === 1,
    });
    const once: Exchange = async (request) => {
      const acts = request.effect !== 'none';
      if (acts && (!mayAct || (acting && !movedNothing(acting.outcome)))) {
        const reason = 'this step may not act, or has acted';
        return { kind: 'not-run', reason, exchangeId: '', ownId: request.ownId };
      }
      asked = request;
      try {
        return await exchange(request);
      } finally {
        if (acts && trace.last?.ownId === request.ownId) acting = trace.last;
      }
    };
    try {
      return { ending: await work(this.flowsOf(row.insurer, row.kind), once), acting, trace };
    } catch (error) {
      if (!(error instanceof Fault))
        logger.error({ filing: row.id, err: maskError(error) }, 'a filing broke off');
      return { ending: { kind: 'thrown', error }, acting, trace };
    }
  }

  #end(
    row: FilingRow,
    caller: Caller,
    { event, cause }: Conclusion,
    lost?: { readonly deadlineAt: number },
    change: Partial<FilingRow> = {},
  ): Promise<FilingRow> {
    const later = Math.max(this.#parts.clock.now(), lost?.deadlineAt ?? 0);
    const wait = event === 'lost' ? { next_check_at: later, looks: 0 } : {};
    return this.#take(row, { event, caller, cause, change: { ...change, ...wait } });
  }

  /** Ends a step, and answers how the filing stands, whoever brought it there. */
  async #take(row: FilingRow, step: Step): Promise<FilingRow> {
    const { ledger, logger } = this.#parts;
    try {
      return await ledger.move(row.id, row.version, () => step);
    } catch (error) {
      if (!(error instanceof Superseded)) throw error;
      logger.warn({ filing: row.id }, 'a step of a filing ended after another had begun');
      return ledger.get(row.id);
    }
  }

  async #exchangeOf({ exchange }: FilingRow): Promise<ExchangeRow | undefined> {
    return exchange === null ? undefined : this.#parts.store.one(exchangeById, { id: exchange });
  }

  /** The gateway's own name for what it does unasked. */
  #self(): Caller {
    return { client: GATEWAY, requestId: this.#parts.ids.next() };
  }
}
