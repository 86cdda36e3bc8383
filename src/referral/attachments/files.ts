import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../errors.ts';
import { HEAD_BYTES } from './rules.ts';

const READ_BYTES = 64 * 1024;
const CIPHER = 'aes-256-ctr';
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;
const SUFFIX = '.attachment';
const UNFINISHED_SUFFIX = '.part';

/** A file as it was written: where, under which key, how long, what hash, and how it begins. */
export interface WrittenFile {
  readonly file: string;
  /** The key and the first counter; to be sealed by the vault. */
  readonly key: Buffer;
  readonly bytes: number;
  readonly sha256: string;
  readonly head: Buffer;
}

/** More than the limit was sent. */
export class TooLong extends Error {
  override name = 'TooLong';
}

/**
 * The folder beside the store in which files lie encrypted, each under a key of its own. What the counter mode does not
 * notice, a changed byte, the SHA-256 in the row does: no reader is given the end of a file that is not the one written.
 */
export class AttachmentFiles {
  readonly #folder: string;
  #ready: Promise<unknown> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a stream down; it is on disk when this resolves. `TooLong` past `bytesMax`, Fault `gateway.store`. */
  async write(content: AsyncIterable<Uint8Array>, bytesMax: number): Promise<WrittenFile> {
    this.#ready ??= onDisk(() => mkdir(this.#folder, { recursive: true, mode: 0o700 }));
    await this.#ready.catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    const file = `${randomBytes(16).toString('hex')}${SUFFIX}`;
    const path = join(this.#folder, file);
    const handle = await onDisk(() => open(path + UNFINISHED_SUFFIX, 'wx', 0o600));
    try {
      const written = await writeTo(handle, content, bytesMax);
      await onDisk(() => handle.sync());
      await handle.close();
      await onDisk(() => rename(path + UNFINISHED_SUFFIX, path));
      await onDisk(() => syncFolder(this.#folder));
      return { file, ...written };
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(path + UNFINISHED_SUFFIX, { force: true });
      throw error;
    }
  }

  /** The whole file, in order. Throws at its end when it is not the one that was written. */
  async *read(file: string, key: Buffer, expected: { bytes: number; sha256: string }) {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of this.range(file, key, 0, expected.bytes)) {
      hash.update(chunk);
      bytes += chunk.length;
      // The last bytes are held back until the hash holds, so that nothing wrong is ever taken for whole.
      if (bytes === expected.bytes && hash.digest('hex') !== expected.sha256) {
        throw new Fault('gateway.store', {}, new Error('an attachment is not the file that was written'));
      }
      yield chunk;
    }
  }

  /** Bytes `from` up to `to`. */
  async *range(file: string, key: Buffer, from: number, to: number): AsyncGenerator<Buffer> {
    const handle = await onDisk(() => open(join(this.#folder, nameOf(file)), 'r'));
    try {
      const block = Math.floor(from / BLOCK_BYTES);
      const decipher = createDecipheriv(CIPHER, key.subarray(0, KEY_BYTES), counterAt(key, block));
      let skip = from - block * BLOCK_BYTES;
      for (let at = block * BLOCK_BYTES; at < to; ) {
        const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, to - at));
        const { bytesRead } = await onDisk(() => handle.read(buffer, 0, buffer.length, at));
        if (bytesRead === 0) throw new Fault('gateway.store', {}, new Error('an attachment is too short'));
        at += bytesRead;
        yield decipher.update(buffer.subarray(0, bytesRead)).subarray(skip);
        skip = 0;
      }
    } finally {
      await handle.close();
    }
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.#folder, nameOf(file)), { force: true });
  }

  /** Files older than a time, for the chore that removes what no row knows. */
  async olderThan(before: number): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    const old: string[] = [];
    for (const name of names.filter((each) => /\.attachment(\.part)?$/.test(each))) {
      const { mtimeMs } = await stat(join(this.#folder, name)).catch(() => ({ mtimeMs: before }));
      if (mtimeMs < before) old.push(name);
    }
    return old;
  }
}

async function writeTo(handle: FileHandle, content: AsyncIterable<Uint8Array>, bytesMax: number) {
  const key = randomBytes(KEY_BYTES + BLOCK_BYTES);
  const cipher = createCipheriv(CIPHER, key.subarray(0, KEY_BYTES), key.subarray(KEY_BYTES));
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    if (bytes < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - bytes)));
    bytes += chunk.length;
    if (bytes > bytesMax) throw new TooLong(`more than ${bytesMax} bytes`);
    hash.update(chunk);
    await onDisk(() => writeAll(handle, cipher.update(chunk)));
  }
  return { key, bytes, sha256: hash.digest('hex'), head: Buffer.concat(head) };
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length; ) from += (await handle.write(chunk, from)).bytesWritten;
}

/** A new name is only safe once its folder is on disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** A disk that is full or gone is the gateway's trouble, whoever the file is from. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Fault('gateway.store', {}, error);
  }
}

/** Names come from our own rows; a row that was tampered with still reaches nothing outside the folder. */
function nameOf(file: string): string {
  if (!/^[0-9a-f]{32}\.attachment(\.part)?$/.test(file)) throw new Error('not the name of an attachment');
  return file;
}

/** The counter of a block: the first one plus its place. */
function counterAt(key: Buffer, block: number): Buffer {
  const first = BigInt(`0x${key.subarray(KEY_BYTES).toString('hex')}`);
  const sum = (first + BigInt(block)) & ((1n << 128n) - 1n);
  return Buffer.from(sum.toString(16).padStart(BLOCK_BYTES * 2, '0'), 'hex');
}
