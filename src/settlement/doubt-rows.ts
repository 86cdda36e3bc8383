import type { Proof, Verdict, WayOut } from './port.ts';

/**
 * What each answer of an insurer proves about the request it answers, and what the gateway does about it.
 * `docs/doubt.md` is generated from this table, and tests hold the code to it.
 */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** An answer, or that there is none. */
export interface AnswerRow {
  /** The transactions it is about, as the insurer names them. */
  readonly transactions: readonly string[];
  readonly answer: Text;
  /** accepted: it did it; refused: it did nothing; not-run: it never began; unknown: nobody knows. */
  readonly proves: Verdict['kind'];
  readonly follows: Text;
  /** Answers of that kind, as they come over the wire: tests give them to the adapter. */
  readonly samples?: readonly { readonly status: number; readonly body: string }[];
}

/** What a way out of doubt may find. */
export interface WayRow {
  readonly way: WayOut['way'];
  /** What is asked, by the insurer's name for it. */
  readonly by: string;
  /** The transactions whose loss it is about. */
  readonly lost: readonly string[];
  readonly finds: Text;
  /** `open`: this way does not tell, and the next is taken, or a person asked; `wait`: it will tell later. */
  readonly proves: Proof['is'] | 'wait' | 'unknown';
  readonly follows: Text;
}

/** A query that looks like a way out and is none. */
export interface NoWay {
  readonly by: string;
  readonly why: Text;
}

export interface DoubtTable {
  readonly insurer: Text;
  readonly answers: readonly AnswerRow[];
  readonly ways: readonly WayRow[];
  readonly none?: readonly NoWay[];
}

/** What follows from an answer to a request that moves money. */
export const FOLLOWS = {
  done: { zh: '登记为已结算或已撤销', en: 'recorded as settled, or reversed' },
  failed: {
    zh: '结算失败,资金没有变动;撤销被拒的,结算仍有效',
    en: 'failed, no money moved; a refused reversal leaves it settled',
  },
  again: { zh: '资金没有变动,可以再做一次', en: 'no money moved; it may be done again' },
  doubt: {
    zh: '转为 in-doubt,网关逐一取下列办法',
    en: 'in doubt: the gateway takes the ways below, one after the other',
  },
} as const;
