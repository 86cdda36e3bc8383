import { createCipheriv, createDecipheriv } from 'node:crypto';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { sm2 } from 'sm-crypto-v2';
import type { SmEnvelope } from './port.ts';

/**
 * The SM2/SM4 envelope as the sandbox's centres open and seal it, written apart from the gateway's own so that one can
 * prove the other: sorted fields as k=v, data without what is empty, `&key=` and the secret, SM2 with SM3; SM4-ECB.
 */
export class VirtualEnvelope {
  readonly #keys: SmEnvelope;
  readonly #dataKey: Buffer;

  constructor(keys: SmEnvelope) {
    this.#keys = keys;
    const first = cipher(keys.appSecret, Buffer.from(keys.appId.slice(0, 16)));
    this.#dataKey = Buffer.from(first.slice(0, 16));
  }

  /** The data of a request and whether it came encrypted; a text where it is none of ours, in the words of a refusal. */
  open(text: string): { readonly data: unknown; readonly encrypted: boolean } | string {
    try {
      const message = parse(text) as Record<string, unknown>;
      if (message.appId !== this.#keys.appId) return '应用未登记';
      const encrypted = typeof message.encData === 'string';
      const data = encrypted ? parse(this.#decipher(String(message.encData))) : message.data;
      const signature = Buffer.from(String(message.signData), 'base64').toString('hex');
      const signed = this.#textOf({ ...message, data });
      const holds = sm2.doVerifySignature(signed, signature, this.#keys.clinicPublicKey, OPTIONS);
      return holds ? { data, encrypted } : '验签失败';
    } catch {
      return '报文无法解析';
    }
  }

  /** A signed answer. */
  seal(answer: { code: number; message: string; data: unknown }, encrypted: boolean, now: number): string {
    const { appId, privateKey } = this.#keys;
    const { data, ...said } = answer;
    const head = {
      appId,
      encType: 'SM4',
      signType: 'SM2',
      timestamp: String(now),
      version: '1.0.0',
      ...said,
      success: said.code === 0,
    };
    const hex = sm2.doSignature(this.#textOf({ ...head, data }), privateKey, OPTIONS);
    const signData = Buffer.from(hex, 'hex').toString('base64');
    const json = stringify(withoutEmpty(data)) ?? '{}';
    const content = encrypted ? { encData: cipher(json, this.#dataKey) } : { data: withoutEmpty(data) };
    return stringify({ ...head, signData, ...content }) ?? '';
  }

  #textOf(message: Record<string, unknown>): string {
    const fields = Object.entries(message)
      .filter(([name]) => !['signData', 'encData', 'extra'].includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, withoutEmpty(value)] as const)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : stringify(value)}`);
    return `${fields.join('&')}&key=${this.#keys.appSecret}`;
  }

  #decipher(hex: string): string {
    const decipher = createDecipheriv('sm4-ecb', this.#dataKey, null);
    return decipher.update(hex, 'hex', 'utf8') + decipher.final('utf8');
  }
}

const OPTIONS = { hash: true, der: false, userId: '1234567812345678' };

function cipher(text: string, key: Buffer): string {
  const sm4 = createCipheriv('sm4-ecb', key, null);
  return (sm4.update(text, 'utf8', 'hex') + sm4.final('hex')).toUpperCase();
}

/** Sorted by key, without null, "", {} and []. */
function withoutEmpty(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'object' || isLosslessNumber(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
