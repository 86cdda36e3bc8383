import { chinaDigits } from '../../../src/clock.ts';
import type { Bill, Quote, Settled, Split } from '../../../src/settlement/port.ts';
import { childText, type Element } from '../nrcms/xml.ts';
import { STATEMENT } from './profile.ts';
import { readSplit } from './split.ts';

/** What the statement of a handle (S16, S27) says became of it. */
export type Standing =
  | { readonly is: 'settled'; readonly settledAt: number }
  | { readonly is: 'reversed'; readonly reversedAt: number }
  | { readonly is: 'unsettled' }
  /** It has amounts, but none of the dates by which one could tell. */
  | { readonly is: 'unclear' };

export function standingOf(data: Element): Standing {
  const settled = childText(data, STATEMENT.settledAt);
  const reversed = childText(data, STATEMENT.reversedAt);
  const [settledAt, reversedAt] = [chinaTimeOf(settled), chinaTimeOf(reversed)];
  if (reversedAt !== undefined) return { is: 'reversed', reversedAt };
  if (settledAt !== undefined && reversed === '') return { is: 'settled', settledAt };
  const bare = ['totalCost', 'compensateCost'].every((field) => /^[0.]*$/.test(childText(data, field)));
  return { is: settled === '' && reversed === '' && bare ? 'unsettled' : 'unclear' };
}

/**
 * What was settled, by its statement. It spells some shares otherwise than the settlement's answer; where total and
 * compensation are the quote's, the quote's split is what was settled, and otherwise a person must look.
 */
export function settledByStatement(
  data: Element,
  number: string,
  settledAt: number,
  bill: Bill,
  quote: Quote | undefined,
): Settled {
  const { split } = readSplit(data);
  const same = quote && sameBasis(quote.split, split);
  const faults = [...(same ? [] : ['statement']), ...(split.totalFen === bill.totalFen ? [] : ['bill'])];
  return {
    split: same ? quote.split : split,
    number,
    settledAt,
    handle: quote?.handle ?? {},
    ...(faults.length > 0 ? { faults } : {}),
  };
}

function sameBasis(quoted: Split, stated: Split): boolean {
  const pooled = ({ funds }: Split) => funds.find(({ code }) => code === 'compensateCost')?.amountFen ?? 0;
  return (
    quoted.totalFen === stated.totalFen &&
    quoted.accountFen === stated.accountFen &&
    pooled(quoted) === pooled(stated)
  );
}

/** Epoch ms of yyyy-MM-dd, with HH:mm:ss where it has it, on China's clock. */
export function chinaTimeOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour = '00', minute = '00', second = '00'] = match.slice(1);
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  const digits = `${year}${month}${day}${hour}${minute}${second}`;
  return Number.isNaN(at) || !chinaDigits(at).startsWith(digits) ? undefined : at;
}
