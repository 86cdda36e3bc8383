import {
  createCipheriv,
  createHash,
  createHmac,
  createSecretKey,
  getCiphers,
  getHashes,
  type KeyObject,
} from 'node:crypto';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';

/** Makes the headers that prove to the platform's gateway who sends a request. */
export type Signer = (infno: string, at: number, nonce: string) => Record<string, string>;

/** @param secret the paas secret of a TIF gateway, the secret key of a CSB or the API key; unused without signing. */
export function signerOf(signing: NhsaConfiguration['signing'], secret: string): Signer {
  switch (signing.kind) {
    case 'tif':
      return (_infno, at, nonce) => {
        const timestamp = String(Math.floor(at / 1_000));
        return {
          'x-tif-paasid': signing.paasId,
          'x-tif-timestamp': timestamp,
          'x-tif-nonce': nonce,
          'x-tif-signature': tifSignature(timestamp, secret, nonce),
          ...(signing.serviceId === undefined ? {} : { 'x-tif-serviceId': signing.serviceId }),
        };
      };
    case 'csb': {
      const key = createSecretKey(Buffer.from(secret));
      return (infno, at) => {
        const signed = {
          _api_access_key: signing.accessKey,
          _api_name: infno,
          _api_timestamp: String(at),
          _api_version: signing.apiVersion,
        };
        return { ...signed, _api_signature: csbSignature(signed, key) };
      };
    }
    case 'plain':
      return () => ({ apikey: secret });
    case 'none':
      return () => ({});
  }
}

/** Hex SHA-256 of timestamp (s), secret, nonce and timestamp again. */
export function tifSignature(timestamp: string, secret: string, nonce: string): string {
  return createHash('sha256')
    .update(timestamp + secret + nonce + timestamp)
    .digest('hex');
}

/** Base64 HMAC-SHA1 of the sorted headers, written k=v and joined by &. */
export function csbSignature(
  headers: Readonly<Record<string, string>>,
  secretKey: string | KeyObject,
): string {
  const text = Object.keys(headers)
    .sort()
    .map((name) => `${name}=${headers[name]}`)
    .join('&');
  return createHmac('sha1', secretKey).update(text).digest('base64');
}

const SM3_ABC = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
const SM4_EXAMPLE = '0123456789abcdeffedcba9876543210';
const SM4_ENCRYPTED = '681edf34d206965e86b3e94f536e4246';

/**
 * Tries SM3 and SM4 on the examples of GB/T 32905 and GB/T 32907. A Node without them (FIPS builds, some
 * distributions) must fail when the gateway starts, not at the first payment.
 */
export function assertChineseCryptography(): void {
  if (!getHashes().includes('sm3') || !getCiphers().includes('sm4-ecb')) throw missing('SM3/SM4');
  if (createHash('sm3').update('abc').digest('hex') !== SM3_ABC) throw missing('SM3');
  const key = Buffer.from(SM4_EXAMPLE, 'hex');
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const encrypted = Buffer.concat([cipher.update(key), cipher.final()]);
  if (encrypted.toString('hex') !== SM4_ENCRYPTED) throw missing('SM4');
}

function missing(algorithm: string): Error {
  return new Error(
    `这个 Node 不支持国密算法 ${algorithm},请使用 npm 包 node 提供的版本 / ` +
      `this Node has no working ${algorithm}; run the one the npm package "node" brings`,
  );
}
