import type { CardSlot } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { protocolOf, tpduOf } from '../ccid-serial/tpdu.ts';
import { command as codes, parameter, slots, status } from './frame.ts';
import type { HdReply } from './reply.ts';
import type { HdTalk } from './talk.ts';

const STATUS_BYTES = 2;

/** One slot of an HD reader: the patient's card, or a security module. */
export class HdSlot implements CardSlot {
  readonly #talk: HdTalk;
  readonly #slot: number;
  #protocol = 0;

  constructor(talk: HdTalk, slot: number) {
    this.#talk = talk;
    this.#slot = slot;
  }

  async powerOn(timeoutMs: number): Promise<Buffer | undefined> {
    const rest = Buffer.of(this.#slot, parameter.reset);
    const reply = await this.#talk.ask({ what: 'power on', code: codes.reset, rest, timeoutMs });
    if (reply.status !== status.ok) {
      if (await this.#isEmpty(timeoutMs)) return undefined;
      throw faultOf('power on', reply);
    }
    if (reply.data.length < STATUS_BYTES) {
      throw new Fault('reader.protocol', { detail: 'power on: no answer to reset' });
    }
    this.#protocol = protocolOf(reply.data);
    return reply.data;
  }

  async transmit(command: Buffer, timeoutMs: number): Promise<Buffer> {
    const what = 'card command';
    const tpdu = tpduOf(command, this.#protocol);
    const rest = Buffer.concat([Buffer.of(this.#slot, parameter.apdu), tpdu]);
    const reply = await this.#talk.ask({ what, code: codes.apdu, rest, timeoutMs });
    if (reply.status !== status.ok) {
      if (this.#slot === slots.main && (await this.#isEmpty(timeoutMs))) {
        throw new Fault('card.removed', { detail: what });
      }
      throw faultOf(what, reply);
    }
    if (reply.data.length < STATUS_BYTES) {
      throw new Fault('reader.protocol', { detail: `${what}: an answer without status` });
    }
    return reply.data;
  }

  /** The command names no slot: it is the patient's card that goes off. */
  async powerOff(timeoutMs: number): Promise<void> {
    if (this.#slot !== slots.main) return;
    const reply = await this.#talk.ask({ what: 'power off', code: codes.powerOff, timeoutMs });
    if (reply.status !== status.ok && !(await this.#isEmpty(timeoutMs))) throw faultOf('power off', reply);
  }

  /**
   * Whether a card is in can only be asked of the main slot, and perhaps not of every model: what doesn't answer and
   * isn't said to be there is taken for absent.
   */
  async #isEmpty(timeoutMs: number): Promise<boolean> {
    if (this.#slot !== slots.main) return true;
    const reply = await this.#talk.ask({ what: 'card status', code: codes.cardStatus, timeoutMs });
    return reply.status !== status.ok && reply.status !== status.noPower;
  }
}

/** No status but those of the table is known; a card that doesn't answer is the likeliest reason for any. */
function faultOf(what: string, reply: HdReply): Fault {
  const facts = { status: reply.status.toString(16).padStart(2, '0') };
  const reason = reply.status === status.cardMute ? 'the card does not answer' : 'the reader failed';
  return new Fault('card.refused', { detail: `${what}: ${reason}`, facts });
}
