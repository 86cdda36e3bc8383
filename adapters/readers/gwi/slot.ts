import type { CardSlot } from '../../../src/card/port.ts';
import { protocolOf, tpduOf } from '../ccid-serial/tpdu.ts';
import type { Requester } from '../requester.ts';
import {
  cardCommand,
  faultOf,
  type GwiCommand,
  isFailed,
  isNoCard,
  powerOff,
  powerOn,
  requestOf,
} from './command.ts';
import type { GwiReply } from './frame.ts';

/** A reader was seen to take 5.6 s to find a slot empty. */
const EMPTY_SLOT_MS = 7_000;

/** One slot of a GWI reader: the patient's card, or a security module. */
export class GwiSlot implements CardSlot {
  readonly #requester: Requester<GwiReply>;
  readonly #slot: number;
  #protocol = 0;

  constructor(requester: Requester<GwiReply>, slot: number) {
    this.#requester = requester;
    this.#slot = slot;
  }

  /** May take longer than asked where the slot is empty: giving up on the reader then would take longer still. */
  async powerOn(timeoutMs: number): Promise<Buffer | undefined> {
    const reply = await this.#ask(powerOn(this.#slot), Math.max(timeoutMs, EMPTY_SLOT_MS));
    if (isNoCard(reply)) return undefined;
    if (isFailed(reply)) throw faultOf('power on', reply);
    this.#protocol = protocolOf(reply.data);
    return reply.data;
  }

  async transmit(command: Buffer, timeoutMs: number): Promise<Buffer> {
    const step = cardCommand(this.#slot, tpduOf(command, this.#protocol));
    const reply = await this.#ask(step, timeoutMs);
    if (isFailed(reply)) throw faultOf(step.what, reply);
    return reply.data;
  }

  async powerOff(timeoutMs: number): Promise<void> {
    const reply = await this.#ask(powerOff(this.#slot), timeoutMs);
    if (isFailed(reply) && !isNoCard(reply)) throw faultOf('power off', reply);
  }

  /** Wipes what it sent: there may be a PIN in it. */
  async #ask(command: GwiCommand, timeoutMs: number): Promise<GwiReply> {
    const request = requestOf(command, timeoutMs);
    command.bytes.fill(0);
    try {
      return await this.#requester.ask(request);
    } finally {
      request.bytes.fill(0);
    }
  }
}
