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
  #file: number | undefined;
  #mode: Mode = 'tag';
  #certain = false;
  /** Whether the records after the name move up, as they do on generation 1. */
  #first = false;

  constructor(slot: CardSlot) {
    this.#slot = slot;
  }

  /** Tells that the card is of generation 1, whose EF06 has no name extension. */
  expectFirstGeneration(): void {
    this.#first = true;
  }

  /** Selects a file. Answers whether it is there and may be read. Faults: those of the slot. */
  async select(file: number): Promise<'selected' | 'locked' | 'absent'> {
    let answer = await exchange(this.#slot, selectFile(file, 0x02), { fetch: false });
    if (answer.sw !== SW.done && answer.sw >> 8 !== 0x61 && answer.sw !== SW.locked) {
      answer = await exchange(this.#slot, selectFile(file, 0x00), { fetch: false });
    }
    if (answer.sw === SW.locked) return 'locked';
    if (answer.sw !== SW.done && answer.sw >> 8 !== 0x61) return 'absent';
    this.#file = file;
    return 'selected';
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
    const answer = await exchange(this.#slot, readRecord(p1, p2, item.valueBytes + 2));
    if (answer.sw !== SW.wrongLength) return answer;
    return exchange(this.#slot, readRecord(p1, p2, 0x00));
  }

  #numberOf(item: Item): number {
    return this.#first ? item.numberInFirst : item.number;
  }
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
