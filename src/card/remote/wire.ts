import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { OneOf, Strict } from '../../../schemas/common.ts';
import { SESSION_ENDS } from '../../../schemas/desk.ts';
import { READER_STATES } from '../../../schemas/reader.ts';
import { DOCUMENT_KINDS } from '../../../schemas/reading.ts';
import { checkOf } from '../../schema-checks.ts';
import { WireFault } from './faults.ts';
import { Ask } from './operations.ts';

/** Spoken by both ends, or not at all: a desk is updated together with its gateway. */
export const WIRE_VERSION = 1;

/** The largest message either way; what either end may say is bounded to stay below it, however it is written. */
export const MESSAGE_BYTES_MAX = 131_072;

/** Readers of one desk. */
export const DESK_READERS_MAX = 16;

/** With the desk's own id (at most 32) and a dot, a reader's name is an id of the API: 64. */
const DESK_READER_ID_LENGTH_MAX = 31;

export const DRIVER_LENGTH_MAX = 300;

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** No use of a reader takes longer. */
const Limit = Type.Integer({ minimum: 0, maximum: 3_600_000 });
const Token = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });
const ReaderId = Type.String({ pattern: `^[a-z][a-z0-9-]{0,${DESK_READER_ID_LENGTH_MAX - 1}}$` });

/** A reader as its desk tells of it. Times are told as how long ago, since two machines' clocks differ. */
export const WireReader = Strict({
  id: ReaderId,
  name: Type.Optional(Type.String({ maxLength: 60 })),
  driver: Type.String({ maxLength: DRIVER_LENGTH_MAX }),
  state: OneOf(READER_STATES),
  sinceMs: Count,
  reads: Type.Array(OneOf(DOCUMENT_KINDS), { maxItems: DOCUMENT_KINDS.length, uniqueItems: true }),
  lastReadingMs: Type.Optional(Count),
  lastError: Type.Optional(Type.String({ maxLength: 64 })),
  counters: Strict({ readings: Count, failures: Count, reopenings: Count }),
});

/** The first frame, from the desk. One of another version may say more: it is told so, not taken for garbage. */
const Hello = Type.Object({
  t: Type.Literal('hello'),
  version: Count,
  /** Takes up the session of this token, of which the desk has the messages up to `received`. */
  resume: Type.Optional(Strict({ token: Token, received: Count })),
  /** Wants to be let in only where no other program has the desk's place. */
  polite: Type.Optional(Type.Boolean()),
});

/** The answer to it. */
const Welcome = Strict({
  t: Type.Literal('welcome'),
  version: Count,
  token: Token,
  /** Whether the session goes on; otherwise it is a new one, and what was of the old one is over. */
  resumed: Type.Boolean(),
  /** The messages of the desk up to this one have arrived. */
  received: Count,
  /** How the desk's last session ended, for a desk that could not be told. */
  lastEnd: Type.Optional(OneOf(SESSION_ENDS)),
});

/** The messages up to `ack` have arrived. */
const Acknowledgement = Strict({ t: Type.Literal('ack'), ack: Count });

/** A message of a session: `n` counts from 1 in each direction, `ack` is the last that came from the other. */
function Numbered<const T extends string, P extends TProperties>(t: T, properties: P) {
  return Strict({
    t: Type.Literal(t),
    n: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    ack: Count,
    ...properties,
  });
}

/** A use and its calls are numbered by the gateway, calls within their use from 1. */
const Use = { use: Count };
const Call = { use: Count, call: Count };

const messagesOfGateway = {
  /** Have this reader for me alone, at most so long; answered as call 0 with what it offers. */
  use: Numbered('use', { ...Use, reader: ReaderId, limitMs: Limit }),
  call: Numbered('call', { ...Call, ask: Ask }),
  /** Don't wait any longer; the call is still answered. */
  cancel: Numbered('cancel', Call),
  /** Done with the reader; `failed` says with which code, where it was no success. */
  release: Numbered('release', { ...Use, failed: Type.Optional(Type.String({ maxLength: 64 })) }),
};

const messagesOfDesk = {
  /** All readers of the desk: the first message of a session. */
  readers: Numbered('readers', { items: Type.Array(WireReader, { maxItems: DESK_READERS_MAX }) }),
  reader: Numbered('reader', { item: WireReader }),
  answer: Numbered('answer', { ...Call, value: Type.Unknown() }),
  fault: Numbered('fault', { ...Call, fault: WireFault }),
  /** A use came to its end before it was released. */
  ended: Numbered('ended', { ...Use, fault: WireFault }),
};

type FramesOf<Schemas extends Readonly<Record<string, TSchema>>> = {
  [T in keyof Schemas]: Static<Schemas[T]>;
}[keyof Schemas];

export type Numbering = { readonly n: number; readonly ack: number };
export type Acknowledgement = Static<typeof Acknowledgement>;
export type Hello = Static<typeof Hello>;
export type Welcome = Static<typeof Welcome>;
export type WireReader = Static<typeof WireReader>;
export type FrameOfGateway = FramesOf<typeof messagesOfGateway>;
export type FrameOfDesk = FramesOf<typeof messagesOfDesk>;

/** A message before the channel numbers it. */
type Unnumbered<Frame> = Frame extends Numbering ? Omit<Frame, 'n' | 'ack'> : never;
export type MessageOfGateway = Unnumbered<FrameOfGateway>;
export type MessageOfDesk = Unnumbered<FrameOfDesk>;

/** Reads a frame; nothing where it is none that this end may get. */
export type Parser<Frame> = (text: string) => Frame | undefined;

function parserOf<Schemas extends Readonly<Record<string, TSchema>>>(
  schemas: Schemas,
): Parser<FramesOf<Schemas>> {
  const checks = new Map<unknown, (value: unknown) => boolean>(
    Object.entries(schemas).map(([t, schema]) => [t, checkOf(schema)]),
  );
  return (text) => {
    const value = jsonOf(text);
    const check = checks.get((value as { readonly t?: unknown } | null | undefined)?.t);
    return check?.(value) ? (value as FramesOf<Schemas>) : undefined;
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const parseHello = parserOf({ hello: Hello });
export const parseWelcome = parserOf({ welcome: Welcome });
export const parseFromGateway = parserOf({ ...messagesOfGateway, ack: Acknowledgement });
export const parseFromDesk = parserOf({ ...messagesOfDesk, ack: Acknowledgement });
