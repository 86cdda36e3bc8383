import { Fault } from '../../../src/errors.ts';

/** A command with 255 bytes of data and Le; longer ones do not fit these readers' messages. */
const COMMAND_BYTES_MAX = 4 + 1 + 255 + 1;

/**
 * The protocol a card offers first in its answer to reset (ISO/IEC 7816-3, 8.2.3): 0 unless TD1 names another.
 */
export function protocolOf(atr: Buffer): number {
  const t0 = atr[1];
  if (t0 === undefined || (t0 & 0x80) === 0) return 0;
  const before = [0x10, 0x20, 0x40].filter((bit) => (t0 & bit) !== 0).length;
  return (atr[2 + before] ?? 0) & 0x0f;
}

/**
 * A command as it goes to a card. T=0 has five header bytes always and no Le after data (ISO/IEC 7816-3, 12.1.1):
 * what the card then holds ready it announces by 61xx. Other protocols take the command as it is.
 */
export function tpduOf(command: Buffer, protocol: number): Buffer {
  if (command.length < 4 || command.length > COMMAND_BYTES_MAX) {
    throw new Fault('reader.unsupported', { detail: `a command of ${command.length} bytes` });
  }
  if (protocol !== 0) return command;
  if (command.length === 4) return Buffer.concat([command, Buffer.of(0)]);
  const dataBytes = command[4]!;
  return command.length === 5 + dataBytes + 1 && dataBytes > 0 ? command.subarray(0, -1) : command;
}
