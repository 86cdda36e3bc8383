import { performance } from 'node:perf_hooks';
import type { CardSlot, PinCommand, PinPad } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { checkLength, entriesOf, pinCommandBytes } from '../pin.ts';
import type { Requester } from '../requester.ts';
import { isFailed, requestOf, typePin } from './command.ts';
import type { GwiReply } from './frame.ts';

const CARD_TIMEOUT_MS = 3_000;
const STATUS_BYTES = 2;

/**
 * The keys of a GWI reader. How it could be told to stop waiting for them is not known, so a typing that is called off
 * ends with the line: the reader is opened anew once its own waiting is over.
 */
export class GwiPinPad implements PinPad {
  readonly #requester: Requester<GwiReply>;

  constructor(requester: Requester<GwiReply>) {
    this.#requester = requester;
  }

  async transmit(
    slot: CardSlot,
    command: PinCommand,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const deadline = performance.now() + timeoutMs;
    const pins: Buffer[] = [];
    try {
      while (pins.length < entriesOf(command)) {
        const pin = await this.#typed(Math.max(1, deadline - performance.now()), signal);
        pins.push(pin);
        checkLength(pin, command);
      }
      const bytes = pinCommandBytes(command, pins);
      try {
        const answer = await slot.transmit(bytes, CARD_TIMEOUT_MS);
        return answer.subarray(-STATUS_BYTES);
      } finally {
        bytes.fill(0);
      }
    } finally {
      for (const pin of pins) pin.fill(0);
    }
  }

  async #typed(timeoutMs: number, signal: AbortSignal): Promise<Buffer> {
    if (signal.aborted) throw new Fault('pin.cancelled');
    const callOff = () => void this.#requester.line.close();
    signal.addEventListener('abort', callOff, { once: true });
    try {
      const reply = await this.#requester.ask(requestOf(typePin, timeoutMs));
      // The codes are not known; what else than the holder's own "cancel" would make a pad end early?
      if (isFailed(reply)) {
        throw new Fault('pin.cancelled', { facts: { status: reply.status.toString(16).padStart(4, '0') } });
      }
      return reply.data;
    } catch (error) {
      if (signal.aborted) throw new Fault('pin.cancelled', {}, error);
      if (error instanceof Fault && error.code === 'reader.silent') throw new Fault('pin.timeout', {}, error);
      throw error;
    } finally {
      signal.removeEventListener('abort', callOff);
    }
  }
}
