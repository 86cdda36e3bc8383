import type { Charge, ChargeNote } from '../port.ts';

/** What is on file of a national code. */
export interface KnownCode {
  readonly valid: boolean;
  /** yyyy-MM-dd; the first and the last day. */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
}

/** A price limit: yuan, and the class of institutions it holds for. */
export interface KnownLimit extends KnownCode {
  readonly priceLimit: string;
  readonly heldFor?: string | undefined;
}

/** What is on file of the codes of a bill. */
export interface KnownCodes {
  /** Whether any catalogue is on file: without one an unknown code says nothing. */
  readonly hasItems: boolean;
  readonly items: ReadonlyMap<string, readonly KnownCode[]>;
  readonly limits: ReadonlyMap<string, readonly KnownLimit[]>;
  /** National codes by local ones; without any mapping on file none is missed. */
  readonly mappings: ReadonlyMap<string, string>;
  readonly hasMappings: boolean;
}

/**
 * What is worth saying of charges before they are sent. Nothing here is a refusal: catalogues are as old as their last
 * download, and the insurer decides. `level` is the class of the institution (医保目录限价类型: 1 first level and below,
 * 2, 3); without it a price is noted only when it is over every limit.
 */
export function checkCodes(
  charges: readonly Charge[],
  known: KnownCodes,
  { day, level }: { readonly day: string; readonly level?: string | undefined },
): ChargeNote[] {
  return charges.flatMap((charge, index) => {
    const at = { index, line: charge.line };
    return [
      codeNote(charge, known, day),
      limitNote(charge, known, day, level),
      mappingNote(charge, known),
    ].flatMap((note) => (note ? [{ ...at, ...note }] : []));
  });
}

type Note = Omit<ChargeNote, 'index' | 'line'>;

function codeNote({ nationalCode }: Charge, { hasItems, items }: KnownCodes, day: string): Note | undefined {
  if (!hasItems) return undefined;
  const entries = items.get(nationalCode) ?? [];
  if (entries.length === 0) return { note: 'unknown-code' };
  return entries.some((entry) => holdsOn(entry, day)) ? undefined : { note: 'invalid-code' };
}

function limitNote(
  { nationalCode, price }: Charge,
  { limits }: KnownCodes,
  day: string,
  level: string | undefined,
): Note | undefined {
  const holding = (limits.get(nationalCode) ?? []).filter((limit) => holdsOn(limit, day));
  const ours = holding.filter((limit) => level === undefined || !limit.heldFor || limit.heldFor === level);
  const highest = ours
    .map((limit) => limit.priceLimit)
    .reduce<string | undefined>(
      (most, each) => (most === undefined || isOver(each, most) ? each : most),
      undefined,
    );
  return highest !== undefined && isOver(price, highest)
    ? { note: 'over-limit', priceLimit: highest }
    : undefined;
}

function mappingNote({ localCode, nationalCode }: Charge, known: KnownCodes): Note | undefined {
  if (!known.hasMappings) return undefined;
  const mapped = known.mappings.get(localCode);
  if (mapped === undefined) return { note: 'unmapped' };
  return mapped === nationalCode ? undefined : { note: 'mapped-elsewhere', nationalCode: mapped };
}

export function holdsOn({ valid, validFrom, validTo }: KnownCode, day: string): boolean {
  return valid && (!validFrom || validFrom <= day) && (!validTo || day <= validTo);
}

/** Compares decimals by their digits, never through a float. What is no decimal is over nothing. */
export function isOver(one: string, other: string): boolean {
  const [left, right] = [scaled(one), scaled(other)];
  return left !== undefined && right !== undefined && left > right;
}

const DECIMALS_MAX = 8;

function scaled(text: string): bigint | undefined {
  const match = /^(\d{1,16})(?:\.(\d{0,8}))?$/.exec(text);
  return match ? BigInt(`${match[1]}${(match[2] ?? '').padEnd(DECIMALS_MAX, '0')}`) : undefined;
}
