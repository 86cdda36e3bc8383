import { Fault } from '../../errors.ts';
import { type CardAnswer, exchange, SW, swText } from '../apdu.ts';
import type { CardSlot } from '../port.ts';
import type { Item } from '../social-security/items.ts';
import { RecordReader } from '../social-security/records.ts';
import type { FileAddress } from './address.ts';
import { type CardFiles, fileName, selectFolder } from './card.ts';
import { type Field, type FileLayout, isCompound, type LayoutItem, valueBytesOf } from './layout.ts';
import { fieldText } from './values.ts';

/** What a file asks to be shown before it is read or written. */
export interface Need {
  readonly slot: CardSlot;
  /** `SSSE`; it is selected, and must be when the callback has done. */
  readonly application: string;
  /** 0xEF06. */
  readonly file: number;
  readonly purpose: 'read' | 'write';
}

/**
 * Proves the gateway, or the holder, to the card: by a PSAM, an encryption machine, or the PIN. Answers whether it
 * knew how. Faults: those of its own.
 */
export type Authenticate = (need: Need) => Promise<boolean>;

/** READ BINARY and UPDATE BINARY go in pieces that every reader's buffer takes. */
const READ_PIECE_BYTES = 0x80;
const WRITE_PIECE_BYTES = 0x70;

export interface ChipFilesOptions {
  readonly authenticate?: Authenticate | undefined;
  /** The application that is selected already. */
  readonly selected?: string;
}

type Place = Pick<FileAddress, 'application' | 'file'>;

/** The files of one card that lies in a slot: keeps track of what is selected. */
export class ChipFiles {
  readonly #slot: CardSlot;
  readonly #card: CardFiles;
  readonly #authenticate: Authenticate | undefined;
  readonly #records: RecordReader;
  #application: string;
  #file = 0;
  #version = '';

  constructor(slot: CardSlot, card: CardFiles, { authenticate, selected = '' }: ChipFilesOptions = {}) {
    this.#slot = slot;
    this.#card = card;
    this.#authenticate = authenticate;
    this.#application = selected;
    this.#records = new RecordReader(slot, { selectsBy: card.selectsBy });
  }

  /** Selects the card's application and reads which card it is. Faults: those of the slot, `card.unknown`, … */
  async identify(): Promise<{ readonly cardId: string; readonly version: string }> {
    const { root, identification } = this.#card;
    const place = { application: root, file: identification.file };
    if (this.#application !== root) await this.#enter(root);
    if ((await this.#records.select(place.file)) !== 'selected') throw new Fault('card.unknown');
    this.#file = place.file;
    const [version = '', cardId = ''] = [
      await this.#text(this.itemAt(place, identification.version)),
      await this.#text(this.itemAt(place, identification.cardId)),
    ];
    if (cardId === '') throw new Fault('card.unknown', { detail: 'no card identification code' });
    this.#version = version;
    return { cardId, version };
  }

  /** What stands in a file on this card. Fault `card.file-not-found`. */
  layoutOf({ application, file }: Place): FileLayout {
    const name = fileName(application, file);
    const layout = this.#card.layoutOf(name, this.#version);
    if (!layout) throw new Fault('card.file-not-found', { facts: { file: name } });
    return layout;
  }

  /** A plain item of a file of records that is known to have it. */
  itemAt(place: Place, tag: number): LayoutItem<Field> {
    const layout = this.layoutOf(place);
    const item = layout.kind === 'records' ? layout.items.get(tag) : undefined;
    if (!item || isCompound(item.content)) throw new Error(`no plain item ${tag} in the file`);
    return { ...item, content: item.content };
  }

  /** Selects a file. Faults: those of the slot, `card.file-not-found`, `card.locked-data`. */
  async select({ application, file }: Place): Promise<void> {
    if (application === this.#application && file === this.#file) return;
    if (application !== this.#application) await this.#enter(application);
    await this.#unlocked('read', file, async () => {
      const selected = await this.#records.select(file);
      if (selected === 'absent') throw this.#absent(file);
      return selected;
    });
    this.#file = file;
  }

  /** One record of the selected file; nothing where the card has not got it. Faults: `card.locked-data`, `card.refused`. */
  async readRecord(item: LayoutItem, occurrence: number): Promise<Buffer | undefined> {
    const found = await this.#unlocked('read', this.#file, () =>
      this.#records.readOccurrence(this.#itemOf(item), occurrence),
    );
    return found === 'absent' ? undefined : found;
  }

  /** A record of the selected cyclic file, from 1. Nothing where there are not so many. */
  async readCyclic(number: number, bytes: number): Promise<Buffer | undefined> {
    return this.#unlocked('read', this.#file, async () => {
      const command = Buffer.of(0x00, 0xb2, number, 0x04, bytes);
      const answer = await this.#orWhole(command);
      if (answer.sw === SW.locked) return 'locked';
      if (answer.sw === SW.recordNotFound) return undefined;
      if (answer.sw !== SW.done && answer.sw !== SW.endOfFile) throw this.#refused(answer.sw);
      return answer.data;
    });
  }

  /** The content of the selected binary file, at most `bytes` of it. */
  async readBinary(bytes: number): Promise<Buffer> {
    return this.#unlocked('read', this.#file, async () => {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes; ) {
        const length = Math.min(READ_PIECE_BYTES, bytes - at);
        const { sw, data } = await this.#orWhole(Buffer.of(0x00, 0xb0, at >> 8, at & 0xff, length));
        if (sw === SW.locked) return 'locked';
        // A file that is shorter than the largest of its kind.
        if (sw === SW.offsetWrong && at > 0) break;
        if (sw !== SW.done && sw !== SW.endOfFile) throw this.#refused(sw);
        pieces.push(data);
        at += data.length;
        if (sw === SW.endOfFile || data.length < length) break;
      }
      return Buffer.concat(pieces).subarray(0, bytes);
    });
  }

  /** Writes a record that was just read. Fault `card.write-refused`, `card.locked-data`. */
  async writeRecord(item: LayoutItem, occurrence: number, value: Buffer): Promise<void> {
    await this.#unlocked('write', this.#file, async () => {
      const sw = await this.#records.update(this.#itemOf(item), occurrence, value);
      if (sw === SW.locked) return 'locked';
      if (sw !== SW.done) throw this.#writeRefused({ sw: swText(sw) });
      return sw;
    });
  }

  /** Writes the selected binary file from its beginning. Faults as `writeRecord`. */
  async writeBinary(content: Buffer): Promise<void> {
    await this.#unlocked('write', this.#file, async () => {
      for (let at = 0; at < content.length; at += WRITE_PIECE_BYTES) {
        const piece = content.subarray(at, at + WRITE_PIECE_BYTES);
        const head = Buffer.of(0x00, 0xd6, at >> 8, at & 0xff, piece.length);
        const { sw } = await exchange(this.#slot, Buffer.concat([head, piece]));
        if (sw === SW.locked) return 'locked';
        if (sw !== SW.done) throw this.#writeRefused({ sw: swText(sw) });
      }
      return undefined;
    });
  }

  /** That what was written does not read back as it should. */
  differs(): Fault {
    return this.#writeRefused({ readBack: 'differs' });
  }

  async #enter(application: string): Promise<void> {
    await selectFolder(this.#slot, this.#card, application, this.#application);
    this.#application = application;
    this.#file = 0;
  }

  /** Does it, and where the card answers 6982, once more after authentication. */
  async #unlocked<T>(purpose: Need['purpose'], file: number, work: () => Promise<T | 'locked'>): Promise<T> {
    const first = await work();
    if (first !== 'locked') return first;
    const need = { slot: this.#slot, application: this.#application, file, purpose };
    if (await this.#authenticate?.(need)) {
      // Authentication may leave another file selected, or none.
      await this.#records.select(file);
      const second = await work();
      if (second !== 'locked') return second;
    }
    throw new Fault('card.locked-data', { facts: { file: fileName(this.#application, file) } });
  }

  async #text(item: LayoutItem<Field>): Promise<string | undefined> {
    const bytes = await this.readRecord(item, 1);
    return bytes && fieldText(item.content.type, bytes);
  }

  #itemOf({ content, number }: LayoutItem): Item {
    const { tag } = content;
    return { file: this.#file, tag, valueBytes: valueBytesOf(content), number, numberInFirst: number };
  }

  /** Cards that want another length than the specified one are asked for all there is. */
  async #orWhole(command: Buffer): Promise<CardAnswer> {
    const answer = await exchange(this.#slot, command);
    if (answer.sw !== SW.wrongLength) return answer;
    return exchange(this.#slot, Buffer.concat([command.subarray(0, 4), Buffer.of(0)]));
  }

  #absent(file: number): Fault {
    return new Fault('card.file-not-found', { facts: { file: fileName(this.#application, file) } });
  }

  #refused(sw: number): Fault {
    const facts = { sw: swText(sw), file: fileName(this.#application, this.#file) };
    return new Fault('card.refused', { facts });
  }

  #writeRefused(facts: Record<string, string>): Fault {
    const file = fileName(this.#application, this.#file);
    return new Fault('card.write-refused', { facts: { ...facts, file } });
  }
}
