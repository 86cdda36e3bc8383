import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import type { Message } from './port.ts';

/**
 * Bodies for one reader: X25519 with a key pair made for the message, HKDF-SHA256 over both public keys, AES-256-GCM.
 * What names the message is bound in as additional data, so that a body can't be put into another envelope. It says
 * nothing of who sent it: the signature does.
 *
 *     {"sealed":{"version":1,"key":"<their one-time public key>","text":"<ciphertext and tag>"}}
 */

const TAG_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const HEAD = Buffer.from('{"sealed":{');

type Named = Pick<Message, 'id' | 'correlationId' | 'from' | 'to' | 'type' | 'at' | 'priority'>;

/** Whether a body is sealed. */
export function isSealed(body: Buffer): boolean {
  return body.subarray(0, HEAD.length).equals(HEAD);
}

export function sealBody(message: Message, reader: KeyObject): Buffer {
  const once = generateKeyPairSync('x25519');
  const { key, nonce } = keysFor(once.privateKey, reader, once.publicKey, reader);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(nameOf(message));
  const text = Buffer.concat([cipher.update(message.body), cipher.final(), cipher.getAuthTag()]);
  const sealed = { version: 1, key: rawOf(once.publicKey).toString('base64'), text: text.toString('base64') };
  return Buffer.from(JSON.stringify({ sealed }));
}

/** The body, opened by one of our keys; nothing where none fits, or where anything was changed. */
export function openBody(message: Message, ours: readonly KeyObject[]): Buffer | undefined {
  const { sealed } = JSON.parse(message.body.toString('utf8')) as { sealed: Record<string, unknown> };
  if (sealed.version !== 1 || typeof sealed.key !== 'string' || typeof sealed.text !== 'string')
    return undefined;
  const [once, text] = [Buffer.from(sealed.key, 'base64'), Buffer.from(sealed.text, 'base64')];
  if (once.length !== KEY_BYTES || text.length < TAG_BYTES) return undefined;
  for (const own of ours) {
    const body = openWith(own, once, text, message);
    if (body) return body;
  }
  return undefined;
}

function openWith(own: KeyObject, once: Buffer, text: Buffer, message: Named): Buffer | undefined {
  try {
    const sender = publicKeyOf('X25519', once);
    const { key, nonce } = keysFor(own, sender, sender, createPublicKey(own));
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(nameOf(message));
    decipher.setAuthTag(text.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(text.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function keysFor(own: KeyObject, other: KeyObject, once: KeyObject, reader: KeyObject) {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  const salt = Buffer.concat([rawOf(once), rawOf(reader)]);
  const bytes = Buffer.from(hkdfSync('sha256', shared, salt, 'yikatong message 1', KEY_BYTES + NONCE_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) };
}

function nameOf({ id, correlationId, from, to, type, at, priority }: Named): Buffer {
  return Buffer.from(JSON.stringify([id, correlationId, from, to, type, at ?? null, priority ?? null]));
}

type Curve = 'X25519' | 'Ed25519';

/** PKCS #8 of a raw private key (RFC 8410). */
const PRIVATE_HEAD: Readonly<Record<Curve, Buffer>> = {
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
};

export function publicKeyOf(crv: Curve, raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: raw.toString('base64url') }, format: 'jwk' });
}

export function privateKeyOf(curve: Curve, raw: Buffer): KeyObject {
  const key = Buffer.concat([PRIVATE_HEAD[curve], raw]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** The 32 bytes of a public key. */
function rawOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
}
