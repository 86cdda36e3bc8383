import type {
  ExchangeRef,
  Operator,
  Verdict,
  WireAnswer,
  WireOutcome,
} from '../../../src/settlement/port.ts';

/** One transaction to be made. */
export interface Call {
  readonly infno: string;
  readonly input: unknown;
  /** Whether the input is plain JSON, as a HIS gave it, rather than made by the transformers with exact decimals. */
  readonly isPlain?: boolean;
  readonly operator?: Operator | undefined;
  /** insuplc_admdvs; empty where it is local or not known yet. */
  readonly insuredPlace?: string | undefined;
  /** The insurance concerned, where the input doesn't say. */
  readonly insutype?: string | undefined;
  /**
   * Looks at an accepted output: a reason why it can't be relied on, which makes the outcome unknown.
   */
  readonly check?: (output: unknown, ownId: string) => string | undefined;
  /** Refusals that say that what was asked for is so already, by a part of their text; they count as accepted. */
  readonly alreadySo?: readonly string[];
  /** Looks at an accepted output for a refusal that the output itself states. */
  readonly refused?: (output: unknown) => string | undefined;
  /** How it travels, where it is no plain request. */
  readonly transfer?: Transfer;
}

/** A request whose body, or whose answer, is a file. */
export interface Transfer {
  readonly timeoutMs: number;
  /** What the journal keeps of it. */
  kept(envelope: Buffer): Buffer;
  send(headers: Record<string, string>, envelope: Buffer, signal: AbortSignal): Promise<WireAnswer>;
  /** What a file that came proves; nothing where words came. */
  judge?(answer: WireAnswer): Verdict | undefined;
}

export type Done = WireOutcome & { readonly at: ExchangeRef };
