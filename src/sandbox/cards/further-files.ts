import type { VirtualCard } from '../port.ts';
import type { SocialSecurityProfile } from './profile.ts';
import type { StoredRecord } from './social-security-files.ts';
import { type StoredFile, VirtualFiles } from './virtual-files.ts';
import { VirtualPin } from './virtual-pin.ts';

const ROOT = 'SSSE';
/** The applications DF01, DF02, … are called D15600000500, …01, … */
const PROVIDER = 'D156000005';
const DONE = Buffer.of(0x90, 0x00);
const WRONG_LENGTH = Buffer.of(0x67, 0x00);
const FILE_NOT_FOUND = Buffer.of(0x6a, 0x82);
const CARD_BLOCKED = Buffer.of(0x6a, 0x81);
/** The status word of a selection that only warns: the application is blocked. */
const APPLICATION_BLOCKED = Buffer.of(0x62, 0x83);

/**
 * What a full social-security card of the sandbox has beyond the records that everybody reads: the applications below
 * its root, binary files, records that can be written once the PIN was verified, the PIN, and the blocks of its
 * issuer. Whatever it does not do itself, the card inside does.
 */
export class FurtherFiles implements VirtualCard {
  readonly #card: VirtualCard;
  readonly #files: VirtualFiles;
  readonly #pin: VirtualPin | undefined;
  readonly #blocked: 'card' | 'application' | undefined;
  #folder = ROOT;
  /** Whether the file that is selected is one of these and not the inner card's. */
  #own = false;

  constructor(
    profile: SocialSecurityProfile,
    card: VirtualCard,
    rootFiles: ReadonlyMap<number, readonly StoredRecord[]>,
  ) {
    this.#card = card;
    this.#files = new VirtualFiles(filesOf(profile, rootFiles), profile.behaviour.recordModes);
    this.#pin = profile.pin === undefined ? undefined : new VirtualPin(profile.pin);
    this.#blocked = profile.blocked;
  }

  reset(): Buffer {
    this.#pin?.reset();
    this.#enter(ROOT);
    return this.#card.reset();
  }

  command(apdu: Buffer): Buffer {
    const [cla, ins, p1] = apdu;
    if (apdu.length < 4) return this.#card.command(apdu);
    if (ins === 0xa4) return this.#select(p1!, apdu);
    const data = apdu.subarray(5, 5 + (apdu[4] ?? 0));
    if (this.#pin && (ins === 0x20 || (cla === 0x80 && ins === 0x5e))) {
      if (data.length !== (apdu[4] ?? 0)) return WRONG_LENGTH;
      return ins === 0x20 ? this.#pin.verify(data) : this.#pin.change(data);
    }
    const mayWrite = this.#pin?.verified ?? true;
    const own = this.#own || ins === 0xdc ? this.#files.command(apdu, mayWrite) : undefined;
    return own ?? this.#card.command(apdu);
  }

  #select(p1: number, apdu: Buffer): Buffer {
    if (this.#blocked === 'card') return CARD_BLOCKED;
    const name = apdu
      .subarray(5, 5 + (apdu[4] ?? 0))
      .toString('hex')
      .toUpperCase();
    const folder = p1 === 0x04 ? folderCalled(name) : /^DF0[1-9A]$/.test(name) ? name : undefined;
    if (folder !== undefined) {
      // Neither below the other: a folder is reached from the root.
      if (this.#folder !== ROOT || !this.#files.has(folder)) return FILE_NOT_FOUND;
      this.#enter(folder);
      return DONE;
    }
    const file = name.length === 4 && p1 !== 0x04 ? Number.parseInt(name, 16) : 0;
    if (file !== 0) return this.#selectFile(file, apdu);
    const answer = this.#card.command(apdu);
    if (p1 !== 0x04 || answer[0] === 0x6a) return answer;
    this.#enter(ROOT);
    return this.#blocked === 'application' ? APPLICATION_BLOCKED : answer;
  }

  /** The inner card knows its own files; they are selected here too, for a record that is to be written. */
  #selectFile(file: number, apdu: Buffer): Buffer {
    const here = this.#files.select(file);
    this.#own = here && !(this.#folder === ROOT && isInner(file));
    if (this.#own) return DONE;
    return this.#folder === ROOT ? this.#card.command(apdu) : FILE_NOT_FOUND;
  }

  #enter(folder: string): void {
    this.#folder = folder;
    this.#own = folder !== ROOT;
    this.#files.enter(folder);
  }
}

function isInner(file: number): boolean {
  return file === 0xef05 || file === 0xef06;
}

function folderCalled(name: string): string | undefined {
  if (!name.startsWith(PROVIDER) || name.length !== PROVIDER.length + 2) return undefined;
  return `DF0${(Number.parseInt(name.slice(-2), 16) + 1).toString(16).toUpperCase()}`;
}

/** The records of the root are the inner card's own buffers, so that what is written there is read there. */
function filesOf(
  profile: SocialSecurityProfile,
  rootFiles: ReadonlyMap<number, readonly StoredRecord[]>,
): Map<string, StoredFile> {
  const root = [...rootFiles].map(([file, records]): [string, StoredFile] => [
    ROOT + file.toString(16).toUpperCase(),
    { records: records.map(({ bytes }) => bytes) },
  ]);
  const further = Object.entries(profile.further ?? {}).map(([name, stored]): [string, StoredFile] => [
    name,
    typeof stored === 'string'
      ? { content: Buffer.from(stored, 'hex') }
      : { records: stored.map((record) => Buffer.from(record, 'hex')) },
  ]);
  return new Map([...root, ...further]);
}
