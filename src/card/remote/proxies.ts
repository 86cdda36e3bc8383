import { Fault } from '../../errors.ts';
import type { CardSlot, OpenReader, PinPad, ResidentIdModule } from '../port.ts';
import { base64Of, bytesOf } from './base64.ts';
import type { Offers, SlotName } from './operations.ts';
import { toldOfWire } from './told.ts';
import type { RemoteUse } from './use.ts';

/**
 * A desk's reader as an open reader of the gateway. A whole reading is one message and its answer; everything else
 * goes call by call.
 */
export function openReaderOf(use: RemoteUse, offers: Offers): OpenReader {
  const slots = new Map<CardSlot, SlotName>();
  const slot = (name: SlotName): CardSlot => {
    const made = slotOf(use, name);
    slots.set(made, name);
    return made;
  };
  const sams = Array.from({ length: offers.sams }, (_, index) => slot(`sam-${index + 1}`));
  return {
    ...(offers.deviceNumber === undefined ? {} : { deviceNumber: offers.deviceNumber }),
    ...(offers.contact ? { slot: slot('contact') } : {}),
    ...(offers.contactless ? { contactless: slot('contactless') } : {}),
    ...(offers.sams > 0 ? { sams } : {}),
    ...(offers.residentId === 'none' ? {} : { residentId: residentIdOf(use, offers.residentId) }),
    ...(offers.codes
      ? {
          codes: {
            next: async (timeoutMs, signal) =>
              (await use.call({ op: 'next-code', timeoutMs: whole(timeoutMs) }, signal)).code,
          },
        }
      : {}),
    ...(offers.pinPad ? { pinPad: pinPadOf(use, slots) } : {}),
    ...(offers.library
      ? {
          library: {
            call: (name, args, timeoutMs) =>
              use.call({ op: 'library', name, args: [...args], timeoutMs: whole(timeoutMs) }),
          },
        }
      : {}),
    whole: {
      kinds: offers.kinds,
      read: async ({ accept, spot, timeoutMs, newAddress }, signal) => {
        const request = { accept: [...accept], spot, timeoutMs: whole(timeoutMs), newAddress };
        return toldOfWire(await use.call({ op: 'read', ...request }, signal));
      },
    },
    lost: use.ended.then(() => {}),
    close: async () => {},
  };
}

function slotOf(use: RemoteUse, slot: SlotName): CardSlot {
  return {
    async powerOn(timeoutMs) {
      return maybe(await use.call({ op: 'power-on', slot, timeoutMs: whole(timeoutMs) }));
    },
    async transmit(command, timeoutMs) {
      const ask = { op: 'transmit', slot, command: base64Of(command), timeoutMs: whole(timeoutMs) } as const;
      return bytesOf((await use.call(ask)).bytes);
    },
    async powerOff(timeoutMs) {
      await use.call({ op: 'power-off', slot, timeoutMs: whole(timeoutMs) });
    },
  };
}

function residentIdOf(use: RemoteUse, has: 'text' | 'text-and-new-address'): ResidentIdModule {
  return {
    async find(timeoutMs) {
      return (await use.call({ op: 'find-id', timeoutMs: whole(timeoutMs) })).found;
    },
    async read(timeoutMs) {
      const { text, photo } = await use.call({ op: 'read-id', timeoutMs: whole(timeoutMs) });
      return { text: bytesOf(text), photo: bytesOf(photo) };
    },
    ...(has === 'text'
      ? {}
      : {
          async readNewAddress(timeoutMs: number) {
            return maybe(await use.call({ op: 'read-new-address', timeoutMs: whole(timeoutMs) }));
          },
        }),
  };
}

function pinPadOf(use: RemoteUse, slots: ReadonlyMap<CardSlot, SlotName>): PinPad {
  return {
    async transmit(slot, { header, ...command }, timeoutMs, signal) {
      const name = slots.get(slot);
      if (name === undefined) throw new Fault('reader.unsupported', { detail: 'a slot of another reader' });
      const ask = { ...command, op: 'type-pin', slot: name, header: base64Of(header) } as const;
      return bytesOf((await use.call({ ...ask, timeoutMs: whole(timeoutMs) }, signal)).bytes);
    },
  };
}

function maybe({ bytes }: { readonly bytes?: string }): Buffer | undefined {
  return bytes === undefined ? undefined : bytesOf(bytes);
}

/** Time left to a deadline may be less than nothing, or a fraction. */
function whole(timeoutMs: number): number {
  return Math.max(0, Math.ceil(timeoutMs));
}
