import { Fault } from '../../errors.ts';
import { type CardAnswer, exchange, readRecord, SW, selectFile, swText } from '../apdu.ts';
import type { CardSlot } from '../port.ts';
import { recordOf } from '../tlv.ts';
import type { Item } from './items.ts';

/** What P1 of READ RECORD says: the item's tag (P2 = 00), or the record's number in its file (P2 = 04). */
type Mode = 'tag' | 'number';

/** Answers that may mean "this card wants the other mode". */
const MODE_REFUSALS: ReadonlySet<number> = new Set([
  SW.recordNotFound,
  SW.wrongP1P2,
  SW.offsetWrong,
  SW.functionUnknown,
  SW.fileNotFound,
]);

/** A record's value, or why there is none: the card has no such record, or keeps it until it is authenticated. */
export type Found = Buffer | 'absent' | 'locked';

/**
 * Reads items of the files of one card.
 *
 * Cards differ in how READ RECORD names a record, and none says which way it takes. The tag comes first; a refusal or
 * a record with another tag than asked for turns to the number. The first mode that brings the right tag out of a
 * file where tag and number differ is the card's, and no further command is spent on finding out.
 */
export class RecordReader {
  readonly #slot: CardSlot;
  /** P1 of SELECT for a file, which cards differ in too: the first that the card takes is kept to. */
  #selectsBy: 0x00 | 0x02;
  #file: number | undefined;
  #mode: Mode = 'tag';
  #certain = false;
  /** Whether the records after the name move up, as they do on generation 1. */
  #first = false;

  constructor(slot: CardSlot, { selectsBy = 0x02 }: { readonly selectsBy?: 0x00 | 0x02 } = {}) {
    this.#slot = slot;
    this.#selectsBy = selectsBy;
  }

  /** Tells that the card is of generation 1, whose EF06 has no name extension. */
  expectFirstGeneration(): void {
    this.#first = true;
  }

  /** Selects a file. Answers whether it is there and may be read. Faults: those of the slot. */
  async select(file: number): Promise<'selected' | 'locked' | 'absent'> {
    for (const p1 of [this.#selectsBy, this.#selectsBy === 0x02 ? 0x00 : 0x02] as const) {
      const { sw } = await exchange(this.#slot, selectFile(file, p1), { fetch: false });
      if (sw === SW.locked) return 'locked';
      if (sw !== SW.done && sw >> 8 !== 0x61) continue;
      this.#selectsBy = p1;
      this.#file = file;
      return 'selected';
    }
    return 'absent';
  }

  /** Reads one item of the selected file. Faults: `card.refused` where the card answers anything else. */
  async read(item: Item): Promise<Found> {
    if (this.#file !== item.file) throw new Error('the item is of another file than the selected one');
    if (this.#certain) return this.#take(item, await this.#ask(item, this.#mode));
    for (const mode of otherLast(this.#mode)) {
      const answer = await this.#ask(item, mode);
      if (answer.sw === SW.locked) return 'locked';
      const record = answer.sw === SW.done || answer.sw === SW.endOfFile ? recordOf(answer.data) : undefined;
      if (record?.ok && record.value.tag === item.tag) {
        this.#mode = mode;
        this.#certain = this.#numberOf(item) !== item.tag;
        return record.value.value;
      }
      if (record?.ok && mode === 'number') return this.#other(item);
      if (!record && !MODE_REFUSALS.has(answer.sw)) return this.#take(item, answer);
    }
    return 'absent';
  }

  /**
   * Reads one of several records with the same tag, the first being number 1. By number where the card takes numbers;
   * otherwise the first by its tag, and from there on to the next of its kind (ISO/IEC 7816-4, READ RECORD).
   */
  async readOccurrence(item: Item, occurrence: number): Promise<Found> {
    if (occurrence === 1) return this.read(item);
    const length = lengthOf(item);
    const byNumber = await this.#transmit(item.number + occurrence - 1, 0x04, length);
    if (byNumber.sw === SW.locked) return 'locked';
    const found = valueIn(byNumber, item);
    if (found) return found;
    let answer = await this.#transmit(item.tag, 0x00, length);
    for (let at = 1; at < occurrence && valueIn(answer, item); at++) {
      answer = await this.#transmit(item.tag, 0x02, length);
    }
    return answer.sw === SW.locked ? 'locked' : (valueIn(answer, item) ?? 'absent');
  }

  /**
   * Writes one record of the selected file, in the way in which it was just read. Answers the card's status word.
   * By tag the file is named by its short identifier, as the cards' own issuers do it. A record that has a number only
   * is looked at once more, so that no other is overwritten.
   */
  async update(item: Item, occurrence: number, value: Buffer): Promise<number> {
    const byNumber = this.#mode === 'number' || occurrence > 1;
    const p1 = byNumber ? this.#numberOf(item) + occurrence - 1 : item.tag;
    if (occurrence > 1 && !valueIn(await this.#transmit(p1, 0x04, lengthOf(item)), item)) {
      return SW.recordNotFound;
    }
    const p2 = byNumber ? 0x04 : (item.file & 0x1f) << 3;
    const head = Buffer.of(0x00, 0xdc, p1, p2, value.length + 2, item.tag, value.length);
    return (await exchange(this.#slot, Buffer.concat([head, value]))).sw;
  }

  /** In number mode another tag came: the card counts its records the other way, or has no such record. */
  async #other(item: Item): Promise<Found> {
    if (item.number === item.numberInFirst) return 'absent';
    this.#first = !this.#first;
    const answer = await this.#ask(item, 'number');
    const again = recordOf(answer.data);
    if (!again.ok || again.value.tag !== item.tag) {
      this.#first = !this.#first;
      return 'absent';
    }
    this.#mode = 'number';
    this.#certain = true;
    return again.value.value;
  }

  async #take(item: Item, answer: CardAnswer): Promise<Found> {
    if (answer.sw === SW.locked) return 'locked';
    if (MODE_REFUSALS.has(answer.sw) || answer.sw === SW.dataNotFound) return 'absent';
    if (answer.sw !== SW.done && answer.sw !== SW.endOfFile) throw refusal(item, answer.sw);
    const record = recordOf(answer.data);
    if (!record.ok) throw refusal(item, answer.sw);
    if (record.value.tag === item.tag) return record.value.value;
    return this.#mode === 'number' ? this.#other(item) : 'absent';
  }

  /** The length is known, so the right one is asked for at once; 6700 is answered by "all there is". */
  async #ask(item: Item, mode: Mode): Promise<CardAnswer> {
    const p1 = mode === 'tag' ? item.tag : this.#numberOf(item);
    const p2 = mode === 'tag' ? 0x00 : 0x04;
    return this.#transmit(p1, p2, lengthOf(item));
  }

  async #transmit(p1: number, p2: 0x00 | 0x02 | 0x04, length: number): Promise<CardAnswer> {
    const answer = await exchange(this.#slot, readRecord(p1, p2, length));
    if (answer.sw !== SW.wrongLength) return answer;
    return exchange(this.#slot, readRecord(p1, p2, 0x00));
  }

  #numberOf(item: Item): number {
    return this.#first ? item.numberInFirst : item.number;
  }
}

/** Le: tag, length and value; all there is where the length is not known. */
function lengthOf({ valueBytes }: Item): number {
  return valueBytes === 0 ? 0 : valueBytes + 2;
}

/** The value of the record in an answer, where it is the item's. */
function valueIn({ sw, data }: CardAnswer, item: Item): Buffer | undefined {
  if (sw !== SW.done && sw !== SW.endOfFile) return undefined;
  const record = recordOf(data);
  return record.ok && record.value.tag === item.tag ? record.value.value : undefined;
}

function otherLast(mode: Mode): readonly Mode[] {
  return mode === 'tag' ? ['tag', 'number'] : ['number', 'tag'];
}

function refusal(item: Item, sw: number): Fault {
  return new Fault('card.refused', {
    facts: {
      sw: swText(sw),
      file: swText(item.file),
      tag: item.tag.toString(16).toUpperCase().padStart(2, '0'),
    },
  });
}
