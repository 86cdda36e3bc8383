import type { CompatAnswer, CompatArguments } from '../../../schemas/compat.ts';
import type { ReaderSpot } from '../../../schemas/reading.ts';
import type { Caller } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import type { FileService } from '../files/service.ts';
import type { PinService } from '../pin/service.ts';
import type { ReaderPool } from '../pool.ts';
import type { CardService, Made } from '../service.ts';
import { basString, NO_PSAM } from '../social-security/bas.ts';
import { fieldsOf } from './bas-string.ts';
import type { LibraryFunctionName } from './functions.ts';
import { identityString } from './identity-string.ts';
import { RET } from './return-codes.ts';

/** A legacy caller polls by itself; one call looks for this long. */
export const LOOK_MS = 500;

const SCAN_LIMIT_MS = 5_000;

/** One call of a function, on the reader it is meant for. */
export interface ActCall {
  readonly reader: string;
  readonly args: CompatArguments;
  readonly lease?: string | undefined;
  readonly caller: Caller;
  readonly cancelled: AbortSignal;
}

/** Does what a function of LD/T 33 says with our own card code. Throws the faults of doing it. */
export type Act = (call: ActCall) => Promise<CompatAnswer>;

/** The functions we can do ourselves; the others are not supported by a reader without a vendor's library. */
export type CompatActs = { readonly [name in LibraryFunctionName]?: Act };

export interface ActParts {
  readonly pool: ReaderPool;
  readonly cards: CardService;
  readonly files: FileService;
  readonly pins: PinService;
}

export function ownActs(parts: ActParts): CompatActs {
  const { files, pins } = parts;
  return {
    iReadCardBas: (call) => readBas(parts, call),
    iReadCard: async (call) => {
      const request = { ...fileAddressOf(call), ...cardIdOf(call.args) };
      const { text } = await asData(() => files.read(call.reader, request, call.caller, call.cancelled));
      return done(text);
    },
    iWriteCard: async (call) => {
      const values = fieldsOf((call.args.pWriteData ?? '').replaceAll('$', ''));
      const request = { ...fileAddressOf(call), ...requiredCardIdOf(call.args), values };
      await asData(() => files.write(call.reader, request, call.caller, call.cancelled));
      return done('');
    },
    iVerifyPIN: async (call) => {
      await pins.verify(call.reader, lookOf(call), call.caller, call.cancelled);
      return done('');
    },
    iChangePIN: async (call) => {
      await pins.change(call.reader, lookOf(call), call.caller, call.cancelled);
      return done('');
    },
    iReadIdentityCard: (call) => readIdentity(parts, call),
    iScan2DBarcode: (call) => scan(parts, call),
    iGetReaderInfo: async ({ reader }) => done(`${reader}|${NO_PSAM}|`),
  };
}

/**
 * iReadCardBas. A card of generation 3 that nobody here can open gives what is free and −2201 (no PSAM), by which the
 * caller knows to go on with the encryption machine.
 */
async function readBas({ cards }: ActParts, call: ActCall): Promise<CompatAnswer> {
  const { reader, args, lease, caller, cancelled } = call;
  const read = (spot: ReaderSpot, timeoutMs: number) =>
    cards.read(
      reader,
      { accept: ['social-security-card'], spot, timeoutMs, holder: 'if-readable', lease },
      caller,
      { cancelled },
    );
  const { told } = await first(args, read);
  if (told.kind !== 'social-security-card') return { ret: RET.unsupported, pOutInfo: '' };
  return {
    ret: told.card.holder === 'locked' ? RET.noPsam : RET.done,
    pOutInfo: basString(told.card, { terminalNumber: NO_PSAM, deviceNumber: reader }),
  };
}

/** Contactless first is a look there, and then everywhere. */
async function first(
  { iType }: CompatArguments,
  read: (spot: ReaderSpot, timeoutMs: number) => Promise<Made>,
): Promise<Made> {
  if (iType === 4) {
    try {
      return await read('contactless', 0);
    } catch (error) {
      const elsewhere =
        error instanceof Fault && (error.code === 'card.none' || error.code === 'reader.unsupported');
      if (!elsewhere) throw error;
    }
  }
  return read(spotOf({ iType }), LOOK_MS);
}

async function readIdentity(
  { cards }: ActParts,
  { reader, lease, caller, cancelled }: ActCall,
): Promise<CompatAnswer> {
  const { told } = await cards.read(
    reader,
    { accept: ['resident-id-card'], timeoutMs: LOOK_MS, holder: 'if-readable', lease },
    caller,
    { cancelled },
  );
  if (told.kind !== 'resident-id-card') return { ret: RET.unsupported, pOutInfo: '' };
  return done(identityString(told.text, told.photo));
}

/** Whatever code it is, as it was scanned: what it means is the caller's business. */
async function scan({ pool }: ActParts, { reader, args, lease, cancelled }: ActCall): Promise<CompatAnswer> {
  const timeoutMs = (args.iTimeout ?? 1) * 1_000;
  const code = await pool.use(
    reader,
    async ({ codes }, signal) => {
      if (!codes) throw new Fault('reader.unsupported');
      const scanned = await codes.next(timeoutMs, signal);
      if (scanned === undefined) throw new Fault('card.none');
      return scanned;
    },
    { limitMs: timeoutMs + SCAN_LIMIT_MS, cancelled, lease },
  );
  return done(code);
}

function done(pOutInfo: string): CompatAnswer {
  return { ret: RET.done, pOutInfo };
}

/** Where iType looks: 1 the contacts, 2 the antenna, 3 and 4 both. */
export function spotOf({ iType }: CompatArguments): ReaderSpot {
  if (iType === 1) return 'contact';
  return iType === 2 ? 'contactless' : 'either';
}

export function lookOf({ args, lease }: ActCall) {
  return { spot: spotOf(args), timeoutMs: LOOK_MS, lease };
}

function fileAddressOf(call: ActCall) {
  return { ...lookOf(call), fileAddress: call.args.pFileAddr ?? '' };
}

/** pCardInfo is `卡识别码|卡号|`; where it names a card, no other is read. */
function cardIdOf({ pCardInfo }: CompatArguments): { cardId?: string } {
  const cardId = fieldsOf(pCardInfo ?? '')[0] ?? '';
  return cardId === '' ? {} : { cardId };
}

function requiredCardIdOf(args: CompatArguments): { cardId: string } {
  const { cardId } = cardIdOf(args);
  if (cardId === undefined) throw new Fault('request.invalid', { facts: { ret: RET.invalidData } });
  return { cardId };
}

/** An address or a value that makes no sense has a return code here: −23. */
async function asData<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'request.invalid') throw error;
    throw new Fault('request.invalid', { ...error.context, facts: { ret: RET.invalidData } });
  }
}
