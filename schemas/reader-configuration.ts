import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Name, Port } from './configuration-words.ts';

const UsbId = Type.String({
  pattern: '^[0-9a-f]{4}$',
  description: 'USB 编号,四位小写十六进制 / four hex digits',
});
const SerialNumber = Type.String({ minLength: 1, maxLength: 64 });

/** A port by its path, or by the device behind it, which keeps its numbers when it is plugged in elsewhere. */
const SerialTransport = Strict({
  kind: Type.Literal('serial'),
  path: Type.Optional(Type.String({ minLength: 1, description: '/dev/ttyUSB0, COM3, …' })),
  vendorId: Type.Optional(UsbId),
  productId: Type.Optional(UsbId),
  serialNumber: Type.Optional(SerialNumber),
  baudRate: Type.Optional(Type.Integer({ minimum: 1200, maximum: 921_600 })),
  /** Whether to look for the speed the reader answers at, where it doesn't at the one given. */
  findBaudRate: Type.Optional(Type.Boolean()),
});
const TcpTransport = Strict({ kind: Type.Literal('tcp'), host: Type.String({ minLength: 1 }), port: Port });
const HidTransport = Strict({
  kind: Type.Literal('hid'),
  vendorId: UsbId,
  productId: UsbId,
  serialNumber: Type.Optional(SerialNumber),
  /** Where one device has several interfaces: the one with this usage page. */
  usagePage: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff })),
});
/** The card side dials in, as the virtual card of vsmartcard does to its virtual reader. */
const VpcdTransport = Strict({ kind: Type.Literal('vpcd'), host: Type.String({ minLength: 1 }), port: Port });
/** A vendor's SSCardDriver library (LD/T 33). */
const LibraryTransport = Strict({
  kind: Type.Literal('library'),
  file: Type.String({ minLength: 1, description: '动态库的路径 / path of the shared library' }),
  /** Which of the vendor's extra functions it has. */
  extras: Type.Optional(
    Type.Array(OneOf(['iReadIdentityCard', 'iScan2DBarcode', 'iGetReaderInfo']), { uniqueItems: true }),
  ),
  /** What iScan2DBarcode is given for its time-out: 1 unless said. Most vendors take seconds, some milliseconds. */
  scanTimeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
});

/** How a PSAM is asked and what the card is shown; provinces differ. */
const PsamConfiguration = Strict({
  /** Slot of the reader, from 1. */
  slot: Type.Integer({ minimum: 1, maximum: 8 }),
  /** Usage byte of the key: the high three bits are the levels it is diversified by, the low five its type. */
  keyUsage: Type.String({
    pattern: '^[2-7][0-9A-F]$',
    description: '密钥用途,高三位为 1 至 3 级分散 / usage byte of a key diversified by 1 to 3 levels',
  }),
  /** Index of the key. */
  keyIndex: Type.String({ pattern: '^[0-9A-F]{2}$' }),
  /** P2 of EXTERNAL AUTHENTICATE. */
  cardKey: Type.String({ pattern: '^[0-9A-F]{2}$' }),
});

/**
 * The electronic purse (PBOC) at a reader. Provinces differ in all of it, so nothing but the file of the log has a
 * default.
 */
const PurseConfiguration = Strict({
  /** Name of the purse's application on the card. */
  application: Type.String({ pattern: '^([0-9A-F]{2}){5,16}$' }),
  /** Slot of the reader that the PSAM for purchases is in, from 1. */
  psamSlot: Type.Integer({ minimum: 1, maximum: 8 }),
  /** The PSAM's application: its name, or the two bytes of its file; the one it has after its reset where absent. */
  psamApplication: Type.Optional(Type.String({ pattern: '^([0-9A-F]{2}){2,16}$' })),
  /** Index of the key for purchases, and of the one for loads where that is another. */
  keyIndex: Type.String({ pattern: '^[0-9A-F]{2}$' }),
  loadKeyIndex: Type.Optional(Type.String({ pattern: '^[0-9A-F]{2}$' })),
  /** What the key is diversified by besides the card's number: bank, city; eight bytes each. */
  factors: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9A-F]{16}$' }), { maxItems: 2 })),
  /** Number of the terminal, where the PSAM does not tell it. */
  terminal: Type.Optional(Type.String({ pattern: '^[0-9A-F]{12}$' })),
  /** Short identifier of the file with the purse's log; 18 unless given. */
  logFile: Type.Optional(Type.String({ pattern: '^(0[1-9A-F]|1[0-9A-E])$' })),
});

export const READER_DIALECTS = [
  'sam-v',
  'ccid-serial',
  'gwi',
  'hd',
  'hid-scanner',
  'line-scanner',
  'vpcd',
  'library',
  'profile',
] as const;

export const ReaderConfiguration = Strict({
  id: Name,
  name: Type.Optional(Type.String({ maxLength: 60 })),
  dialect: OneOf(READER_DIALECTS),
  /** With dialect "profile": a profile that comes with the gateway, by name, or a file. */
  profile: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  transport: Type.Union([SerialTransport, TcpTransport, HidTransport, VpcdTransport, LibraryTransport]),
  psam: Type.Optional(PsamConfiguration),
  /** A PSAM for resident health cards, of 2012; the keys in the captures are 47, 34 and 84. */
  healthCardPsam: Type.Optional(PsamConfiguration),
  purse: Type.Optional(PurseConfiguration),
  /** Whether a resident ID card must be lifted before the next is read; true unless given. */
  mustLift: Type.Optional(Type.Boolean()),
  /** Whether cards are looked for between readings, for events of their coming and going; false unless given. */
  watch: Type.Optional(Type.Boolean()),
});

export type ReaderConfiguration = Static<typeof ReaderConfiguration>;
export type PsamConfiguration = Static<typeof PsamConfiguration>;
export type PurseConfiguration = Static<typeof PurseConfiguration>;
