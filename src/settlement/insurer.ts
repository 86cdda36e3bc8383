import type { Identity } from '../../schemas/identity.ts';
import type { Place, Setting } from '../../schemas/settlement-words.ts';
import type { Fen } from '../money.ts';
import type { Bill, Operator, Quote, Reversed, Settled } from './bill.ts';
import type { CatalogueFlows } from './catalogue.ts';
import type { FileFlows } from './files.ts';
import type { FilingFlows } from './filing.ts';
import type { StatementFlows } from './statement.ts';
import type { StayFlows } from './stay.ts';
import type { AnsweredExchange, Exchange, Outcome } from './wire.ts';

/**
 * What the settlement side asks of an insurer. An adapter is stateless but for its session: the state of every
 * exchange is written down by the core before it is sent and after it is answered.
 */
export interface Insurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities;
  /** How the outcome of a lost answer is found out, in the order to try. */
  readonly waysOut: readonly WayOut[];
  /** Who is this person to the insurer? */
  verify(input: VerifyInput, exchange: Exchange): Promise<Outcome<Eligibility>>;
  /** Opens the visit, uploads diagnoses and charges, and asks what the split would be. Moves no money. */
  quote(bill: Bill, exchange: Exchange): Promise<Outcome<Quote>>;
  /** Settles what was quoted. Moves money. */
  settle(bill: Bill, quote: Quote, exchange: Exchange): Promise<Outcome<Settled>>;
  /** Undoes a settlement whose number at the insurer is known. Moves money. */
  reverse(bill: Bill, settled: Settled, exchange: Exchange): Promise<Outcome<Reversed>>;
  /**
   * Reads a stored answer to `settle` or `reverse` as it would have been read when it came, for a gateway that died
   * before it could act on it. Nothing where it can't be relied on: it then counts as lost. Nothing is sent.
   */
  settledBy?(bill: Bill, quote: Quote, answered: AnsweredExchange): Settled | undefined;
  reversedBy?(bill: Bill, settled: Settled, answered: AnsweredExchange): Reversed | undefined;
  /** Any transaction of the insurer's interface, checked against its data both ways. */
  transact(
    transaction: string,
    input: unknown,
    context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>>;
  /** Inpatient stays; with the settings `inpatient` and `mid-stay`. */
  readonly stays?: StayFlows;
  /** Filings: referrals, chronic diseases, designated institutions. */
  readonly filings?: FilingFlows;
  /** The comparison of its ledger with ours. */
  readonly statements?: StatementFlows;
  /** Files that go to it and come from it. */
  readonly files?: FileFlows;
  /** Its catalogues, and the matching of an institution's own codes to them. */
  readonly catalogues?: CatalogueFlows;
}

export interface Capabilities {
  /** Where it stands in the legal order of payers. */
  readonly place: Place;
  /** Whether `verify` knows persons by their document, their card, or both. */
  readonly verifiesBy: readonly ('document' | 'card')[];
  /** What it settles. */
  readonly settings: readonly Setting[];
  /** Transactions that move money and so go through the settlement machine only. */
  readonly reserved: readonly string[];
  /** The transaction an operator signs in with, where there are sessions. */
  readonly signsInBy?: string;
}

/**
 * One way out of doubt that an insurer offers (what each proves: `docs/doubt.md`).
 *
 * - `reverse-by-own-id`: undoes the lost exchange by the id we gave it; once undone, it may be done anew.
 * - `query-by-handle`: asks what became of the handle that the quote got before any money moved.
 * - `two-phase`: cancels what was prepared and never confirmed.
 * - `statement`: finds the lost exchange, or its absence, in the insurer's own list of the day.
 */
export interface WayOut {
  readonly way: 'reverse-by-own-id' | 'query-by-handle' | 'two-phase' | 'statement';
  /** Transactions whose loss it can decide. */
  readonly decides: readonly string[];
  /**
   * Takes the way once. `refused` and `Proof` `open` mean that this way proves nothing here, and the next is tried;
   * `unknown` and `not-run` that it is tried again later.
   */
  take(bill: Bill, doubt: Doubt, exchange: Exchange): Promise<Outcome<Proof>>;
}

/** What is in doubt. */
export interface Doubt {
  readonly of: 'settle' | 'reverse';
  readonly lost: LostExchange;
  /** What was to be settled, and what was to be reversed. */
  readonly quote?: Quote;
  readonly settled?: Settled;
}

export interface LostExchange {
  readonly transaction: string;
  readonly ownId: string;
  /** Epoch ms. Nothing is undone before the deadline. */
  readonly sentAt: number;
  readonly deadlineAt: number;
  /** The handle of the quote or settlement it belonged to, where there was one: it spares asking who the person is. */
  readonly handle?: Readonly<Record<string, string>>;
}

/** What a way out of doubt proved about the lost exchange. */
export type Proof =
  /** It has no effect at the insurer, and will never have one. */
  | { readonly is: 'undone' }
  /** It did settle. */
  | { readonly is: 'settled'; readonly settled: Settled }
  /** It did reverse. */
  | { readonly is: 'reversed'; readonly reversed: Reversed }
  /** It can't be told this way; `until` (epoch ms) where it can be told later: a day's list that is not made yet. */
  | { readonly is: 'open'; readonly reason: string; readonly until?: number };

export interface VerifyInput {
  readonly identity: Identity;
  /** Epoch ms. */
  readonly at: number;
  readonly operator?: Operator;
}

export interface TransactionContext {
  readonly operator?: Operator;
  /** The person's insured place, where the caller knows it. */
  readonly insuredPlace?: string;
}

/** What an insurer knows of a person. */
export interface Eligibility {
  /** The insurer's number for the person. */
  readonly personNumber: string;
  readonly name: string;
  readonly insurances: readonly Insurance[];
  /** Person classes that carry rights of their own: 低保, 特困, … */
  readonly classes: readonly { readonly code: string; readonly from?: string; readonly to?: string }[];
}

export interface Insurance {
  /** 险种: 310 employees, 390 residents, … */
  readonly insutype: string;
  readonly personType: string;
  /** Whether it can be used today. */
  readonly active: boolean;
  /** Balance of the personal account. */
  readonly balanceFen: Fen;
  readonly insuredPlace: string;
}
