import type { PinCommand } from '../../src/card/port.ts';
import { Fault } from '../../src/errors.ts';

/** How often the holder types: once, or the old PIN and twice the new one. */
export function entriesOf({ kind }: PinCommand): number {
  return kind === 'change' ? 3 : 1;
}

/** Fault `pin.length`. A PIN is one byte for each digit. */
export function checkLength(pin: Buffer, { digitsMin, digitsMax }: PinCommand): void {
  if (pin.length < digitsMin || pin.length > digitsMax) throw new Fault('pin.length');
}

/**
 * The command for the card: `header ‖ Lc ‖ PIN`, or `header ‖ Lc ‖ old ‖ FF ‖ new` (LD/T 32.5). The caller wipes it.
 * Fault `pin.differs` where the new PIN was typed differently the second time.
 */
export function pinCommandBytes({ kind, header }: PinCommand, pins: readonly Buffer[]): Buffer {
  const [pin, wanted, again] = pins as [Buffer, Buffer, Buffer];
  if (kind === 'verify') return commandOf(header, packed(pin));
  if (!wanted.equals(again)) throw new Fault('pin.differs');
  return commandOf(header, packed(pin), Buffer.of(0xff), packed(wanted));
}

/** Wipes the parts. */
function commandOf(header: Buffer, ...parts: Buffer[]): Buffer {
  const dataBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const command = Buffer.concat([header, Buffer.of(dataBytes), ...parts]);
  for (const part of parts) part.fill(0);
  return command;
}

/** Packed BCD, an odd count padded F. */
function packed(pin: Buffer): Buffer {
  const bytes = Buffer.alloc(Math.ceil(pin.length / 2), 0xff);
  for (const [index, digit] of pin.entries()) {
    const at = index >> 1;
    bytes[at] = index % 2 === 0 ? (digit << 4) | 0x0f : (bytes[at]! & 0xf0) | digit;
  }
  return bytes;
}
