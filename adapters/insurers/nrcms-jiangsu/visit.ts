import type { Identity } from '../../../schemas/identity.ts';
import type { NrcmsJiangsuConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { chinaDate } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { type Fen, yuanOf } from '../../../src/money.ts';
import type { Bill, Charge, Quote, Split } from '../../../src/settlement/port.ts';
import { textOf } from '../nhsa/envelope.ts';
import { fenNear, isWhole, partsOf } from '../nrcms/amounts.ts';
import type { Answer } from './service.ts';

/** What is known of a visit before money moves; becomes the quote's handle. */
export interface Visited {
  /** The registration's number: the handle. */
  readonly djid: string;
  readonly cardid: string;
  readonly grbh: string;
  /**
   * The year of participation that the registration was made in. All that follows says the same year, an undoing after
   * New Year too.
   */
  readonly year: string;
}

export function visitedOf(handle: Readonly<Record<string, string>>): Visited {
  const { djid = '', cardid = '', grbh = '', year = '' } = handle;
  return { djid, cardid, grbh, year };
}

const OUTPATIENT = '1';
const UPLOAD = '1';
const YES = '1';
/** 入院状态 of an outpatient, as the public client sends it. */
const ORDINARY = '3';

/** cardid and grbh. Fault `request.invalid` without a card. */
export function personOf(
  { cardNumber, documentNumber }: Identity,
  { personNumber }: NrcmsJiangsuConfiguration,
): Pick<Visited, 'cardid' | 'grbh'> {
  if (!cardNumber) {
    throw new Fault('request.invalid', {
      pointer: '/identity/cardNumber',
      detail: '农合卡号 / the card’s number',
    });
  }
  return { cardid: cardNumber, grbh: personNumber === 'card' ? cardNumber : documentNumber };
}

/** Mzdj. Without a diagnosis nothing is sent: none is ever made up. Fault `request.invalid`. */
export function registrationInput(bill: Bill, person: Pick<Visited, 'cardid' | 'grbh'>, year: string) {
  const [diagnosis] = bill.diagnoses;
  if (!diagnosis) {
    throw new Fault('request.invalid', { pointer: '/diagnoses', detail: '缺少诊断 / no diagnosis' });
  }
  return {
    ICD10: diagnosis.code,
    jbmc: diagnosis.name,
    ...person,
    year,
    ryrq: chinaDate(bill.visit.startedAt),
    ryzt: ORDINARY,
  };
}

/** Lines of one upload; the interface names no limit. */
export const BATCH_LINES_MAX = 500;
/** Western, Chinese patent and herbal drugs of the national catalogue. */
const DRUGS = ['X', 'Z', 'T'];

/** UploadFyxx, for the lines from `first` on: drugs in ypArr, services in zlArr, each with its own name for the amount. */
export function chargesInput(
  bill: Bill,
  { djid }: Visited,
  first: number,
  { drugCodes = DRUGS }: NrcmsJiangsuConfiguration,
) {
  const lines = bill.charges.slice(first, first + BATCH_LINES_MAX);
  const isDrug = ({ nationalCode }: Charge) => drugCodes.some((prefix) => nationalCode.startsWith(prefix));
  const line = (charge: Charge) => ({
    xnhbm: charge.nationalCode,
    ypmc: charge.name,
    ypsl: charge.count,
    ypdj: charge.price,
    billdate: chinaDate(bill.visit.startedAt),
    icode: charge.localCode,
    cfsb: bill.visit.number,
    kfys: bill.visit.doctorCode,
  });
  return {
    djid,
    jzlx: OUTPATIENT,
    czlx: UPLOAD,
    ypArr: lines.filter(isDrug).map((charge) => ({ ...line(charge), ypje: yuanOf(charge.amountFen) })),
    zlArr: lines
      .filter((charge) => !isDrug(charge))
      .map((charge) => ({ ...line(charge), je: yuanOf(charge.amountFen) })),
  };
}

/** FybxYjs 补偿预结算. */
export function trialInput(bill: Bill, { djid, cardid, grbh, year }: Visited) {
  return {
    djid,
    cardid,
    grbh,
    fpje: yuanOf(bill.totalFen),
    Year: year,
    jzlx: OUTPATIENT,
    ...(bill.referral ? { sfzz: YES } : {}),
  };
}

/** FybxJs 补偿结算. */
export function settlementInput(bill: Bill, { djid, year }: Visited, now: number) {
  return {
    jzlx: OUTPATIENT,
    djid,
    Year: year,
    fprq: chinaDate(now),
    fphm: bill.billNumber,
    zyh: '',
    ztjsbj: '0',
  };
}

/** ReSaveFybx 取消补偿结算. */
export function undoInput(
  { billNumber }: Pick<Bill, 'billNumber'>,
  { cardid, year }: Pick<Visited, 'cardid' | 'year'>,
  bxid: string,
) {
  return { invoiceId: billNumber, cardid, Year: year, bxid };
}

/**
 * Who pays what, by a trial: sum31 the total, sum01 what is reimbursed, sum11 the assistance in it (or beside it). Of
 * the other sums no public text says what they are.
 */
export function readSplit(
  answer: Answer,
  { totalHoldsAssistance = true }: NrcmsJiangsuConfiguration,
): { readonly split: Split; readonly faults: readonly string[] } {
  const [total, reimbursed, assistance] = ['sum31', 'sum01', 'sum11'].map((field) =>
    partsOf(textOf(answer[field]).trim()),
  );
  const readable = textOf(answer.sum31) !== '' && ![total, reimbursed, assistance].includes(undefined);
  const whole = [total, reimbursed, assistance].every((parts) => parts === undefined || isWhole(parts));
  const [totalFen, reimbursedFen, assistanceFen] = [total, reimbursed, assistance].map(
    (parts): Fen => fenNear(parts ?? 0),
  ) as [Fen, Fen, Fen];
  const pooledFen = totalHoldsAssistance ? reimbursedFen - assistanceFen : reimbursedFen;
  const fundFen = pooledFen + assistanceFen;
  const funds = [
    { fund: 'pooled' as const, code: 'sum01', amountFen: pooledFen },
    { fund: 'assistance' as const, code: 'sum11', amountFen: assistanceFen },
  ].filter(({ amountFen }) => amountFen !== 0);
  const negative = [pooledFen, assistanceFen, totalFen - fundFen].some((fen) => fen < 0);
  const rules: [name: string, broken: boolean][] = [
    ['readable', !readable],
    ['precision', !whole],
    ['negative', negative],
  ];
  return {
    split: { ...NOTHING, totalFen, funds, fundFen, cashFen: totalFen - fundFen },
    faults: rules.filter(([, broken]) => broken).map(([name]) => name),
  };
}

/** The interface doesn't say how much is in scope; so nothing is claimed of it. */
export const NOTHING = {
  accountFen: 0,
  hospitalFen: 0,
  fullOwnFen: 0,
  overLimitFen: 0,
  firstOwnFen: 0,
  inScopeFen: 0,
  deductibleFen: 0,
} as const;

/** Why an answer about a bill can't be relied on. */
export function trialFault(
  answer: Answer,
  bill: Bill,
  configuration: NrcmsJiangsuConfiguration,
): string | undefined {
  const { split, faults } = readSplit(answer, configuration);
  const wrong = split.totalFen === bill.totalFen ? faults : [...faults, 'bill'];
  return wrong.length === 0 ? undefined : `金额不符 / amounts: ${wrong.join(', ')}`;
}

/** Faults of a settlement's answer: the sums it repeats, if any, are those of the trial. */
export function settlementFaults(answer: Answer, quote: Quote, configuration: NrcmsJiangsuConfiguration) {
  if (textOf(answer.sum31) === '') return [];
  const { split, faults } = readSplit(answer, configuration);
  const same = split.totalFen === quote.split.totalFen && split.fundFen === quote.split.fundFen;
  return same ? faults : [...faults, 'trial'];
}
