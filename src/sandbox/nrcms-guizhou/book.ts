import { chinaDate } from '../../clock.ts';

/** Hundredths of a fen: the interface's amounts have four decimals. */
type Parts = bigint;

/** The made-up family: the sample person, and one without a number. */
export const FAMILY = {
  medicalNo: 'GZ00000001',
  familyId: 'F0001',
  areaCode: '520100',
  members: [
    {
      memberId: 'M0001',
      memberName: '张三',
      memberSex: '1',
      idCard: '111111198101011110',
      memberPro: '一般农户',
    },
    { memberId: 'M0002', memberName: '样例乙', memberSex: '2', idCard: '', memberPro: '低保户' },
  ],
} as const;

export interface Line {
  readonly detailId: string;
  readonly detailCode: string;
  readonly num: string;
  readonly price: string;
  readonly totalCost: string;
  readonly date: string;
}

/** A visit or a stay, by its handle. */
export interface Case {
  readonly handle: string;
  readonly memberId: string;
  readonly isStay: boolean;
  readonly usesAccount: boolean;
  readonly inpatientNo: string;
  readonly admissionDate: string;
  lines: Line[];
  state: 'open' | 'discharged' | 'rolled-back' | 'settled' | 'reversed';
  shares?: Shares;
  settledAt?: number;
  reversedAt?: number;
}

export interface Shares {
  readonly total: Parts;
  readonly inScope: Parts;
  readonly deductible: Parts;
  readonly pooled: Parts;
  readonly account: Parts;
  readonly civil: Parts;
}

/** A settlement as a test looks at it. */
export interface LedgerRow {
  readonly handle: string;
  readonly memberId: string;
  readonly live: boolean;
  /** Yuan, four decimals. */
  readonly totalCost: string;
}

/** A family account holds so much at the beginning of each year. */
const ACCOUNT_YEAR: Parts = 50_0000n;
const CASES_MAX = 10_000;
const STAY_DEDUCTIBLE: Parts = 200_0000n;

/** What the virtual service knows and keeps, in memory. */
export class Book {
  readonly #cases = new Map<string, Case>();
  readonly #balances = new Map<string, Parts>();
  #numbers = 0;

  next(prefix: string): string {
    this.#numbers += 1;
    return `${prefix}${String(this.#numbers).padStart(8, '0')}`;
  }

  open(opened: Case): void {
    this.#cases.set(opened.handle, opened);
  }

  /** A sandbox is started anew sooner than this many visits are made in it. */
  isFull(): boolean {
    return this.#cases.size >= CASES_MAX;
  }

  find(handle: string): Case | undefined {
    return this.#cases.get(handle);
  }

  cases(): Case[] {
    return [...this.#cases.values()];
  }

  balance(year: string): Parts {
    return this.#balances.get(year) ?? ACCOUNT_YEAR;
  }

  settle(settled: Case, shares: Shares, at: number): void {
    this.#pay(at, -shares.account);
    Object.assign(settled, { state: 'settled', shares, settledAt: at });
  }

  /** Gives back to the account of the year that paid. */
  reverse(settled: Case, at: number): void {
    this.#pay(settled.settledAt ?? at, settled.shares?.account ?? 0n);
    Object.assign(settled, { state: 'reversed', reversedAt: at });
  }

  #pay(at: number, amount: Parts): void {
    const year = chinaDate(at).slice(0, 4);
    this.#balances.set(year, this.balance(year) + amount);
  }

  /** Nine tenths are in scope; the fund pays 55 of a hundred of a visit and 80 of a stay beyond 200 yuan. */
  divide({ lines, isStay, usesAccount }: Case, at: number): Shares {
    const total = lines.reduce((sum, line) => sum + partsOf(line.totalCost), 0n);
    const inScope = (total * 90n) / 100n;
    const deductible = isStay ? least(inScope, STAY_DEDUCTIBLE) : 0n;
    const pooled = ((inScope - deductible) * (isStay ? 80n : 55n)) / 100n;
    const wanted = usesAccount ? ((total - pooled) * 30n) / 100n : 0n;
    const account = least(wanted, this.balance(chinaDate(at).slice(0, 4)));
    const civil = (total - pooled - account) / 10n;
    return { total, inScope, deductible, pooled, account, civil };
  }

  ledger(): LedgerRow[] {
    return this.cases().flatMap(({ handle, memberId, state, shares }) =>
      shares ? [{ handle, memberId, live: state === 'settled', totalCost: yuanOf(shares.total) }] : [],
    );
  }
}

function least(a: Parts, b: Parts): Parts {
  return a < b ? a : b;
}

/** Of yuan with up to four decimals; anything else counts as nothing. */
export function partsOf(text: string): Parts {
  const match = /^(\d{1,11})(?:\.(\d{1,4}))?$/.exec(text);
  return match ? BigInt(match[1] + (match[2] ?? '').padEnd(4, '0')) : 0n;
}

export function yuanOf(parts: Parts): string {
  const digits = String(parts).padStart(5, '0');
  return `${digits.slice(0, -4)}.${digits.slice(-4)}`;
}
