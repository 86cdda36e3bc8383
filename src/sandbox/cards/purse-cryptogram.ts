import { createCipheriv } from 'node:crypto';

/**
 * The cryptograms of the PBOC electronic purse, for the sandbox's card, PSAM and host. The gateway itself has no keys of
 * a purse and computes none of them: keys are in the card, in the PSAM and at the issuer's host.
 */

/** The key that the published vectors are made with. */
export const TEST_KEY = Buffer.from('11223344556677888877665544332211', 'hex');

const BLOCK_BYTES = 8;
const MAC_BYTES = 4;

/** Two-key triple DES of one block. */
function tripleDes(key: Buffer, block: Buffer): Buffer {
  return encrypted('des-ede3', Buffer.concat([key, key.subarray(0, BLOCK_BYTES)]), null, block);
}

/** Single DES is no cipher of its own in OpenSSL any more; triple DES with one key three times is the same. */
function singleDesCbc(key: Buffer, blocks: Buffer): Buffer {
  return encrypted('des-ede3-cbc', Buffer.concat([key, key, key]), Buffer.alloc(BLOCK_BYTES), blocks);
}

function encrypted(cipher: string, key: Buffer, initial: Buffer | null, blocks: Buffer): Buffer {
  return createCipheriv(cipher, key, initial).setAutoPadding(false).update(blocks);
}

/** Single-DES CBC from zero, padded 80 00…; the left four bytes of the last block. */
function macOf(key: Buffer, data: Buffer): Buffer {
  const padded = Buffer.alloc((Math.floor(data.length / BLOCK_BYTES) + 1) * BLOCK_BYTES);
  data.copy(padded);
  padded[data.length] = 0x80;
  return singleDesCbc(key, padded).subarray(-BLOCK_BYTES).subarray(0, MAC_BYTES);
}

/** SESPK: over the card's random(4), its sequence(2), the last two bytes of the terminal's sequence(4). */
export function purchaseSessionKey(
  key: Buffer,
  random: Buffer,
  sequence: Buffer,
  terminalSequence: Buffer,
): Buffer {
  return tripleDes(key, Buffer.concat([random, sequence, terminalSequence.subarray(2)]));
}

/** SESLK: over the card's random(4), its sequence(2), 8000. */
export function loadSessionKey(key: Buffer, random: Buffer, sequence: Buffer): Buffer {
  return tripleDes(key, Buffer.concat([random, sequence, Buffer.of(0x80, 0x00)]));
}

/** What MACs are made over: fields as they go over the wire. */
export interface MacFields {
  readonly amount: Buffer;
  readonly type: number;
  readonly terminal: Buffer;
  /** Date(4) and time(3). */
  readonly stamp: Buffer;
}

export function purchaseMac1(session: Buffer, { amount, type, terminal, stamp }: MacFields): Buffer {
  return macOf(session, Buffer.concat([amount, Buffer.of(type), terminal, stamp]));
}

export function purchaseMac2(session: Buffer, { amount }: Pick<MacFields, 'amount'>): Buffer {
  return macOf(session, amount);
}

export function loadMac1(
  session: Buffer,
  { balance, amount, type, terminal }: Omit<MacFields, 'stamp'> & { readonly balance: Buffer },
): Buffer {
  return macOf(session, Buffer.concat([balance, amount, Buffer.of(type), terminal]));
}

export function loadMac2(session: Buffer, { amount, type, terminal, stamp }: MacFields): Buffer {
  return macOf(session, Buffer.concat([amount, Buffer.of(type), terminal, stamp]));
}

/** Left half XOR right half. */
function tacKeyOf(key: Buffer): Buffer {
  const [left, right] = [key.subarray(0, BLOCK_BYTES), key.subarray(BLOCK_BYTES)];
  return Buffer.from(left.map((byte, at) => byte ^ right[at]!));
}

/** Over amount, type, terminal, the terminal's sequence, date and time. */
export function purchaseTac(key: Buffer, fields: MacFields, terminalSequence: Buffer): Buffer {
  const { amount, type, terminal, stamp } = fields;
  const data = Buffer.concat([amount, Buffer.of(type), terminal, terminalSequence, stamp]);
  return macOf(tacKeyOf(key), data);
}

/** Over the balance afterwards, the card's sequence, amount, type, terminal, date and time. */
export function loadTac(key: Buffer, fields: MacFields, balance: Buffer, sequence: Buffer): Buffer {
  const { amount, type, terminal, stamp } = fields;
  return macOf(tacKeyOf(key), Buffer.concat([balance, sequence, amount, Buffer.of(type), terminal, stamp]));
}
