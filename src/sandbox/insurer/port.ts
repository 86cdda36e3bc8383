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
}

/** How callers prove who they are. Secrets of the sandbox are no secrets. */
export type Signing =
  | { readonly kind: 'tif'; readonly paasId: string; readonly secret: string }
  | { readonly kind: 'csb'; readonly accessKey: string; readonly secret: string }
  | { readonly kind: 'none' };

export interface VirtualInsurerOptions {
  /** 0 for any free port. Listens on 127.0.0.1 only. */
  readonly port: number;
  /** A SQLite file; without it everything is forgotten at the end. */
  readonly file?: string;
  readonly specification: Specification;
  readonly signing?: Signing;
  readonly clock?: Clock;
  /** Catalogues in place of the made-up ones. */
  readonly catalogues?: VirtualCatalogues;
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

export interface VirtualInsurer {
  /** Where transactions are posted. */
  readonly url: string;
  misbehave(misbehaviour: Misbehaviour): void;
  /** Forgets every misbehaviour that still waits for its transaction. */
  behave(): void;
  /** Every settlement and reversal ever made, oldest first. */
  ledger(): LedgerRow[];
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
  /** 2207, or 2208 for a reversal. */
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

/**
 * The refusals of 2601 that prove that the lost exchange has no effect and never will: it never came (and is turned
 * away should it still arrive), or it has been undone. For `nothingToUndo` of whoever is configured against the
 * virtual platform; real ones promise nothing of the kind.
 */
export const NOTHING_TO_UNDO = { neverCame: '未找到原交易', alreadyUndone: '原交易已冲正' } as const;
