import type { Bill } from '../../../src/settlement/port.ts';

/** The two families of operations: the same acts, each with its own numbers and its own handle. */
export interface Kind {
  /** The field that names the handle: what the insurer gave before any money moved (补偿序号). */
  readonly handle: 'outpId' | 'inpId';
  readonly trial: string;
  readonly settle: string;
  readonly reverse: string;
  readonly statement: string;
}

export const OUTPATIENT: Kind = {
  handle: 'outpId',
  trial: 'S24',
  settle: 'S25',
  reverse: 'S26',
  statement: 'S27',
};

export const STAY: Kind = { handle: 'inpId', trial: 'S13', settle: 'S14', reverse: 'S15', statement: 'S16' };

export function kindOf(bill: Pick<Bill, 'stay'>): Kind {
  return bill.stay ? STAY : OUTPATIENT;
}
