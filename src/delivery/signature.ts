import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';

/**
 * Signatures of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, the body to the byte, the timestamp in
 * seconds and that of this attempt. A header may hold several, separated by spaces, while a secret is being changed.
 */

/** How far the two clocks may be apart. */
export const TIMESTAMP_TOLERANCE_S = 300;

const SECRET_BYTES_MIN = 24;

/** Reads a link's secret: base64 of at least 24 bytes, with or without `whsec_` before it. */
export function linkSecretOf(text: string): Buffer {
  const secret = Buffer.from(text.trim().replace(/^whsec_/, ''), 'base64');
  if (secret.length < SECRET_BYTES_MIN) {
    throw new Error(
      `机构间密钥应为至少 ${SECRET_BYTES_MIN} 字节的 base64(whsec_…) / a link's secret is base64 of at least ${SECRET_BYTES_MIN} bytes (whsec_…)`,
    );
  }
  return secret;
}

export interface SignedHeaders {
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: string;
  readonly signature: string;
}

export function signatureOf(secret: Buffer, id: string, timestampS: number, body: Buffer): string {
  return `v1,${digestOf(secret, id, String(timestampS), body).toString('base64')}`;
}

/** Whether one of the signatures holds, the timestamp is not ahead of ours and not older than `ageMaxS`. */
export function verifySignature(
  secret: Buffer,
  headers: SignedHeaders,
  body: Buffer,
  nowMs: number,
  ageMaxS = TIMESTAMP_TOLERANCE_S,
): boolean {
  return provedBy({ secrets: [secret] }, headers, body, { nowMs, ageMaxS }) === 'proved';
}

function holds(secret: Buffer, headers: SignedHeaders, body: Buffer): boolean {
  const expected = digestOf(secret, headers.id, headers.timestamp, body);
  return headers.signature.split(' ').some((entry) => {
    const [version, text = ''] = entry.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function digestOf(secret: Buffer, id: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
}

/** An Ed25519 signature of the same content. */
export function keySignatureOf(key: KeyObject, id: string, timestampS: number, body: Buffer): string {
  return `v1a,${sign(null, contentOf(id, String(timestampS), body), key).toString('base64')}`;
}

/**
 * Who signed: 'proved' by one of the keys, or, where there are none, by one of the secrets; 'forged'; or 'stale', when
 * it was signed by whom it says, but at another time.
 */
export function provedBy(
  { secrets, theirs = [] }: { readonly secrets: readonly Buffer[]; readonly theirs?: readonly KeyObject[] },
  headers: SignedHeaders,
  body: Buffer,
  time: { readonly nowMs: number; readonly ageMaxS?: number | undefined },
): 'proved' | 'forged' | 'stale' {
  if (!/^\d{1,12}$/.test(headers.timestamp)) return 'forged';
  const proved =
    theirs.length > 0
      ? theirs.some((key) => holdsKey(key, headers, body))
      : secrets.some((secret) => holds(secret, headers, body));
  if (!proved) return 'forged';
  const ageS = time.nowMs / 1_000 - Number(headers.timestamp);
  const isNear = ageS >= -TIMESTAMP_TOLERANCE_S && ageS <= (time.ageMaxS ?? TIMESTAMP_TOLERANCE_S);
  return isNear ? 'proved' : 'stale';
}

function holdsKey(key: KeyObject, headers: SignedHeaders, body: Buffer): boolean {
  const content = contentOf(headers.id, headers.timestamp, body);
  return headers.signature.split(' ').some((entry) => {
    const [version, text = ''] = entry.split(',');
    return version === 'v1a' && verify(null, content, key, Buffer.from(text, 'base64'));
  });
}

function contentOf(id: string, timestamp: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}
