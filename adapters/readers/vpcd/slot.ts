import type { CardSlot } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import type { CardConnection } from './connection.ts';
import { control } from './message.ts';

/** CLA INS P1 P2: anything shorter would be taken for a control byte. */
const COMMAND_BYTES_MIN = 4;
const COMMAND_BYTES_MAX = 0xffff;

const ATR_BYTES_MIN = 2;
const STATUS_BYTES = 2;

/** The slot of a virtual reader; whatever is connected is the card in it. */
export class VpcdSlot implements CardSlot {
  #card: CardConnection | undefined;
  /** The card that has power: a card that took its place must not get the rest of its commands. */
  #powered: CardConnection | undefined;

  /** Puts a card in, in place of one that is there: the former may be half-open, and never know that it is gone. */
  insert(card: CardConnection): void {
    this.remove();
    this.#card = card;
  }

  remove(): void {
    this.#card?.end();
    this.#card = undefined;
  }

  async powerOn(timeoutMs: number): Promise<Buffer | undefined> {
    const card = this.#card;
    if (!card || card.ended) return undefined;
    card.tell(card === this.#powered ? control.reset : control.on);
    this.#powered = card;
    const atr = await answerToReset(card, timeoutMs);
    if (atr.length < ATR_BYTES_MIN) {
      throw new Fault('reader.protocol', { detail: 'power on: an answer to reset of no length' });
    }
    return atr;
  }

  async transmit(command: Buffer, timeoutMs: number): Promise<Buffer> {
    if (command.length < COMMAND_BYTES_MIN || command.length > COMMAND_BYTES_MAX) {
      throw new Fault('reader.unsupported', { detail: `a command of ${command.length} bytes` });
    }
    if (!this.#powered) throw new Fault('card.removed', { detail: 'card command: no card has power' });
    const answer = await this.#powered.ask('card command', command, timeoutMs);
    if (answer.length < STATUS_BYTES) {
      throw new Fault('reader.protocol', { detail: 'card command: an answer without status' });
    }
    return answer;
  }

  async powerOff(): Promise<void> {
    if (this.#powered && !this.#powered.ended) this.#powered.tell(control.off);
    this.#powered = undefined;
  }
}

/** Something that is connected and doesn't answer is no card; its connection has been ended. */
async function answerToReset(card: CardConnection, timeoutMs: number): Promise<Buffer> {
  try {
    return await card.ask('answer to reset', control.atr, timeoutMs);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'reader.silent') throw error;
    throw new Fault('card.removed', { detail: error.context.detail ?? 'answer to reset' }, error);
  }
}
