import type { Identity } from '../../schemas/identity.ts';
import type { Fen } from '../money.ts';

/**
 * What the settlement side asks of an insurer. An adapter is stateless but for its session: the state of every
 * exchange is written down by the core before it is sent and after it is answered.
 */
export interface Insurer {
  readonly id: string;
  readonly name: string;
  readonly capabilities: Capabilities;
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
  /** Undoes an exchange whose answer was lost, by the id we gave it; only where the capabilities say so. */
  reverseByOwnId?(bill: Bill, lost: LostExchange, exchange: Exchange): Promise<Outcome<'undone'>>;
  /** Any transaction of the insurer's interface, checked against its data both ways. */
  transact(
    transaction: string,
    input: unknown,
    context: TransactionContext,
    exchange: Exchange,
  ): Promise<Outcome<unknown>>;
}

export interface Capabilities {
  /** Whether `verify` knows persons by their document, their card, or both. */
  readonly verifiesBy: readonly ('document' | 'card')[];
  /** How the outcome of a lost answer can be found out, in the order to try. */
  readonly waysOutOfDoubt: readonly ('reverse-by-own-id' | 'query-by-handle' | 'two-phase' | 'statement')[];
  /** Transactions that `reverseByOwnId` can undo. */
  readonly reversibleByOwnId: readonly string[];
  /** Transactions that move money and so go through the settlement machine only. */
  readonly reserved: readonly string[];
}

/**
 * Sends one exchange, provided by the core: writes the request down, commits, sends it once, and writes the answer
 * down. It never sends twice.
 */
export type Exchange = (request: WireRequest) => Promise<WireOutcome>;

/** One request as it goes over the wire. */
export interface WireRequest {
  /** The insurer's name for it: an infno such as 2207. */
  readonly transaction: string;
  /** The id we gave it (msgid). Unique for ever. */
  readonly ownId: string;
  /** What it can change at the insurer. Only `money` puts a settlement in doubt. */
  readonly effect: 'none' | 'record' | 'money';
  /** The body as sent, to the byte. */
  readonly body: Buffer;
  /** Sends it, once, and answers what came back. Throws a `WireError` that says what may have happened. */
  send(signal: AbortSignal): Promise<WireAnswer>;
  /** Reads the answer: only an explicit word of the insurer is success or refusal. Pure. */
  judge(answer: WireAnswer): Verdict;
}

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** What the journal keeps of an answer. */
export type KeptAnswer = Pick<WireAnswer, 'status' | 'body'>;

/** What an answer proves. */
export type Verdict =
  /** The insurer says it did it. `output` is its content, numbers as their exact text. */
  | {
      readonly kind: 'accepted';
      readonly output: unknown;
      readonly theirId?: string;
      readonly notes?: readonly string[];
    }
  /** The insurer says it refused, before changing anything. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Its gateway, or its session, turned the request away before any transaction ran. */
  | { readonly kind: 'not-run'; readonly reason: string }
  /** It proves nothing: rubbish, a 5xx, a system error, amounts that don't add up. */
  | { readonly kind: 'unknown'; readonly reason: string };

export type WireOutcome = Verdict & {
  /** The exchange's row in the journal. */
  readonly exchangeId: string;
  readonly ownId: string;
};

/** A failure on the wire, by what may have happened: nothing was sent, or nobody knows. */
export class WireError extends Error {
  override name = 'WireError';
  readonly sent: 'nothing' | 'maybe';
  constructor(sent: 'nothing' | 'maybe', message: string, cause?: unknown) {
    super(message, { cause });
    this.sent = sent;
  }
}

/** What a flow of several exchanges came to. `at` is the exchange that decided it. */
export type Outcome<T> =
  | { readonly kind: 'accepted'; readonly value: T; readonly at: ExchangeRef }
  | { readonly kind: 'refused' | 'not-run' | 'unknown'; readonly reason: string; readonly at: ExchangeRef };

export interface ExchangeRef {
  readonly exchangeId: string;
  readonly transaction: string;
  readonly ownId: string;
}

export interface LostExchange {
  readonly transaction: string;
  readonly ownId: string;
  /** The handle of the quote or settlement it belonged to, where there was one: it spares asking who the person is. */
  readonly handle?: Readonly<Record<string, string>>;
}

/** An exchange whose answer is on disk. */
export interface AnsweredExchange {
  readonly transaction: string;
  readonly ownId: string;
  readonly answer: KeptAnswer;
}

/** Who asks, for the insurer's own records. */
export interface Operator {
  readonly no: string;
  readonly name: string;
}

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

/** A bill to be settled, complete: nothing in it comes from the clock or the network. */
export interface Bill {
  readonly settlementId: string;
  /** The HIS's number of the bill; one live settlement each. */
  readonly billNumber: string;
  /** Counts quotes of the same settlement, so that nothing uploaded twice has the same serial number. */
  readonly attempt: number;
  readonly identity: Identity;
  readonly insutype?: string;
  readonly operator?: Operator;
  readonly visit: Visit;
  readonly diagnoses: readonly Diagnosis[];
  readonly charges: readonly Charge[];
  /** Whether the personal account may pay. */
  readonly useAccount: boolean;
  readonly totalFen: Fen;
}

export interface Visit {
  /** The HIS's number of the visit (门诊号). */
  readonly number: string;
  /** 医疗类别: 11 outpatient, … */
  readonly medType: string;
  readonly departmentCode: string;
  readonly departmentName: string;
  /** 科别. */
  readonly departmentClass: string;
  readonly doctorCode: string;
  readonly doctorName: string;
  /** Epoch ms. */
  readonly startedAt: number;
}

export interface Diagnosis {
  /** ICD-10, insurance edition. */
  readonly code: string;
  readonly name: string;
}

export interface Charge {
  /** The HIS's number of the line. */
  readonly line: string;
  /** National catalogue code (med_list_codg). */
  readonly nationalCode: string;
  /** The institution's own code (medins_list_codg). */
  readonly localCode: string;
  readonly name: string;
  /** Decimal text, up to 4 decimals. */
  readonly count: string;
  /** Yuan as decimal text, up to 6 decimals. */
  readonly price: string;
  readonly amountFen: Fen;
}

/** Who pays what. The patient pays `accountFen` from the personal account and `cashFen` otherwise. */
export interface Split {
  readonly totalFen: Fen;
  readonly funds: readonly FundShare[];
  readonly fundFen: Fen;
  readonly accountFen: Fen;
  readonly cashFen: Fen;
  readonly hospitalFen: Fen;
  readonly fullOwnFen: Fen;
  readonly overLimitFen: Fen;
  readonly firstOwnFen: Fen;
  readonly inScopeFen: Fen;
  readonly deductibleFen: Fen;
  /** Balance of the account afterwards, where the insurer says. */
  readonly balanceFen?: Fen;
}

export interface FundShare {
  readonly fund:
    | 'pooled'
    | 'civil-servant'
    | 'enterprise'
    | 'serious-illness'
    | 'large-amount'
    | 'assistance'
    | 'disability'
    | 'other';
  /** The insurer's own field or code, as it came. */
  readonly code: string;
  readonly amountFen: Fen;
}

export interface Quote {
  readonly split: Split;
  /** What the adapter needs to settle (visit number, batch, uploaded sums): opaque to the core, JSON. */
  readonly handle: Readonly<Record<string, string>>;
}

export interface Settled {
  readonly split: Split;
  /** The insurer's number of the settlement (setl_id). */
  readonly number: string;
  /** When the insurer settled, epoch ms; statements go by it. */
  readonly settledAt: number;
  readonly handle: Readonly<Record<string, string>>;
  /**
   * The amounts of the answer that don't add up, by the name of the rule each breaks. The insurer has settled, so it
   * is neither refused nor unknown; but with any fault a person must look before anybody pays.
   */
  readonly faults?: readonly string[];
}

export interface Reversed {
  /** A reversal is a settlement of its own, with its own number. */
  readonly number: string;
  readonly reversedAt: number;
  /** What in the answer doesn't match the settlement it reverses; with any, a person must look. */
  readonly faults?: readonly string[];
}
