import type {
  PurseBalance,
  PurseCardRequest,
  PurseMoneyRequest,
  PurseResolveRequest,
  PurseTransaction,
} from '../../../schemas/purse.ts';
import type { Caller } from '../../access/caller.ts';
import type { Fen } from '../../money.ts';

/** What the other journey needs of the purse: to pay from it, and to know for certain whether it has paid. */
export interface Purse {
  /**
   * Balance and log of the card on a reader. Faults: those of the pool and of the card, `reader.unsupported`.
   */
  balance(
    readerId: string,
    request: PurseCardRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<PurseBalance>;
  /**
   * Takes the amount from the card on a reader. The caller makes the id; with one that is known, nothing is done anew
   * and the transaction is answered as it stands. An answer says by its state what became of it: `debited`,
   * `not-debited`, `torn`, `needs-review`. A Fault means that nothing was debited: those of the pool and of the card,
   * `purse.balance`, `purse.refused`, and `purse.torn` where an earlier transaction of the card had first to be told.
   */
  purchase(
    id: string,
    readerId: string,
    request: PurseMoneyRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<PurseTransaction>;
  /**
   * Asks the card on a reader what became of a torn transaction. Faults: those of the pool and of the card,
   * `purse.not-found`, `purse.other-card`.
   */
  resolve(
    readerId: string,
    request: PurseResolveRequest,
    caller: Caller,
    cancelled?: AbortSignal,
  ): Promise<PurseTransaction>;
  /** Fault `purse.not-found`. */
  get(id: string, caller: Caller): Promise<PurseTransaction>;
}

/** What a card asks its issuer to load. All bytes are the card's own. */
export interface LoadAsked {
  /** The gateway's id of the load, by which it is confirmed or cancelled. */
  readonly id: string;
  readonly cardSerial: Buffer;
  readonly terminal: Buffer;
  readonly amountFen: Fen;
  readonly balanceFen: Fen;
  readonly sequence: number;
  readonly keyIndex: number;
  readonly keyVersion: number;
  readonly algorithm: number;
  readonly random: Buffer;
  readonly mac1: Buffer;
}

export interface LoadGranted {
  /** The host's time, yyyyMMddHHmmss, which is in MAC2. */
  readonly stamp: string;
  readonly mac2: Buffer;
}

/**
 * The issuer's host, which checks MAC1, takes the money from the holder's account and grants the load by MAC2 (PBOC
 * 2.0 part 1, load). What a host speaks on its line is not public, so no adapter is here: only the sandbox has one.
 */
export interface LoadHost {
  /** Faults: `purse.refused`, `purse.host-unreachable`. Whatever it throws, the load will be cancelled. */
  grant(load: LoadAsked, signal: AbortSignal): Promise<LoadGranted>;
  /** The card has the money. Repeated until it does not throw; a second time for the same id changes nothing. */
  confirm(id: string, tac: Buffer | undefined): Promise<void>;
  /** The card has not got the money, and the account gets it back. As `confirm`; also for an id it never heard of. */
  cancel(id: string): Promise<void>;
}
