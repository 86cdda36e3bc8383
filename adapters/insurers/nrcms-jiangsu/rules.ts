import type { Fen } from '../../../src/money.ts';

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

/** A bill as our ledger has it. */
export interface OurRow {
  readonly billNumber: string;
  readonly djid: string;
  readonly state: 'settled' | 'reversed';
  readonly totalFen: Fen;
  readonly reimbursedFen: Fen;
}

/**
 * DZJG, the class of a difference. 5 and 6 stand in the interface's dictionary; the public client has them commented
 * out. `missing` has no class there: that client only looks from the insurer's side.
 */
export type DifferenceClass = '1' | '2' | '3' | '4' | '5' | '6' | 'missing';

/**
 * What mends it. `reverse-ours`: the insurer has undone it, so must we. `undo-theirs`: ReSaveFybx, which is right only
 * while no live bill of ours stands for it. `review`: a person must look.
 */
export type Mend = 'reverse-ours' | 'undo-theirs' | 'review';

export const CLASSES: Readonly<
  Record<DifferenceClass, { readonly zh: string; readonly en: string; readonly mend: Mend }>
> = {
  '1': { zh: '农合已作废,本院未作废', en: 'undone at the insurer, not here', mend: 'reverse-ours' },
  '2': {
    zh: '农合已报销,本院没有有效记录',
    en: 'paid by the insurer, nothing live here',
    mend: 'undo-theirs',
  },
  '3': {
    zh: '农合作废一次,本院作废多次',
    en: 'undone once at the insurer, several times here',
    mend: 'review',
  },
  '4': {
    zh: '农合报销一次,本院报销多次',
    en: 'paid once by the insurer, several times here',
    mend: 'review',
  },
  '5': { zh: '报销金额不一致', en: 'what is reimbursed differs', mend: 'review' },
  '6': { zh: '总金额不一致', en: 'the total differs', mend: 'review' },
  missing: { zh: '本院已报销,农合没有记录', en: 'settled here, unknown to the insurer', mend: 'review' },
};

export interface Difference {
  readonly class: DifferenceClass;
  readonly mend: Mend;
  readonly billNumber: string;
  readonly djid: string;
  readonly ours: readonly OurRow[];
  readonly theirs: readonly DailyRow[];
}

/**
 * Compares the rows of a day, ours and the insurer's, bill by bill (FPHM and DJLSH together name one). What was settled
 * and undone on both sides is no difference, nor what the insurer undid and we never had.
 */
export function diffOfDay(ours: readonly OurRow[], theirs: readonly DailyRow[]): Difference[] {
  const keyOf = ({ billNumber, djid }: { billNumber: string; djid: string }) =>
    JSON.stringify([billNumber, djid]);
  const keys = new Set([...theirs, ...ours].map(keyOf));
  const oursBy = Map.groupBy(ours, keyOf);
  const theirsBy = Map.groupBy(theirs, keyOf);
  return [...keys].flatMap((key) => {
    const [mine, other] = [oursBy.get(key) ?? [], theirsBy.get(key) ?? []];
    const { billNumber, djid } = (other[0] ?? mine[0])!;
    return classesOf(mine, other).map((found) => ({
      class: found,
      mend: CLASSES[found].mend,
      billNumber,
      djid,
      ours: mine,
      theirs: other,
    }));
  });
}

function classesOf(ours: readonly OurRow[], theirs: readonly DailyRow[]): DifferenceClass[] {
  const live = ours.filter(({ state }) => state === 'settled');
  const reversed = ours.length - live.length;
  const paid = theirs.find(({ kind }) => kind === 'settlement');
  const undone = theirs.some(({ kind }) => kind === 'reversal');
  if (theirs.length === 0) return live.length > 0 ? ['missing'] : [];
  if (undone && live.length > 0) return ['1'];
  if (undone) return reversed > 1 ? ['3'] : [];
  if (live.length === 0) return ['2'];
  if (live.length > 1) return ['4'];
  const [only] = live;
  return [
    ...(only?.reimbursedFen === paid?.reimbursedFen ? [] : (['5'] as const)),
    ...(only?.totalFen === paid?.totalFen ? [] : (['6'] as const)),
  ];
}
