import type { ResidentIdModule } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import type { Asker } from './ask.ts';
import type { CommandName } from './profile.ts';

const TEXT_BYTES = 256;

/** The module for resident ID cards in a reader that a profile describes. */
export function profileResidentId(ask: Asker, has: (name: CommandName) => boolean): ResidentIdModule {
  return {
    async find(timeoutMs) {
      if ((await ask('find', timeoutMs)).outcome === 'none') return false;
      if (!has('select')) return true;
      // A card that is found and can't be selected is on its way in or out: there is none yet, or none any more.
      return (await ask('select', timeoutMs)).outcome === 'ok';
    },
    async read(timeoutMs) {
      const { data } = await ask('read', timeoutMs);
      const blocks = decodeBlocks(data);
      if (blocks?.text.length !== TEXT_BYTES) {
        throw new Fault('reader.protocol', {
          detail: 'read card: the lengths of text and photo do not hold',
        });
      }
      return blocks;
    },
    ...(has('readNewAddress') && {
      async readNewAddress(timeoutMs: number) {
        const { outcome, data } = await ask('readNewAddress', timeoutMs);
        return outcome === 'ok' ? data : undefined;
      },
    }),
  };
}

/**
 * Text and photo of a read. The lengths stand before them, two bytes each; whether a third one, of a fingerprint,
 * follows is told by the length of the whole alone. Undefined where the lengths don't add up.
 */
export function decodeBlocks(data: Buffer): { text: Buffer; photo: Buffer } | undefined {
  if (data.length < 4) return undefined;
  const textBytes = data.readUInt16BE(0);
  const photoBytes = data.readUInt16BE(2);
  const start = [
    { headBytes: 4, fingerprintBytes: 0 },
    { headBytes: 6, fingerprintBytes: data.length >= 6 ? data.readUInt16BE(4) : 0 },
  ].find(
    (form) => form.headBytes + textBytes + photoBytes + form.fingerprintBytes === data.length,
  )?.headBytes;
  if (start === undefined) return undefined;
  return {
    text: data.subarray(start, start + textBytes),
    photo: data.subarray(start + textBytes, start + textBytes + photoBytes),
  };
}

/**
 * The sixteen bytes that name a module as people write them: 05.01-20260101-0000000001-0000000001. Two fields of two
 * bytes and three of four, little-endian (GA 467).
 */
export function samIdText(bytes: Buffer): string {
  const two = (at: number) => String(bytes.readUInt16LE(at)).padStart(2, '0');
  const ten = (at: number) => String(bytes.readUInt32LE(at)).padStart(10, '0');
  return `${two(0)}.${two(2)}-${bytes.readUInt32LE(4)}-${ten(8)}-${ten(12)}`;
}
