import { sm2 } from 'sm-crypto-v2';

/** The user id that both ends put into every signature (GB/T 35276). */
const USER_ID = '1234567812345678';

const SIGNATURE_BYTES = 64;

/** A key pair of ours; the public key spares computing it for every signature. */
export interface SigningKey {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Reads a private key, 32 bytes in hex or base64, where it may begin with a zero byte. `undefined` if it is none. */
export function signingKeyOf(text: string): SigningKey | undefined {
  const bytes = keyBytes(text);
  const key = bytes?.length === 33 && bytes[0] === 0 ? bytes.subarray(1) : bytes;
  if (key?.length !== 32) return undefined;
  const privateKey = key.toString('hex');
  try {
    const publicKey = sm2.getPublicKeyFromPrivateKey(privateKey);
    return sm2.verifyPublicKey(publicKey) ? { privateKey, publicKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a public key, x and y in hex or base64, with or without the 04 before them. `undefined` if it is none. */
export function publicKeyOf(text: string): string | undefined {
  const bytes = keyBytes(text);
  const point = bytes?.length === 64 ? Buffer.concat([Buffer.of(4), bytes]) : bytes;
  if (point?.length !== 65 || point[0] !== 4) return undefined;
  const publicKey = point.toString('hex');
  try {
    return sm2.verifyPublicKey(publicKey) ? publicKey : undefined;
  } catch {
    return undefined;
  }
}

function keyBytes(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^([0-9a-fA-F]{2})+$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  return /^[0-9A-Za-z+/]+={0,2}$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : undefined;
}

/** SM2 with SM3 over the text, r and s after each other, in base64. */
export function sign(text: string, { privateKey, publicKey }: SigningKey): string {
  const hex = sm2.doSignature(text, privateKey, { hash: true, der: false, userId: USER_ID, publicKey });
  return Buffer.from(hex, 'hex').toString('base64');
}

/** Whether a signature of the form of `sign` holds; rubbish doesn't. */
export function verify(text: string, signature: string, publicKey: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.length !== SIGNATURE_BYTES) return false;
  try {
    const options = { hash: true, der: false, userId: USER_ID };
    return sm2.doVerifySignature(text, bytes.toString('hex'), publicKey, options);
  } catch {
    return false;
  }
}
