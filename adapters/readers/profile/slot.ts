import type { CardSlot } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import type { Asker } from './ask.ts';

const STATUS_BYTES = 2;

/** A chip-card slot of a reader that a profile describes. `slot`: the bytes that name it. */
export function profileSlot(ask: Asker, slot: Buffer): CardSlot {
  return {
    async powerOn(timeoutMs) {
      const { outcome, data } = await ask('powerOn', timeoutMs, { slot });
      return outcome === 'ok' ? data : undefined;
    },
    async transmit(apdu, timeoutMs) {
      const { outcome, data } = await ask('transmit', timeoutMs, { slot, apdu });
      if (outcome === 'none') throw new Fault('card.removed', { detail: 'card command' });
      if (data.length < STATUS_BYTES) {
        throw new Fault('reader.protocol', { detail: 'card command: an answer without status' });
      }
      return data;
    },
    async powerOff(timeoutMs) {
      await ask('powerOff', timeoutMs, { slot });
    },
  };
}
