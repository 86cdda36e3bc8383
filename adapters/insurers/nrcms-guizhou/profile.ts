import type { FundShare } from '../../../src/settlement/port.ts';
import profile from './profile.json' with { type: 'json' };

export type Effect = 'none' | 'record' | 'money';

const operations = profile.operations as Readonly<Record<string, Effect>>;

/** What an operation can change at the insurer; nothing where the interface has no such operation (S02 is ours). */
export function effectOf(operation: string): Effect | undefined {
  return Object.hasOwn(operations, operation) ? operations[operation] : undefined;
}

/** Operations that move money and so go through the settlement machine only. */
export const MONEY: readonly string[] = Object.keys(operations).filter(
  (name) => operations[name] === 'money',
);

/** What other funds pay besides compensateCost, by field. */
export const SHARES = Object.entries(profile.shares) as [field: string, fund: FundShare['fund']][];

/** Amounts of which no public text says whether they are taken off the patient's part. */
export const DOUBTFUL: readonly string[] = profile.doubtful;

/** Dates in a statement by which a settlement, and its red reversal, are known. */
export const STATEMENT = profile.statement;

export const SOAP = profile.soap;
