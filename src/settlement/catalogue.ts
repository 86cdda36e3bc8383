import type { CatalogueKind } from '../../schemas/catalogue-words.ts';
import type { Charge } from './bill.ts';
import type { Exchange, Outcome } from './wire.ts';

/** What an insurer offers of catalogues (国家医保 1301 to 1327) and of matching an institution's own codes to them. */
export interface CatalogueFlows {
  readonly kinds: readonly CatalogueKind[];
  /** Those whose codes an institution matches its own to. */
  readonly matched: readonly CatalogueKind[];
  /**
   * Fetches what has changed since a version, in order, and hands it over in bounded batches; each is taken before the
   * next is read. What `take` throws ends it. A file or a page that can't be relied on throws `insurer.file-broken`.
   */
  load(order: LoadOrder, exchange: Exchange): Promise<Outcome<Loaded>>;
  /** 3301: all of these are matched, or none. */
  match(matches: readonly CodeMatch[], exchange: Exchange): Promise<Outcome<'matched'>>;
  /** 3302. */
  unmatch(match: CodeMatch, exchange: Exchange): Promise<Outcome<'unmatched'>>;
  /** How many matches go in one request. */
  readonly matchesMax: number;
}

export interface LoadOrder {
  readonly kind: CatalogueKind;
  /** The version that is on file, as the insurer named it; nothing for the whole catalogue. */
  readonly since?: string;
  take(items: readonly CatalogueItem[]): Promise<void>;
  /** Told how many rows the insurer says there are. */
  expect?(rows: number): void;
}

export interface Loaded {
  /** The insurer's name for what is now on file; asked from next time. Absent when nothing has changed. */
  readonly version?: string;
}

/** One entry of a catalogue. */
export interface CatalogueItem {
  readonly code: string;
  /** Tells entries of one code apart: region, person class, first day. Empty where a code has one entry. */
  readonly variant: string;
  readonly name: string;
  /** Other names it is looked for by. */
  readonly aliases?: string;
  /** The first letters of its name in pinyin, upper case. */
  readonly initials?: string;
  /** The code of another catalogue that it leads to. */
  readonly leadsTo?: string;
  /** Yuan as decimal text. */
  readonly priceLimit?: string;
  /** What the patient pays first, 0 to 1, as decimal text. */
  readonly selfPay?: string;
  /** The class of persons or institutions that the limit or the share holds for. */
  readonly heldFor?: string;
  /** False once it has been struck out. */
  readonly valid: boolean;
  /** yyyy-MM-dd; the first and the last day it holds. */
  readonly validFrom?: string;
  readonly validTo?: string;
  /** Every field that has a value, by the insurer's own names. */
  readonly content: Readonly<Record<string, string>>;
}

/** An institution's own code matched to a national one. */
export interface CodeMatch {
  readonly kind: CatalogueKind;
  readonly localCode: string;
  readonly localName: string;
  readonly nationalCode: string;
  /** yyyy-MM-dd. */
  readonly validFrom: string;
  readonly validTo: string;
  /** 剂型, 规格, 批准文号, 计价单位, where the institution gives them. */
  readonly dosageForm?: string;
  readonly specification?: string;
  readonly approvalNumber?: string;
  readonly unit?: string;
}

/** What is worth saying of a charge before it is sent. None stops a bill: the insurer decides. */
export interface ChargeNote {
  /** Place of the charge in the bill. */
  readonly index: number;
  readonly line: string;
  readonly note: 'unknown-code' | 'invalid-code' | 'over-limit' | 'unmapped' | 'mapped-elsewhere';
  /** Of a price over the limit: yuan. */
  readonly priceLimit?: string;
  /** Of a local code that is matched to another: the national code on file. */
  readonly nationalCode?: string;
}

/** The catalogues as the settlement asks them. */
export interface Catalogue {
  /** Notes on the charges of a bill, at most one of a kind for each; `day` is yyyy-MM-dd. None where nothing is on file. */
  notesOn(insurer: string, charges: readonly Charge[], day: string): Promise<readonly ChargeNote[]>;
}
