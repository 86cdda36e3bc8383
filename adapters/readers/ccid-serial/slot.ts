import type { CardSlot } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { type CcidMessage, messageType } from './frame.ts';
import { BAD_POWER_SELECT, faultOf, isCardAbsent, isFailed } from './status.ts';
import type { CcidStep } from './step.ts';
import { protocolOf, tpduOf } from './tpdu.ts';

/** bPowerSelect: the voltages in the order of ISO/IEC 7816-3 classes A and B, then the reader's own choice. */
const POWER_5V = 1;
const POWER_3V = 2;
const POWER_AUTOMATIC = 0;

const STATUS_BYTES = 2;

/** What a slot asks of its reader: everything but which slot it is. */
type SlotStep = Omit<CcidStep, 'slot'>;

/** A slot of a CCID reader: for the patient's card, or for a security module. */
export class CcidSlot implements CardSlot {
  readonly #ask: (step: SlotStep) => Promise<CcidMessage>;
  #protocol = 0;

  constructor(ask: (step: SlotStep) => Promise<CcidMessage>) {
    this.#ask = ask;
  }

  async powerOn(timeoutMs: number): Promise<Buffer | undefined> {
    let message: CcidMessage | undefined;
    for (const voltage of [POWER_5V, POWER_3V, POWER_AUTOMATIC]) {
      // What a second voltage can't mend is not worth a third.
      if (voltage === POWER_AUTOMATIC && message?.error !== BAD_POWER_SELECT) break;
      message = await this.#powerOnAt(voltage, timeoutMs);
      if (message === undefined || isCardAbsent(message)) return undefined;
      if (isFailed(message)) continue;
      this.#protocol = protocolOf(message.data);
      return message.data;
    }
    throw faultOf('power on', message!);
  }

  async transmit(command: Buffer, timeoutMs: number): Promise<Buffer> {
    const data = tpduOf(command, this.#protocol);
    const message = await this.#step({ what: 'card command', type: messageType.xfrBlock, data, timeoutMs });
    if (message === undefined) throw new Fault('card.removed', { detail: 'card command' });
    if (isFailed(message)) throw faultOf('card command', message);
    if (message.data.length < STATUS_BYTES) {
      throw new Fault('reader.protocol', { detail: 'card command: an answer without status' });
    }
    return message.data;
  }

  async powerOff(timeoutMs: number): Promise<void> {
    const message = await this.#step({ what: 'power off', type: messageType.iccPowerOff, timeoutMs });
    if (message !== undefined && isFailed(message) && !isCardAbsent(message))
      throw faultOf('power off', message);
  }

  async present(timeoutMs: number): Promise<boolean> {
    const message = await this.#step({ what: 'slot status', type: messageType.getSlotStatus, timeoutMs });
    return message !== undefined && !isCardAbsent(message);
  }

  #powerOnAt(voltage: number, timeoutMs: number): Promise<CcidMessage | undefined> {
    const parameters = [voltage, 0, 0] as const;
    return this.#step({ what: 'power on', type: messageType.iccPowerOn, parameters, timeoutMs });
  }

  /** Nothing where the answer got lost because a card came or went meanwhile. */
  async #step(step: SlotStep): Promise<CcidMessage | undefined> {
    let slotChanged = false;
    const onSlotChange = () => {
      slotChanged = true;
    };
    try {
      return await this.#ask({ ...step, onSlotChange });
    } catch (error) {
      if (slotChanged && error instanceof Fault && error.code !== 'reader.lost') return undefined;
      throw error;
    }
  }
}
