import { createCipheriv, createDecipheriv } from 'node:crypto';

const KEY_BYTES = 16;

/**
 * The key that both ends derive: the first 16 characters of the secret encrypted under the application's id, in upper
 * hex. `appId` has at least 16 characters.
 */
export function dataKeyOf(appId: string, appSecret: string): Buffer {
  const key = Buffer.from(appId).subarray(0, KEY_BYTES);
  return Buffer.from(encrypt(appSecret, key).slice(0, KEY_BYTES));
}

/** SM4-ECB with PKCS#7 padding, in upper hex. */
export function encrypt(text: string, key: Buffer): string {
  const cipher = createCipheriv('sm4-ecb', key, null);
  return Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    .toString('hex')
    .toUpperCase();
}

/** The text that was encrypted; `undefined` where it isn't hex, its padding is wrong, or it isn't text. */
export function decrypt(hex: string, key: Buffer): string | undefined {
  if (!/^([0-9a-fA-F]{32})+$/.test(hex)) return undefined;
  const decipher = createDecipheriv('sm4-ecb', key, null);
  try {
    const bytes = Buffer.concat([decipher.update(hex, 'hex'), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
