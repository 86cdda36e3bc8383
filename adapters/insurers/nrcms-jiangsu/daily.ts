import { chinaDate } from '../../../src/clock.ts';
import type { Fen } from '../../../src/money.ts';
import { isRecord, textOf } from '../nhsa/envelope.ts';
import { fenNear, isWhole, partsOf } from '../nrcms/amounts.ts';
import type { Answer } from './service.ts';

/** A row of the insurer's list of a day. */
export interface DailyRow {
  readonly kind: 'settlement' | 'reversal';
  readonly bxid: string;
  /** FPHM: the number of our bill. */
  readonly billNumber: string;
  /** DJLSH: the registration. */
  readonly djid: string;
  readonly cardid: string;
  readonly totalFen: Fen;
  readonly reimbursedFen: Fen;
  /** Epoch ms. */
  readonly at: number;
}

const OUTPATIENT = '1';
const ALL = 'all';

/** MrdzMx 每日对账明细: what the insurer settled and undid from one day to another, yyyy-MM-dd. */
export function dailyInput(from: string, to: string, hospitalCode: string) {
  return { operator: ALL, hospitalcode: hospitalCode, Dzrq: from, Zzrq: to, dzlx: OUTPATIENT };
}

/** Its rows; nothing where there is no list or one of them can't be read: a list with a hole proves nothing. */
export function dailyRows(answer: Answer): DailyRow[] | undefined {
  if (!Array.isArray(answer.arr)) return undefined;
  const rows = answer.arr.map((row: unknown) => (isRecord(row) ? rowOf(row) : undefined));
  return rows.includes(undefined) ? undefined : (rows as DailyRow[]);
}

const KINDS: Readonly<Record<string, DailyRow['kind']>> = { '1': 'settlement', '-1': 'reversal' };

function rowOf(row: Readonly<Record<string, unknown>>): DailyRow | undefined {
  const of = (field: string) => textOf(row[field]).trim();
  const kind = KINDS[of('JYLX')];
  const totalFen = fenOf(of('ZJJE'));
  const reimbursedFen = fenOf(of('SBJE'));
  const at = timeOf(of('JYSJ'));
  if (!kind || totalFen === undefined || reimbursedFen === undefined || at === undefined) return undefined;
  return {
    kind,
    bxid: of('BXID'),
    billNumber: of('FPHM'),
    djid: of('DJLSH'),
    cardid: of('ICKH'),
    // A reversal's row may carry the amounts with either sign.
    totalFen: Math.abs(totalFen),
    reimbursedFen: Math.abs(reimbursedFen),
    at,
  };
}

function fenOf(text: string): Fen | undefined {
  const parts = partsOf(text);
  return text === '' || parts === undefined || !isWhole(parts) ? undefined : fenNear(parts);
}

/** Epoch ms of yyyy-MM-dd[ HH:mm:ss[.S]] on China's clock. */
function timeOf(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.\d{1,6})?)?$/.exec(text);
  const at = match ? Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}+08:00`) : Number.NaN;
  return Number.isNaN(at) || chinaDate(at) !== match?.[1] ? undefined : at;
}

const DAY_MS = 86_400_000;

/** When the list of the day of `at` is complete, epoch ms: `completeAt` (HH:mm in China) on the day after. */
export function completeOf(at: number, completeAt: string): number {
  return Date.parse(`${chinaDate(at + DAY_MS)}T${completeAt}:00+08:00`);
}
