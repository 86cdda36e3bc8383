import { parse } from 'lossless-json';
import { chinaDigits } from '../../../../src/clock.ts';
import { isRecord } from '../envelope.ts';
import { parseExactly } from '../exact-json.ts';
import { canonicalJson, escaped, stringToSign, type Writing } from './canonical.ts';
import { type SigningKey, sign, verify } from './sm2.ts';
import { dataKeyOf, decrypt, encrypt } from './sm4.ts';

/** One application at one service: its name, its keys, and the manner of writing that the service wants. */
export interface Application extends Writing {
  readonly appId: string;
  readonly appSecret: string;
  readonly dataKey: Buffer;
  readonly signingKey: SigningKey;
  readonly platformKey: string;
  readonly encrypted: boolean;
  readonly timestamp: 'ms' | 's' | 'yyyyMMddHHmmss';
  readonly version: string;
  /** Fields of an answer that its signature leaves out. */
  readonly unsignedFields: readonly string[];
}

/** An application with the usual manner of writing, where nothing else is said. */
export function applicationOf(
  keys: Pick<Application, 'appId' | 'appSecret' | 'signingKey' | 'platformKey'>,
  manner: { readonly [K in keyof Manner]?: Manner[K] | undefined } = {},
): Application {
  return {
    ...keys,
    dataKey: dataKeyOf(keys.appId, keys.appSecret),
    encrypted: manner.encrypted ?? true,
    scalars: manner.scalars ?? 'native',
    chinese: manner.chinese ?? 'plain',
    timestamp: manner.timestamp ?? 'ms',
    version: manner.version ?? '1.0.0',
    unsignedFields: manner.unsignedFields ?? [],
  };
}

type Manner = Pick<
  Application,
  'encrypted' | 'scalars' | 'chinese' | 'timestamp' | 'version' | 'unsignedFields'
>;

/** Puts data (values as lossless-json reads them) into a signed message, as its JSON text. `at` is epoch ms. */
export function seal(data: unknown, at: number, application: Application): string {
  const { appId, appSecret, scalars, encrypted } = application;
  const head = {
    appId,
    encType: 'SM4',
    signType: 'SM2',
    timestamp: timestampOf(at, application),
    version: application.version,
  };
  const signData = sign(stringToSign({ ...head, data }, appSecret, scalars), application.signingKey);
  const json = canonicalJson(data, scalars) ?? '{}';
  const written = application.chinese === 'escaped' ? escaped(json) : json;
  const content = encrypted ? `"encData":"${encrypt(written, application.dataKey)}"` : `"data":${written}`;
  return `${JSON.stringify({ ...head, signData }).slice(0, -1)},${content}}`;
}

function timestampOf(at: number, { timestamp }: Application): string {
  switch (timestamp) {
    case 'ms':
      return String(at);
    case 's':
      return String(Math.floor(at / 1_000));
    case 'yyyyMMddHHmmss':
      return chinaDigits(at).slice(0, 14);
  }
}

/** What an answer says, and whether it is the platform's own word. Numbers are their source text. */
export interface Opened {
  /** Whether a signature holds. Nothing of a message without one is proved. */
  readonly signed: boolean;
  readonly code: string;
  /** Whether the signature covers the code. */
  readonly codeSigned: boolean;
  readonly message: string;
  readonly data: unknown;
}

export type Opening = Opened | { readonly fault: string };

/**
 * Reads an answer: decrypts it, and believes it only as far as its signature goes, which is over the decrypted data.
 * A signature that doesn't hold, a ciphertext that can't be read, another application's answer: a fault.
 */
export function open(text: string, application: Application): Opening {
  const outer = parseLossless(text);
  const exact = parseExactly(text);
  if (!isRecord(outer) || !isRecord(exact)) return { fault: '应答无法识别 / the answer cannot be read' };
  const content = contentOf(exact, outer, application);
  if ('fault' in content) return content;

  const { appSecret, scalars, unsignedFields, platformKey } = application;
  const signature = textIn(exact, 'signData');
  const signed =
    signature !== '' &&
    verify(
      stringToSign({ ...outer, data: content.toVerify }, appSecret, scalars, unsignedFields),
      signature,
      platformKey,
    );
  if (signature !== '' && !signed) return { fault: '应答签名不符 / the signature of the answer is wrong' };
  const appId = textIn(exact, 'appId');
  if (appId !== '' && appId !== application.appId) {
    return { fault: '应答的 appId 不属于本应用 / the answer is for another application' };
  }
  const codeField = Object.hasOwn(exact, 'code') ? 'code' : 'infcode';
  return {
    signed,
    code: textIn(exact, codeField).trim(),
    codeSigned: signed && !unsignedFields.includes(codeField),
    message: textIn(exact, 'message') || textIn(exact, 'err_msg'),
    data: content.data,
  };
}

/** The data of an answer, twice: as it is signed over, and with every number its text. */
function contentOf(
  exact: Record<string, unknown>,
  outer: Record<string, unknown>,
  { dataKey }: Application,
): { readonly data: unknown; readonly toVerify: unknown } | { readonly fault: string } {
  const encrypted = textIn(exact, 'encData');
  if (encrypted === '') return { data: exact.data, toVerify: outer.data };
  const json = decrypt(encrypted, dataKey);
  const data = json === undefined ? undefined : parseExactly(json);
  if (json === undefined || data === undefined) {
    return { fault: '应答无法解密 / the answer cannot be decrypted' };
  }
  return { data, toVerify: parseLossless(json) };
}

/** JSON with numbers that keep their text; `undefined` where it is none. */
export function parseLossless(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function textIn(record: Record<string, unknown>, name: string): string {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  return typeof value === 'string' ? value : '';
}
