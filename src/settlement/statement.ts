import type { DifferenceClass } from '../../schemas/statement-words.ts';
import type { Fen } from '../money.ts';
import type { Exchange, Outcome } from './wire.ts';

/**
 * What an insurer offers for comparing its ledger with ours (对账). A settlement is a row of positive amounts on the day
 * it was settled, its reversal a second row, negative, on the day it was reversed; days are the insurer's, in China.
 */
export interface StatementFlows {
  /** Groups to ask about even where we have nothing in them. */
  readonly groups: readonly string[];
  /** Whether our sums of a section are the insurer's (3201). */
  totals?(section: Section, period: Period, sums: SectionSums, exchange: Exchange): Promise<Outcome<Balance>>;
  /** The section in whose detail this one is listed, where the insurer's details are kept in coarser groups. */
  detailGroupOf?(group: string): string;
  /** Compares row by row (9101, 3202, 9102); names the rows that differ, ours and the insurer's own. */
  details?(
    section: Section,
    period: Period,
    rows: AsyncIterable<OurRow>,
    exchange: Exchange,
  ): Promise<Outcome<Details>>;
  /** The insurer's list of a day, where that is all it offers; the gateway compares (MrdzMx). */
  daily?(day: Period, exchange: Exchange): Promise<Outcome<readonly TheirRow[]>>;
  /**
   * Undoes what stands at the insurer and not with us: by our own id, or by its number. Moves money, once in a call;
   * doing it again changes nothing.
   */
  undo(row: TheirRow, exchange: Exchange): Promise<Outcome<'undone'>>;
}

/** A group of the insurer's (国家医保: insutype|clr_type|setl_optins), its reversals apart from the rest. */
export interface Section {
  readonly group: string;
  readonly refund: boolean;
}

/** Days, first to last, yyyy-MM-dd. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface RowAmounts {
  readonly totalFen: Fen;
  readonly fundFen: Fen;
  readonly accountFen: Fen;
}

export interface SectionSums extends RowAmounts {
  readonly count: number;
  readonly cashFen: Fen;
}

export interface Balance {
  readonly balanced: boolean;
  /** The insurer's own words. */
  readonly words: string;
}

/** A settlement of ours, or with negative amounts its reversal. */
export interface OurRow extends RowAmounts {
  readonly settlementId: string;
  readonly group: string;
  readonly sign: 1 | -1;
  /** The insurer's number of the settlement; of a reversal its own, where it has one. */
  readonly number: string;
  /** Of a reversal: the number of what it reverses. */
  readonly reverses?: string;
  readonly ownId: string;
  readonly cashFen: Fen;
  /** Epoch ms, the insurer's time. */
  readonly at: number;
  /** What the adapter kept with the settlement. */
  readonly handle: Readonly<Record<string, string>>;
}

/** A settlement or a reversal (`sign` -1, negative amounts) as the insurer lists it. */
export interface TheirRow extends RowAmounts {
  readonly sign: 1 | -1;
  /** The insurer's number of the settlement; of a reversal that has none of its own, of what it reverses. */
  readonly number?: string;
  /** The id we gave the exchange (msgid). */
  readonly ownId?: string;
  /** Which transaction it was, where that can be told: 2207, 2208, … */
  readonly transaction?: string;
  readonly billNumber?: string;
  /** The insurer's number of the person. */
  readonly personNumber?: string;
  readonly at?: number;
  readonly memo?: string;
  /** What the adapter needs to undo it. */
  readonly handle?: Readonly<Record<string, string>>;
}

export interface Details {
  /** The insurer's rows that we have not. */
  readonly theirs: readonly TheirRow[];
  /** Our rows that the insurer has not, or not so; `number` and `sign` tell which. */
  readonly ours: readonly TheirRow[];
  /** More than are listed. */
  readonly cut: boolean;
}

/** Differences of one detail list beyond which nobody is helped by more of them. */
export const DIFFERENCES_MAX = 2_000;

/** Rows of one day's list of an insurer. */
export const LIST_ROWS_MAX = 100_000;

/**
 * The classes of a county front end's daily comparison (江苏县级新农合, DZJG): what it found, and what it is here.
 * 5 and 6 were never enabled there.
 */
export const COUNTY_CLASSES: Readonly<Record<1 | 2 | 3 | 4 | 5 | 6, DifferenceClass>> = {
  1: 'reversed-at-the-insurer-only',
  2: 'insurer-only',
  3: 'reversed-here-only',
  4: 'ours-only',
  5: 'amounts-differ',
  6: 'amounts-differ',
};
