import type { Fen } from '../../src/money.ts';
import type { Bill, ExchangeRef, Outcome, Split } from '../../src/settlement/port.ts';

/** What a payer takes on that is no insurer: it pays of what is left, and divides nothing. */
export function paidOf({ leftFen }: Pick<Bill, 'leftFen'>, paidFen: Fen): Split {
  return {
    totalFen: leftFen,
    funds: [],
    fundFen: 0,
    accountFen: 0,
    paidFen,
    cashFen: leftFen - paidFen,
    hospitalFen: 0,
    fullOwnFen: 0,
    overLimitFen: 0,
    firstOwnFen: 0,
    inScopeFen: 0,
    deductibleFen: 0,
  };
}

/** An outcome that needed no exchange. */
export function without<T>(value: T, transaction: string): Outcome<T> {
  return { kind: 'accepted', value, at: nowhere(transaction) };
}

export function nowhere(transaction: string): ExchangeRef {
  return { exchangeId: '', transaction, ownId: '' };
}
