import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of everything sealed: the layout's version, so that a later one can tell them apart. */
const LAYOUT = 1;
const LAYOUT_BYTE = Buffer.of(LAYOUT);

/**
 * Keeps personal data: encrypts it for the disk, and makes the keyed hashes by which it is found again.
 *
 * Sealed layout: version(1) ‖ nonce(12) ‖ tag(16) ‖ AES-256-GCM ciphertext; the purpose is bound in as additional
 * data, so that what was sealed as one thing can't be passed off as another.
 */
export class Vault {
  // Key objects, not bytes: OpenSSL sets up a raw key anew for each use, which costs twice the encryption itself.
  readonly #sealKey: KeyObject;
  readonly #findKey: KeyObject;
  readonly #nonces = new Nonces();

  /** @param master 32 random bytes, from a file or the environment. */
  constructor(master: Buffer) {
    if (master.length !== KEY_BYTES) throw new Error(`the data key must be ${KEY_BYTES} bytes`);
    this.#sealKey = derive(master, 'seal');
    this.#findKey = derive(master, 'find');
  }

  seal(purpose: string, plain: string | Uint8Array): Buffer {
    const nonce = this.#nonces.next();
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(purpose));
    // GCM is a stream cipher: all ciphertext comes from `update`, none from `final`.
    const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
    cipher.final();
    return Buffer.concat([LAYOUT_BYTE, nonce, cipher.getAuthTag(), body]);
  }

  /** Throws when the bytes were changed, sealed for another purpose, or under another key. */
  open(purpose: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes[0] !== LAYOUT || bytes.length < 1 + NONCE_BYTES + TAG_BYTES)
      throw new Error('sealed data of an unknown layout');
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  }

  sealJson(purpose: string, value: unknown): Buffer {
    return this.seal(purpose, JSON.stringify(value));
  }

  openJson<T>(purpose: string, sealed: Uint8Array): T {
    return JSON.parse(this.open(purpose, sealed).toString('utf8')) as T;
  }

  /** The keyed hash under which a value is found: the same value always gives the same 43 characters. */
  fingerprint(kind: string, value: string): string {
    return createHmac('sha256', this.#findKey).update(`${kind}\n${value}`).digest('base64url');
  }
}

function derive(master: Buffer, use: string): KeyObject {
  const key = hkdfSync('sha256', master, Buffer.alloc(0), `yikatong ${use}`, KEY_BYTES);
  return createSecretKey(Buffer.from(key));
}

/** Random nonces, drawn from the system many at a time. */
class Nonces {
  readonly #drawn = Buffer.alloc(NONCE_BYTES * 512);
  #used = this.#drawn.length;

  next(): Buffer {
    if (this.#used === this.#drawn.length) {
      randomFillSync(this.#drawn);
      this.#used = 0;
    }
    const nonce = Buffer.from(this.#drawn.subarray(this.#used, this.#used + NONCE_BYTES));
    this.#used += NONCE_BYTES;
    return nonce;
  }
}

/** Reads a data key as it is written in a file or the environment: 64 hex digits or 44 characters of base64. */
export function dataKeyOf(text: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-fA-F]{64}$/.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64');
  throw new Error(
    '数据密钥应为 32 字节(64 位十六进制或 base64)/ the data key must be 32 bytes (64 hex digits or base64)',
  );
}
