/** What a transaction can change at the insurer, by its number. */
export type Effect = 'none' | 'record' | 'money';

/**
 * Transactions that move money: settlements and their undoing, at the desk (21xx, 22xx, 23xx), by telephone (6xxx)
 * and by message id (2601, 2181). They go through the settlement machine and nowhere else.
 */
export const MONEY: readonly string[] = [
  '2102',
  '2103',
  '2163',
  '2167',
  '2181',
  '2207',
  '2207A',
  '2208',
  '2304',
  '2305',
  '2601',
  '6202',
  '6203',
  '6401',
];

/** Trials, checks and queries outside the number ranges that only ask. */
const ASKING: ReadonlySet<string> = new Set([
  '1101',
  '1201',
  '1901',
  '2001',
  '2101',
  '2161',
  '2166',
  '2170',
  '2171',
  '2172',
  '2173',
  '2174',
  '2175',
  '2176',
  '2206',
  '2206A',
  '2303',
  '2407',
  '6101',
  '6301',
  '7105',
  '7106',
  '7107',
  '7211',
  '9001',
  '9002',
  '100001',
]);

const money: ReadonlySet<string> = new Set(MONEY);

export function effectOf(infno: string): Effect {
  if (money.has(infno)) return 'money';
  // 13xx download catalogues, 51xx to 54xx answer queries.
  return ASKING.has(infno) || /^(13|5[1-4])\d\d[A-Z]?$/.test(infno) ? 'none' : 'record';
}

/** Files go over a transport of their own: multipart in, octet-stream out. */
export const FILE_TRANSFERS: ReadonlySet<string> = new Set(['9101', '9102']);

/** Transactions made without a session. */
export const WITHOUT_SESSION: ReadonlySet<string> = new Set(['9001']);
