import type { Identity } from '../../schemas/identity.ts';
import { PLACES } from '../../schemas/settlement-words.ts';
import type { ErrorCode } from '../errors.ts';
import type { Fen } from '../money.ts';
import { err, ok, type Result } from '../result.ts';
import type { Bill, Charge, Insurer, Split } from './port.ts';

/** What is wrong with a bill, and where: `pointer` is relative to the request body. */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
  /** `request.invalid` where nothing is said. */
  readonly code?: ErrorCode;
}

/** Checks what the setting of a bill asks for: diagnoses but for a registration, a stay for an inpatient's. */
export function checkBill(
  { setting, diagnoses }: Pick<Bill, 'setting' | 'diagnoses'>,
  hasStay: boolean,
): Flaw | undefined {
  if ((setting === 'inpatient' || setting === 'mid-stay') !== hasStay) {
    return {
      pointer: '/stayId',
      detail: '住院结算须有、其他结算不能有 stayId / for stays, and only for them',
    };
  }
  if (diagnoses.length > 0 || setting === 'registration' || setting === 'pharmacy') return undefined;
  const detail = '缺少诊断 / a diagnosis is missing';
  return { pointer: '/diagnoses', detail, code: 'settlement.no-diagnosis' };
}

/** Checks who is to pay: in the legal order, one of a place, each for what it settles. */
export function checkPayers(
  payers: readonly Pick<Insurer, 'id' | 'capabilities'>[],
  bill: Pick<Bill, 'setting' | 'purseReaderId'>,
): Flaw | undefined {
  const flaw = (index: number, detail: string) =>
    ({ pointer: `/insurers/${index}`, detail, code: 'settlement.payers' }) as const;
  let last = -1;
  for (const [index, { capabilities }] of payers.entries()) {
    const { place, settings } = capabilities;
    const rank = PLACES.indexOf(place);
    if (rank < last) return flaw(index, '支付方的顺序不对 / not in the legal order of payers');
    if (rank === last && place !== 'supplementary' && place !== 'other')
      return flaw(index, '同类支付方只能有一个 / only one payer of this kind');
    if (!settings.includes(bill.setting))
      return flaw(index, `不能结算 ${bill.setting} / does not settle ${bill.setting}`);
    if (place === 'purse' && bill.purseReaderId === undefined)
      return { pointer: '/purseReaderId', detail: '钱包支付须指明读卡器 / which reader holds the purse?' };
    last = rank;
  }
  return undefined;
}

const CHARGES_MAX = 10_000;

/** Decimals the insurers take: cnt n(16,4), pric n(16,6) (定点医药机构接口规范 1.4). */
const COUNT_DECIMALS_MAX = 4;
const PRICE_DECIMALS_MAX = 6;

/** Count × price has this many decimals of a yuan; one fen is then this many units. */
const PRODUCT_DECIMALS = COUNT_DECIMALS_MAX + PRICE_DECIMALS_MAX;
const FEN_IN_PRODUCT = 10n ** BigInt(PRODUCT_DECIMALS - 2);

/** Reads a decimal text without sign or exponent as an integer of 10^-scale; nothing where it is finer than that. */
export function scaledOf(text: string, scale: number): bigint | undefined {
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > scale) return undefined;
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/**
 * Checks the lines of a bill: unique numbers, no negative amounts, and count × price equal to the amount to less than
 * a fen, since systems round up, down or to the nearest. Answers their exact sum.
 */
export function checkCharges(charges: readonly Charge[], totalFen: Fen | undefined): Result<Fen, Flaw> {
  if (charges.length === 0 || charges.length > CHARGES_MAX) {
    return err({ pointer: '/charges', detail: `1–${CHARGES_MAX} lines` });
  }
  const lines = new Set<string>();
  let sum = 0;
  for (const [index, charge] of charges.entries()) {
    const flaw = flawOf(charge, lines);
    if (flaw) return err({ pointer: `/charges/${index}/${flaw.pointer}`, detail: flaw.detail });
    lines.add(charge.line);
    sum += charge.amountFen;
  }
  if (!Number.isSafeInteger(sum) || sum === 0)
    return err({ pointer: '/charges', detail: 'the sum must be above 0' });
  if (totalFen !== undefined && totalFen !== sum) {
    return err({ pointer: '/total', detail: 'not the sum of the lines' });
  }
  return ok(sum);
}

function flawOf(charge: Charge, lines: ReadonlySet<string>): Flaw | undefined {
  if (lines.has(charge.line)) return { pointer: 'line', detail: 'this line number occurs twice' };
  const count = scaledOf(charge.count, COUNT_DECIMALS_MAX);
  if (count === undefined) return { pointer: 'count', detail: `at most ${COUNT_DECIMALS_MAX} decimals` };
  const price = scaledOf(charge.price, PRICE_DECIMALS_MAX);
  if (price === undefined) return { pointer: 'price', detail: `at most ${PRICE_DECIMALS_MAX} decimals` };
  if (charge.amountFen < 0) return { pointer: 'amount', detail: 'must not be negative' };
  const difference = count * price - BigInt(charge.amountFen) * FEN_IN_PRODUCT;
  if (difference <= -FEN_IN_PRODUCT || difference >= FEN_IN_PRODUCT) {
    return { pointer: 'amount', detail: 'not count × price' };
  }
  return undefined;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** Checks an identity that was typed: a resident ID number has 18 characters, the last of them a check (GB 11643). */
export function checkIdentity(identity: Identity): Flaw | undefined {
  if (identity.documentType !== 'resident-id') return undefined;
  const number = identity.documentNumber.toUpperCase();
  const pointer = '/identity/documentNumber';
  if (!/^\d{17}[\dX]$/.test(number)) return { pointer, detail: 'not a resident ID number' };
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return CHECK_DIGITS[sum % 11] === number[17]
    ? undefined
    : { pointer, detail: 'its check digit does not hold' };
}

/**
 * What does not hold between the amounts of a split, whoever the insurer is: the total is the bill's, and funds,
 * account, cash and hospital make it up. What only one insurer promises, its adapter checks.
 */
export function faultsOf(split: Split, totalFen: Fen): string[] {
  const faults: string[] = [];
  if (split.totalFen !== totalFen) faults.push('total');
  const shares = split.fundFen + split.accountFen + (split.paidFen ?? 0) + split.cashFen + split.hospitalFen;
  if (split.totalFen !== shares) faults.push('shares');
  return faults;
}

/** Whether the patient pays what the quote said. How the funds share the rest is theirs to change. */
export function sameForPatient(quoted: Split, settled: Split): boolean {
  const paid = (split: Split) => split.paidFen ?? 0;
  return (
    quoted.accountFen === settled.accountFen &&
    paid(quoted) === paid(settled) &&
    quoted.cashFen === settled.cashFen
  );
}
