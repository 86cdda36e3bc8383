import type { Logger } from 'pino';
import type { Caller } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { exchangeById } from '../exchange-queries.ts';
import { type Journal, movedNothing, type Trace } from '../journal.ts';
import type { SettlementSeals } from '../model.ts';
import type { AnsweredExchange, Exchange, Outcome } from '../port.ts';
import { causeOf, type Ending } from '../verdicts.ts';
import { claimExchange, type DifferenceRow, lockDifference } from './difference-queries.ts';
import type { Mended } from './mended.ts';

export interface UndoingParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly seals: SettlementSeals;
  readonly logger: Logger;
}

/** An undoing that is done, with what the adapter made of it, or only its stored answer. */
export type Undone<T> = { readonly value: T } | { readonly stored: AnsweredExchange };

/** Moves money at an insurer to mend a difference: journaled, and fenced by the difference's version. */
export class Undoing {
  readonly #parts: UndoingParts;

  constructor(parts: UndoingParts) {
    this.#parts = parts;
  }

  /** What an earlier try, whose gateway died over it, has done already; nothing where it has to be done. */
  async earlier(difference: DifferenceRow): Promise<{ readonly stored: AnsweredExchange } | undefined> {
    const { store, seals } = this.#parts;
    if (difference.exchange_id === null) return undefined;
    const exchange = await store.one(exchangeById, { id: difference.exchange_id });
    const body = exchange && seals.exchangeAnswer(exchange);
    if (exchange?.outcome !== 'accepted' || !body) return undefined;
    const { transaction, own_id: ownId, status } = exchange;
    return { stored: { transaction, ownId, answer: { status: status ?? 0, body } } };
  }

  async do<T>(
    difference: DifferenceRow,
    context: {
      insurer: string;
      purpose: 'undo' | 'reverse';
      caller: Caller;
      settlementId?: string | undefined;
    },
    work: (exchange: Exchange) => Promise<Outcome<T>>,
  ): Promise<Undone<T> | { readonly failed: Mended }> {
    const earlier = await this.earlier(difference);
    if (earlier) return earlier;
    const { journal, logger } = this.#parts;
    const { statement_id: statement, n, version } = difference;
    const { exchange, trace } = journal.open({
      ...context.caller,
      ...{ insurer: context.insurer, purpose: context.purpose, leaseUntil: difference.lease_until ?? 0 },
      ...(context.settlementId === undefined ? {} : { settlementId: context.settlementId }),
      fence: async (unit, { id, moves }) => {
        if (moves) return (await unit.run(claimExchange, { statement, n, version, exchange: id })) === 1;
        return (await unit.one(lockDifference, { statement, n }))?.version === version;
      },
    });
    let ending: Ending<T>;
    try {
      ending = await work(exchange);
    } catch (error) {
      if (!(error instanceof Fault))
        logger.error({ statement, n, err: maskError(error) }, 'an undoing broke off');
      ending = { kind: 'thrown', error };
    }
    return ending.kind === 'accepted' ? { value: ending.value } : { failed: failureOf(ending, trace) };
  }
}

/** The journal decides: what may have moved money is lost, whatever the adapter makes of it. */
function failureOf(ending: Exclude<Ending<unknown>, { kind: 'accepted' }>, trace: Trace): Mended {
  const cause = causeOf(ending, trace.last);
  const reason = cause.reason ?? cause.code;
  const { money } = trace;
  if (money && money.outcome !== 'refused' && !movedNothing(money.outcome)) return { event: 'lost', reason };
  const refused = money?.outcome === 'refused' || ending.kind === 'refused' || isFinal(ending);
  return { event: refused ? 'refused' : 'not-sent', reason };
}

function isFinal(ending: Ending<unknown>): boolean {
  return ending.kind === 'thrown' && ending.error instanceof Fault && ending.error.kind.again !== 'yes';
}
