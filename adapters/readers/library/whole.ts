import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentKind } from '../../../schemas/reading.ts';
import {
  type CardLibrary,
  cardOfBasString,
  documentOfIdentityString,
  type EncryptionMachine,
  faultOfReturnCode,
  type Told,
  toldOfCode,
  type WholeReader,
  type WholeRequest,
  wantsEncryptionMachine,
} from '../../../src/card/port.ts';
import type { Clock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { readByEncryptionMachine } from './two-step.ts';

/** The vendors' functions beyond the standard that are read with. */
export type Extra = 'iReadIdentityCard' | 'iScan2DBarcode' | 'iGetReaderInfo';

export interface WholeParts {
  readonly library: CardLibrary;
  readonly extras: readonly Extra[];
  /** What iScan2DBarcode gets for its time-out; vendors differ in the unit. */
  readonly scanTimeout: number;
  readonly encryption?: EncryptionMachine | undefined;
  readonly clock: Clock;
}

/** Between two looks for a card: resident-ID modules want more than 300 ms. */
const LOOK_AGAIN_AFTER_MS = 310;

/** What reading a card may take, authentication included; after it the library counts as hung. */
const READ_TIMEOUT_MS = 15_000;

/** iType (LD/T 33): contact, contactless, whichever with the contacts first. */
const TYPES = { contact: 1, contactless: 2, either: 3 } as const;

/** Answers what was there, or nothing. */
type Look = () => Promise<Told | undefined>;

/** Reads by the functions of a vendor's library, which looks once at each call; the waiting is done here. */
export function wholeReaderOf(parts: WholeParts): WholeReader {
  const { extras } = parts;
  const identity: DocumentKind[] = extras.includes('iReadIdentityCard') ? ['resident-id-card'] : [];
  const codes: DocumentKind[] = extras.includes('iScan2DBarcode') ? ['insurance-code', 'health-code'] : [];
  return {
    kinds: ['social-security-card', ...identity, ...codes],
    read: (request, signal) => read(parts, request, signal),
  };
}

async function read(parts: WholeParts, request: WholeRequest, signal: AbortSignal): Promise<Told> {
  const { clock } = parts;
  const looks = looksOf(parts, request);
  const deadline = clock.now() + request.timeoutMs;
  for (;;) {
    const { told, nothing } = await lookRound(looks);
    if (told) return told;
    const left = deadline - clock.now();
    if (left <= 0 || signal.aborted) throw nothing ?? new Fault('card.none');
    await sleep(Math.min(left, LOOK_AGAIN_AFTER_MS), undefined, { signal }).catch(() => {});
  }
}

/**
 * Looks with each function. A card that one can't make out may be the next one's: only when none of them could read
 * is the first one's fault thrown. A card that doesn't answer may be on its way in: that alone is remembered.
 */
async function lookRound(looks: readonly Look[]): Promise<{ told?: Told; nothing?: Fault }> {
  const faults: Fault[] = [];
  for (const look of looks) {
    try {
      const told = await look();
      if (told) return { told };
    } catch (error) {
      if (!(error instanceof Fault) || error.code === 'reader.lost') throw error;
      faults.push(error);
    }
  }
  const failed = faults.find(({ code }) => code !== 'card.removed');
  if (failed) throw failed;
  return faults[0] ? { nothing: faults[0] } : {};
}

function looksOf(parts: WholeParts, { accept, spot }: WholeRequest): Look[] {
  const codes = accept.some((kind) => kind === 'insurance-code' || kind === 'health-code');
  return [
    ...(accept.includes('social-security-card') ? [() => readSocialSecurity(parts, TYPES[spot])] : []),
    ...(accept.includes('resident-id-card') ? [() => readIdentity(parts.library)] : []),
    ...(codes ? [() => scan(parts, accept)] : []),
  ];
}

async function readSocialSecurity(parts: WholeParts, iType: number): Promise<Told | undefined> {
  const { library, encryption } = parts;
  const { ret, out } = await library.call('iReadCardBas', [iType], READ_TIMEOUT_MS);
  if (ret === 0) {
    const card = cardOfBasString(out, 'blank');
    // Generation 3 names its holder only after it was authenticated; the others tell everybody.
    const vouched = card.version.startsWith('3') && typeof card.holder === 'object';
    return {
      kind: 'social-security-card',
      card: vouched ? { ...card, authenticatedBy: 'library' } : card,
    };
  }
  if (wantsEncryptionMachine(ret)) {
    if (encryption) {
      const card = await readByEncryptionMachine(library, encryption, iType, READ_TIMEOUT_MS);
      return { kind: 'social-security-card', card };
    }
    // Some libraries give what is free all the same.
    if (out.includes('|')) return { kind: 'social-security-card', card: cardOfBasString(out, 'locked') };
  }
  return nothingOrThrow(ret, out);
}

async function readIdentity(library: CardLibrary): Promise<Told | undefined> {
  const { ret, out } = await library.call('iReadIdentityCard', [], READ_TIMEOUT_MS);
  if (ret !== 0) return nothingOrThrow(ret, out);
  return { kind: 'resident-id-card', ...documentOfIdentityString(out) };
}

/** No code in time has no return code of its own, so that whatever the library says but "gone" is none. */
async function scan(parts: WholeParts, accept: readonly DocumentKind[]): Promise<Told | undefined> {
  const { library, scanTimeout } = parts;
  const { ret, out } = await library.call('iScan2DBarcode', [scanTimeout], READ_TIMEOUT_MS);
  if (ret === 0) return out.trim() === '' ? undefined : toldOfCode(out.trim(), accept);
  const fault = faultOfCall(ret, out);
  if (fault.code === 'reader.lost' || fault.code === 'reader.unsupported') throw fault;
  return undefined;
}

function nothingOrThrow(ret: number, out: string): undefined {
  const fault = faultOfCall(ret, out);
  if (fault.code !== 'card.none') throw fault;
}

/** A library that can't reach its reader any more has lost it: only then is it opened anew. */
function faultOfCall(ret: number, out: string): Fault {
  const fault = faultOfReturnCode(ret, out);
  return fault.code === 'reader.absent' ? new Fault('reader.lost', fault.context) : fault;
}
