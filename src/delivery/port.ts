import type { Identity } from '../../schemas/identity.ts';
import type { Priority } from '../../schemas/referral.ts';
import { ok, type Result } from '../result.ts';
import type { Rows, Unit } from '../store/port.ts';

/** How another organisation's gateway is reached. */
export interface Link {
  /** The organisation at the other end. */
  readonly organisation: string;
  /** The other side can't be reached and comes for its messages; see mailbox.ts. Nothing is sent. */
  readonly collected?: boolean;
  /**
   * Hands one message over. Resolves when the other side has it on disk (its receipt), whatever it will answer in
   * substance later. Throws a `LinkError` otherwise.
   */
  send(message: Message, signal: AbortSignal): Promise<Receipt>;
  /**
   * Hands several messages over at once, no two of one case: each is taken or refused by itself. Answers what became
   * of each, in their order; throws a `LinkError` where that is the same for all.
   */
  sendAll?(messages: readonly Message[], signal: AbortSignal): Promise<readonly Handed[]>;
  /** How many messages go to `sendAll` at once, and how many may be under way in all; it may change at any time. */
  readonly together?: { readonly max: number; readonly underWayMax: number } | undefined;
  /**
   * Begins to take what the other side sends over a connection of our own making, and hands it to `take`; `open`
   * proves what answers us there, and `heard` is told when that comes after nobody waits for it any more. Links that
   * the other side reaches at our address have nothing to listen to.
   */
  listen?(take: Take, open: Open, heard: (organisation: string) => void): void;
  /** Lets go of its connections. */
  close(): Promise<void>;
}

/** A message as it travels: its bytes, and the headers that say who sends it to whom and prove it. */
export interface Packet {
  /** In small letters; see envelope.ts for their names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly bytes: Buffer;
  /** How old its signature may be, where something on the way keeps packets for later; a few minutes otherwise. */
  readonly ageMaxS?: number;
}

/** Makes the packet of a message, or of several to one organisation, signed at this moment: each attempt its own. */
export type Pack = (message: Message, ...more: readonly Message[]) => Packet;

/**
 * Takes a packet that came over any link: proves who sent it, lets it have its effect once, and answers its receipt
 * after the commit. Throws the Fault that refuses it.
 */
export type Take = (packet: Packet) => Promise<Receipt>;

/**
 * The same for a packet of several messages; see batch.ts. What became of each, in their order; throws the Fault that
 * refuses all of them.
 */
export type TakeAll = (packet: Packet) => Promise<readonly PromiseSettledResult<Receipt>[]>;

/** Proves who sent a packet and that it is for us; it has no effect. Throws the Fault that refuses it. */
export type Open = (packet: Packet) => Message;

/** One message between two organisations. The body is JSON, sent and stored to the byte. */
export interface Message {
  /** Made by the sender once; the same on every repeat. */
  readonly id: string;
  /** One case across all its messages and levels of care. */
  readonly correlationId: string;
  readonly from: string;
  readonly to: string;
  /** The organisations that passed it on, in order; absent where it comes straight from its sender. */
  readonly via?: readonly string[];
  /** The next on the way to `to`, where there is no link that leads straight there. */
  readonly hop?: string;
  /** What it is: referral.request, referral.event, … */
  readonly type: string;
  readonly body: Buffer;
  /** When it was made, epoch ms: too old a one is refused. Unknown where an earlier version made it. */
  readonly at?: number | undefined;
  /** How long it is tried before its sender is told; routine where absent. */
  readonly priority?: Priority | undefined;
}

/** The other side's word that it has the message for good. */
export interface Receipt {
  readonly messageId: string;
  /** Epoch ms at the receiver. */
  readonly receivedAt: number;
  /** Whether the receiver had it before. */
  readonly duplicate: boolean;
}

/** What became of one message that was handed over. */
export type Handed = Receipt | LinkError;

/** Why a message could not be handed over, by what to do about it. */
export class LinkError extends Error {
  override name = 'LinkError';
  /** transient: try again later. permanent: the other side will never take it. */
  readonly kind: 'transient' | 'permanent';
  readonly retryAfterMs: number | undefined;
  /** The stable code the other side refused with. */
  readonly code: string | undefined;
  constructor(kind: 'transient' | 'permanent', message: string, retryAfterMs?: number, code?: string) {
    super(message);
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
    this.code = code;
  }
}

/** Where a feature puts a message that must reach another organisation. */
export interface Outbox {
  /** Writes the message down within the unit that makes the change it tells of. Answers the delivery's id. */
  enqueue(unit: Unit, message: OutgoingMessage): Promise<string>;
  /** Why a message of ours was given up; nothing where it was not, or is being sent again. */
  nonDeliveryOf(rows: Rows, messageId: string): Promise<NonDelivery | undefined>;
  /** Call after the commit: the message is sent at once instead of at the next look. */
  wake(): void;
}

/** What became of a message that did not arrive. */
export interface NonDelivery {
  readonly deliveryId: string;
  /** A code of the error table. */
  readonly code: string;
  readonly hop: 'SEND_' | 'PROXY_' | 'REC_';
  readonly at: number;
}

export interface OutgoingMessage extends Omit<Message, 'from' | 'via' | 'hop'> {
  /** Its place among the messages of its case, from 1: a later one does not overtake an earlier one. */
  readonly orderSeq: number;
}

/** Which link leads where. A directory of organisations knows; see `src/referral/directory`. */
export interface Ways {
  /** The neighbour whose link a message for `to` goes over. It goes to none of `passed` again. */
  hopTo(to: string, passed?: readonly string[]): Result<string, 'unknown' | 'no-way'>;
  /** Whether what `from` sends may come to us by the hand of this neighbour. */
  mayPassOn(neighbour: string, from: string): boolean;
}

/** Where no directory is: everybody is reached over a link of their own or not at all. */
export const directWays: Ways = { hopTo: ok, mayPassOn: () => false };

/** What is to be done once the commit has succeeded, such as telling listeners. */
export type AfterCommit = () => void;

export const nothing: AfterCommit = () => undefined;

/**
 * What a feature does with its messages. Each is called within the unit that records the fact, so that neither is
 * kept without the other; it may be called again when that unit has to be repeated.
 */
export interface MessageHandler {
  /** A message of another organisation, for the first time. A Fault refuses it. */
  receive(unit: Unit, message: Message): Promise<AfterCommit>;
  /** The other side has our message. */
  delivered?(unit: Unit, message: MessageName, receivedAt: number): Promise<AfterCommit>;
  /** Our message was given up; a person must look. */
  undelivered?(unit: Unit, message: MessageName): Promise<AfterCommit>;
}

export type MessageName = Pick<Message, 'id' | 'correlationId' | 'to' | 'type'>;

/** The handler of each message type. */
export type MessageHandlers = ReadonlyMap<string, MessageHandler>;

/** Thrown within a unit whose row was changed by another gateway meanwhile: the unit is to be repeated. */
export class StaleRow extends Error {
  override name = 'StaleRow';
}

/** The cases (correlation ids) of a person's referrals, which the referral side knows. */
export type CasesOf = (person: Pick<Identity, 'documentType' | 'documentNumber'>) => Promise<string[]>;
