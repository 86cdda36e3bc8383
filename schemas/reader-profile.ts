import Type, { type Static } from 'typebox';
import { OneOf, Strict, Text } from './common.ts';

/** Bytes in hex, upper case, at most so many. */
function Hex(bytesMin: number, bytesMax: number) {
  return Type.String({
    pattern: `^([0-9A-F]{2}){${bytesMin},${bytesMax}}$`,
    description: `大写十六进制,${bytesMin} 到 ${bytesMax} 字节 / upper-case hex, ${bytesMin} to ${bytesMax} bytes`,
  });
}

/** Statuses a reply may bear, each with what it means, for the text of an error. */
const Reasons = Type.Record(Type.String({ pattern: '^([0-9A-F]{2}){1,4}$' }), Text(80), {
  maxProperties: 100,
});

/** `none`: what was asked for is not there: no card in the field or slot, no address that was added. */
const OUTCOMES = ['ok', 'none'] as const;

/** Where a command's parts go is marked: {slot}, {apdu}, and {length}, the bytes of the APDU in one byte. */
const COMMAND_PATTERN = '^([0-9A-F]{2}|\\{slot\\}|\\{length\\}|\\{apdu\\}){1,64}$';

const Command = Strict({
  send: Type.String({
    pattern: COMMAND_PATTERN,
    description: '帧内数据,十六进制,可含 {slot} {length} {apdu} / the data of its frame',
  }),
  /** What each status says that only this command is answered with. The failures of the profile go for all. */
  answers: Type.Record(Type.String({ pattern: '^([0-9A-F]{2}){1,4}$' }), OneOf(OUTCOMES), {
    minProperties: 1,
    maxProperties: 20,
  }),
  /** How many bytes follow in an answer that is ok: frames that bear no number are told apart by it. */
  dataBytes: Type.Optional(
    Strict({
      min: Type.Integer({ minimum: 0, maximum: 4_096 }),
      max: Type.Integer({ minimum: 0, maximum: 4_096 }),
    }),
  ),
  /** Where they begin in the data of the frame, where it is elsewhere than after other commands. */
  dataAt: Type.Optional(Type.Integer({ minimum: 0, maximum: 64 })),
});

/**
 * A frame: header, data, trailer and checksum. The header is what stands before the data: the preamble, perhaps bytes
 * of no interest, and the length field, which ends it.
 */
const Frame = Strict({
  requestPreamble: Hex(0, 16),
  /** Any of them begins a reply. None: a reply begins with its length. */
  replyPreambles: Type.Array(Hex(1, 16), { maxItems: 8 }),
  length: Strict({
    /** Where the field stands, from the beginning of the frame. */
    offset: Type.Integer({ minimum: 0, maximum: 16 }),
    bytes: Type.Union([Type.Literal(1), Type.Literal(2)]),
    order: OneOf(['big-endian', 'little-endian']),
    /** The parts whose bytes it counts. */
    counts: Type.Array(OneOf(['header', 'data', 'trailer', 'checksum']), { minItems: 1, uniqueItems: true }),
  }),
  /** A trailer before the checksum is covered by it. */
  trailer: Type.Optional(Strict({ bytes: Hex(1, 4), stands: OneOf(['before-checksum', 'after-checksum']) })),
  checksum: Strict({
    /** `sum8`: the low byte of the sum. CRCs by their names in the catalogue of parametrised CRC algorithms. */
    kind: OneOf(['none', 'xor', 'sum8', 'crc16-modbus', 'crc16-xmodem', 'crc16-ibm-3740']),
    /** The first byte it covers, from the beginning of the frame; the last is the one before it. */
    from: Type.Optional(Type.Integer({ minimum: 0, maximum: 32 })),
  }),
  /** No reply is longer. Sums and CRCs must be done anew for each false header, so their frames must be shorter. */
  bytesMax: Type.Integer({ minimum: 8, maximum: 4_096 }),
});

/**
 * A vendor's dialect that differs from others only in preamble, length, checksum and command bytes, on a line of
 * bytes. Each reply answers one request and says in its status how it went.
 */
export const ReaderProfile = Strict({
  name: Type.String({ pattern: '^[\\x21-\\x7e][\\x20-\\x7e]{0,39}$' }),
  /** Where the facts come from: standard and clause, manual and chapter; what was never tried on hardware. */
  source: Type.Array(Text(300), { minItems: 1, maxItems: 20 }),
  line: Strict({
    baudRate: Type.Integer({ minimum: 1_200, maximum: 921_600 }),
    stopBits: Type.Union([Type.Literal(1), Type.Literal(2)]),
    greetingTimeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 2_000 })),
  }),
  frame: Frame,
  reply: Strict({
    /** Where the status stands in the data of the frame. */
    status: Strict({
      offset: Type.Integer({ minimum: 0, maximum: 16 }),
      bytes: Type.Integer({ minimum: 1, maximum: 4 }),
    }),
    /** Where what follows it begins. */
    dataAt: Type.Integer({ minimum: 0, maximum: 64 }),
  }),
  failures: Strict({
    /** The card brings it about; such a reply may come to a command that works on the card. */
    card: Reasons,
    /** The reader brings it about; such a reply may come to any command. */
    reader: Reasons,
    /** The reader got the request damaged: it is sent again. */
    damaged: Type.Array(Hex(1, 4), { maxItems: 20, uniqueItems: true }),
  }),
  /** Changes nothing and is answered at once: by it a reader is known to be there. */
  status: Command,
  /** Sixteen bytes that name the module, as GA 467 has them. Its answer can't be confused with another's. */
  samId: Type.Optional(Command),
  /** The module for resident ID cards; text and photo come in blocks, as GA 467 has them. */
  residentId: Type.Optional(
    Strict({
      find: Command,
      select: Type.Optional(Command),
      read: Command,
      readNewAddress: Type.Optional(Command),
    }),
  ),
  /** Chip cards by APDU. Power on is answered with the ATR, an APDU with that of the card. */
  chip: Type.Optional(
    Strict({
      slots: Strict({
        contact: Type.Optional(Hex(0, 4)),
        contactless: Type.Optional(Hex(0, 4)),
        sams: Type.Optional(Type.Array(Hex(0, 4), { maxItems: 8 })),
      }),
      powerOn: Command,
      transmit: Command,
      powerOff: Command,
    }),
  ),
  /** Recorded or published; they prove the profile, and are replayed whenever it is loaded. */
  exchanges: Type.Array(
    Strict({
      shows: Text(120),
      command: OneOf([
        'status',
        'samId',
        'find',
        'select',
        'read',
        'readNewAddress',
        'powerOn',
        'transmit',
        'powerOff',
      ]),
      slot: Type.Optional(Hex(0, 4)),
      apdu: Type.Optional(Hex(4, 261)),
      send: Hex(1, 4_096),
      receive: Hex(1, 4_096),
      outcome: OneOf(['ok', 'none', 'card-failure', 'reader-failure', 'damaged']),
      /** What follows the status, where the outcome is ok. */
      data: Type.Optional(Hex(0, 4_096)),
    }),
    { minItems: 1, maxItems: 100 },
  ),
});

export type ReaderProfile = Static<typeof ReaderProfile>;
export type ProfileCommand = Static<typeof Command>;
export type ProfileFrame = Static<typeof Frame>;
export type ProfileExchange = ReaderProfile['exchanges'][number];
