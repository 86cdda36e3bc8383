import type { Identity } from '../../schemas/identity.ts';
import type { DocumentKind, ReaderSpot } from '../../schemas/reading.ts';
import type { HealthCard } from './health-card/application.ts';
import type { ResidentIdText } from './resident-id/text.ts';
import type { SocialSecurityCard } from './social-security/application.ts';

export { authenticationRequestOf, cardOfBasString } from './compat/bas-string.ts';
export {
  isLibraryFunction,
  type LibraryFunctionName,
  libraryFunctions,
  takesArguments,
} from './compat/functions.ts';
export { documentOfIdentityString } from './compat/identity-string.ts';
export { faultOfReturnCode, wantsEncryptionMachine } from './compat/return-codes.ts';
export type { HealthCard } from './health-card/application.ts';
export type { LoadAsked, LoadGranted, LoadHost, Purse } from './purse/port.ts';
export type { ResidentIdText } from './resident-id/text.ts';
export { toldOfCode } from './scanned.ts';
export type { SocialSecurityCard } from './social-security/application.ts';

/** What a card or code said, before it becomes a reading with an id, a reader and a time. */
export type Told =
  | { readonly kind: 'social-security-card'; readonly card: SocialSecurityCard }
  | {
      readonly kind: 'resident-id-card';
      readonly text: ResidentIdText;
      readonly photo: Buffer;
      /** The address written on the chip after the card was issued (追加住址), where it was asked for and is there. */
      readonly newAddress?: string;
    }
  | { readonly kind: 'health-card'; readonly card: HealthCard }
  /** The code as it was scanned; only its verifier knows whose it is. */
  | { readonly kind: 'insurance-code' | 'health-code'; readonly code: string };

/**
 * What the card side asks of a reader. An adapter joins a transport (how bytes travel) with a dialect (what they
 * mean) and offers what that reader can do: APDUs to a chip card, or the resident-ID module, or both.
 */
export interface ReaderDriver {
  /** What a person would call it: "CCID, tcp 127.0.0.1:7001". */
  readonly description: string;
  /**
   * Opens the line and makes sure that a reader answers on it. Throws Fault `reader.absent` when it doesn't, within
   * its own time-out or when `signal` aborts.
   */
  open(signal: AbortSignal): Promise<OpenReader>;
}

/** A reader whose line is open. One exchange at a time; the pool sees to that. */
export interface OpenReader {
  /** Chip cards by APDU, where the reader has a slot with contacts. */
  readonly slot?: CardSlot;
  /** Chip cards by APDU over the antenna, where the reader has one. */
  readonly contactless?: CardSlot;
  /** Security modules (PSAM) that sit in the reader, in the order of their slots; an empty slot counts too. */
  readonly sams?: readonly CardSlot[];
  /** The resident-ID SAM-V module, where the reader has one. */
  readonly residentId?: ResidentIdModule;
  /** Codes that are scanned, where the reader has a window for them. */
  readonly codes?: CodeScanner;
  /** Keys on which the card holder types his PIN. */
  readonly pinPad?: PinPad;
  /** A reader that does a whole reading by itself: a vendor's library, a remote desk. It comes before the slots. */
  readonly whole?: WholeReader;
  /** The functions of LD/T 33, where the reader is reached through its vendor's library. */
  readonly library?: CardLibrary;
  /** 终端设备号: what the reader calls itself, such as the number of its SAM-V module. */
  readonly deviceNumber?: string;
  /** Resolves, once, when the line is gone; never rejects. */
  readonly lost: Promise<void>;
  /** Lets go of the line. Safe to call twice, and on a lost reader. */
  close(): Promise<void>;
}

/**
 * A slot that takes a chip card. Faults: `reader.lost`, `reader.silent`, `reader.protocol`, `card.removed`,
 * `card.refused`.
 */
export interface CardSlot {
  /** Powers the card up. Answers its ATR, or nothing where no card is in the slot. */
  powerOn(timeoutMs: number): Promise<Buffer | undefined>;
  /** One command, one answer with its two status bytes at the end. */
  transmit(command: Buffer, timeoutMs: number): Promise<Buffer>;
  powerOff(timeoutMs: number): Promise<void>;
  /** Whether a card is in the slot, where the reader can tell without powering it up. */
  present?(timeoutMs: number): Promise<boolean>;
}

/**
 * The module that reads resident ID cards (GA 467). Faults: `reader.lost`, `reader.silent`, `reader.protocol`,
 * `card.refused`.
 */
export interface ResidentIdModule {
  /** Finds and selects a card; answers whether there is one. */
  find(timeoutMs: number): Promise<boolean>;
  /** Reads the text (256 bytes, UTF-16LE) and the photo (1024 bytes WLT) of the selected card. */
  read(timeoutMs: number): Promise<{ text: Buffer; photo: Buffer }>;
  /** Reads the address added later (70 bytes, UTF-16LE) of the selected card; nothing where none was added. */
  readNewAddress?(timeoutMs: number): Promise<Buffer | undefined>;
}

/** A window that reads bar codes and QR codes. */
export interface CodeScanner {
  /**
   * The next code, free of its prefix and suffix. One that was scanned in the two seconds before the call counts too:
   * people show their phone while the clerk still looks for the key. Nothing when none came in time or `signal`
   * aborted. Faults: `reader.lost`.
   */
  next(timeoutMs: number, signal: AbortSignal): Promise<string | undefined>;
}

/**
 * Where the holder types his PIN. The digits go from the keys into the command inside the adapter and are wiped
 * there: no caller ever sees them.
 */
export interface PinPad {
  /**
   * Has the holder type and sends the command to the card in `slot`. Answers the card's two status bytes. Faults:
   * `pin.cancelled`, `pin.timeout`, `pin.length`, `pin.differs` (the two new ones), and those of the slot.
   */
  transmit(slot: CardSlot, command: PinCommand, timeoutMs: number, signal: AbortSignal): Promise<Buffer>;
}

/**
 * A command with the PIN left out, and how it stands in it: VERIFY is `header ‖ Lc ‖ PIN`, CHANGE PIN
 * `header ‖ Lc ‖ old ‖ FF ‖ new` (LD/T 32.5). PINs are packed BCD, an odd count padded F.
 */
export interface PinCommand {
  readonly kind: 'verify' | 'change';
  /** CLA INS P1 P2. */
  readonly header: Buffer;
  readonly digitsMin: number;
  readonly digitsMax: number;
}

/** What a whole reading is asked for. */
export interface WholeRequest {
  /** Never empty; the reader can read each of them. */
  readonly accept: readonly DocumentKind[];
  readonly spot: ReaderSpot;
  readonly timeoutMs: number;
  /** Whether a newer address is looked for on a resident ID card. */
  readonly newAddress: boolean;
}

/** A reader that waits for a card, reads it and answers what it told. Faults: as those of slot and module, `card.none`. */
export interface WholeReader {
  readonly kinds: readonly DocumentKind[];
  read(request: WholeRequest, signal: AbortSignal): Promise<Told>;
}

/** The functions of LD/T 33-2015 chapter 5 as a vendor's library offers them. */
export interface CardLibrary {
  /**
   * Calls a function with its arguments in their order, without the output buffer. Answers its return code (0, or
   * negative) and its output as text. Faults: `reader.lost` when the library crashed or hung.
   */
  call(
    name: string,
    args: readonly (number | string)[],
    timeoutMs: number,
  ): Promise<{ readonly ret: number; readonly out: string }>;
}

/**
 * The encryption machine (HSM, 加密机) of the card issuer, which holds the keys of generation-3 cards (LD/T 33,
 * the two-step functions). Faults: `encryption.unreachable`, `encryption.refused`.
 */
export interface EncryptionMachine {
  /** Computes what the card is compared with, and what the card is shown, to read. */
  authenticate(request: AuthenticationRequest): Promise<AuthenticationAnswer>;
  /** The same for a key by its address, to read a further file (MSGNO 9011). */
  keyed(request: KeyedRequest): Promise<KeyedAnswer>;
}

/** All fields but region and algorithm are upper-case hex. */
export interface AuthenticationRequest {
  readonly region: string;
  readonly resetInformation: string;
  /** "03" is SM4. */
  readonly algorithm: string;
  readonly cardId: string;
  /** Of the internal authentication: process factor and source, as the card was asked over them. Empty where none was made. */
  readonly internalFactor: string;
  readonly internalSource: string;
  /** Of the external authentication: the last challenge drawn, and the one before. Empty on cards that read freely. */
  readonly externalFactor: string;
  readonly externalSource: string;
}

export interface AuthenticationAnswer {
  /** 32 hex digits; the first 16 must be the card's own internal answer. */
  readonly internal: string;
  /** 32 hex digits: the data of EXTERNAL AUTHENTICATE. Empty where none was asked for. */
  readonly external: string;
}

export interface KeyedRequest {
  readonly region: string;
  readonly resetInformation: string;
  readonly algorithm: string;
  readonly cardId: string;
  readonly cardNumber: string;
  /** Six hex digits: "00803F". */
  readonly keyAddress: string;
  readonly factor: string;
  readonly source: string;
}

export interface KeyedAnswer {
  readonly external: string;
}

/** What a verifier finds behind a code. */
export interface VerifiedCode {
  readonly holder: CodeHolder;
  readonly verifiedBy: 'insurer' | 'health-code-service';
  /** ecToken: the credential of the visit that an insurer gives for its code. */
  readonly insuranceCodeToken?: string;
}

/** The person as the issuer names him; absent fields are empty. The card side reads sex and day, however written. */
export interface CodeHolder {
  readonly documentType: Identity['documentType'];
  readonly number: string;
  readonly name: string;
  readonly sex: string;
  readonly birthDate: string;
}

/**
 * Finds out whose code it is: the insurer for 医保电子凭证, the health-code platform for 电子健康卡. Faults:
 * `code.refused` (expired, used, another kind), `code.unreachable`.
 */
export interface CodeVerifier {
  readonly kind: 'insurance-code' | 'health-code';
  verify(code: string, context: CodeContext): Promise<VerifiedCode>;
}

export interface CodeContext {
  /** What the code is shown for: 01101 挂号, 01301 结算, … of the national interface. */
  readonly businessType: string;
  readonly client: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** What the other journey needs of the card side: the person a reading names. */
export interface Readings {
  /**
   * The identity of a reading that is still valid; the look is on the audit trail under `client`. Faults:
   * `reading.not-found`, and `card.locked-data` or `card.refused` where the card named nobody.
   */
  identityOf(readingId: string, client: string, requestId: string): Promise<Identity>;
}

/** A device that was found plugged in, and what it answered when it was asked. */
export interface FoundReader {
  /** Where: "serial /dev/ttyUSB0". */
  readonly place: string;
  /** What the device calls itself: "067b:2303 USB-Serial Controller". */
  readonly device: string | undefined;
  /** The dialect it answered in; none where it answered in none. */
  readonly dialect?: string;
  /** Why it could not be asked, or that it said nothing. */
  readonly reason?: string;
  /** As the configuration would name it; none where devices of this kind can't be looked for at all. */
  readonly transport?: Readonly<Record<string, unknown>>;
}
