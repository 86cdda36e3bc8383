import { MISBEHAVIOURS } from '../../../schemas/sandbox.ts';
import type { Clock } from '../../clock.ts';
import type { Fen } from '../../money.ts';

/** The interface specification the virtual platform holds its callers to; given by whoever composes the sandbox. */
export interface Specification {
  has(infno: string): boolean;
  /** The first thing wrong with a request's `input`. */
  requestProblem(
    infno: string,
    input: unknown,
  ): { readonly pointer: string; readonly message: string } | undefined;
  /** What an answer consists of. */
  answerNodes(infno: string): readonly AnswerNode[];
  /** The codes that a field may hold; none where it has no table. */
  codesOf(field: string): readonly string[];
}

/** A node of an answer; without a name its fields stand directly in `output`. */
export interface AnswerNode {
  readonly node: string | null;
  readonly title: string;
  readonly fields: readonly AnswerField[];
}

export interface AnswerField {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly maxLength?: number;
  readonly precision?: number;
  readonly scale?: number;
  readonly coded?: boolean;
}

/** How callers prove who they are. Secrets of the sandbox are no secrets. */
export type Signing =
  | { readonly kind: 'tif'; readonly paasId: string; readonly secret: string }
  | { readonly kind: 'csb'; readonly accessKey: string; readonly secret: string }
  | { readonly kind: 'plain'; readonly secret: string }
  | { readonly kind: 'none' };

/** The keys of the virtual mobile-pay and prescription centres, and the one application they know. */
export interface SmEnvelope {
  readonly appId: string;
  readonly appSecret: string;
  /** Hex. */
  readonly clinicPublicKey: string;
  readonly privateKey: string;
}

export interface VirtualInsurerOptions {
  /** 0 for any free port. Listens on 127.0.0.1 only. */
  readonly port: number;
  /** A SQLite file; without it everything is forgotten at the end. */
  readonly file?: string;
  readonly specification: Specification;
  readonly signing?: Signing;
  readonly clock?: Clock;
  /** With it, 6201–6401 and 7101–7107 are taken in the SM2/SM4 envelope, at paths of their own. */
  readonly envelope?: SmEnvelope;
  /** Catalogues in place of the made-up ones. */
  readonly catalogues?: VirtualCatalogues;
  /** Told of each request that has been acted on, and of each misbehaviour that befell one. */
  readonly observer?: InsurerObserver;
}

/** Catalogues by their transaction: those that come as files, and those that are asked for page by page. */
export interface VirtualCatalogues {
  readonly files: Readonly<Record<string, VirtualCatalogue>>;
  readonly pages: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>>;
}

export interface VirtualCatalogue {
  /** Columns of a line. */
  readonly width: number;
  /** The columns that the values of a row stand in; the rest is empty. */
  readonly at: readonly number[];
  /** The code comes first, the version last. */
  readonly rows: Iterable<readonly string[]>;
}

export interface InsurerObserver {
  acted(infno: string, input: unknown): void;
  misbehaved(infno: string, kind: Misbehaviour['kind']): void;
}

export interface VirtualInsurer {
  /** Where transactions are posted. */
  readonly url: string;
  misbehave(misbehaviour: Misbehaviour): void;
  /** Misbehaviours that still wait for their transaction; `times` is how often they do. */
  misbehaving(): readonly Misbehaviour[];
  /** Forgets those of this transaction and kind; every one where neither is named. */
  behave(which?: Pick<Partial<Misbehaviour>, 'infno' | 'kind'>): void;
  /** Every settlement and reversal ever made, oldest first. */
  ledger(): LedgerRow[];
  /** Every order of mobile pay ever made, oldest first. */
  orders(): OrderRow[];
  /** Changes the ledger behind everybody's back, so that statements differ. */
  tamper(change: Tampering): void;
  close(): Promise<void>;
}

/**
 * What may be done to a settlement, by its msgid: lost by the platform; in force again; made once more under another
 * msgid; reversed from elsewhere; settled with another amount.
 */
export type Tampering =
  | { readonly act: 'forget' | 'revive'; readonly msgid: string }
  | { readonly act: 'invent'; readonly msgid: string; readonly like: string }
  | { readonly act: 'reverse'; readonly msgid: string; readonly as: string }
  | { readonly act: 'overcharge'; readonly msgid: string; readonly byFen: Fen };

export { MISBEHAVIOURS };

export interface Misbehaviour {
  /** The transaction it happens to; any where absent. */
  readonly infno?: string;
  readonly kind: (typeof MISBEHAVIOURS)[number];
  /** How often it happens; once where absent. */
  readonly times?: number;
  readonly delayMs?: number;
}

export interface LedgerRow {
  readonly msgid: string;
  readonly setlId: string;
  readonly mdtrtId: string;
  /** 2207, 2102 or 2304; 2208, 2103 or 2305 for a reversal. */
  readonly transaction: string;
  /** invono: the HIS's number of the bill, as it was sent. */
  readonly billNumber: string;
  readonly medfeeFen: Fen;
  readonly fundFen: Fen;
  readonly accountFen: Fen;
  readonly cashFen: Fen;
  /** live: in force. reversed: taken back by 2208. undone: taken back by 2601. reversal: a 2208 in force. */
  readonly state: 'live' | 'reversed' | 'undone' | 'reversal';
  readonly live: boolean;
  /** Epoch ms. */
  readonly settledAt: number;
}

/** An order of mobile pay. */
export interface OrderRow {
  readonly payOrdId: string;
  readonly medOrgOrd: string;
  /** ordStas. */
  readonly state: string;
  readonly totalFen: Fen;
  readonly ownFen: Fen;
  readonly accountFen: Fen;
  readonly fundFen: Fen;
}

/**
 * The refusals of 2601 that prove that the lost exchange has no effect and never will: it never came (and is turned
 * away should it still arrive), or it has been undone. For `nothingToUndo` of whoever is configured against the
 * virtual platform; real ones promise nothing of the kind.
 */
export const NOTHING_TO_UNDO = { neverCame: '未找到原交易', alreadyUndone: '原交易已冲正' } as const;

/**
 * The refusals that say that what was asked for is so already, by transaction: for `alreadySo` of whoever is
 * configured against the virtual platform.
 */
export const ALREADY_SO: Readonly<Record<string, string[]>> = {
  '2301': ['费用明细流水号重复'],
  '2302': ['没有可撤销的费用明细'],
  '2402': ['已办理出院'],
  '2405': ['患者在院'],
};
