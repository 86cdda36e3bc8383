import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Configuration } from '../../../schemas/configuration.ts';
import { Fault } from '../../errors.ts';
import { FileTooLarge, type Spool, type SpooledFile } from '../port.ts';

/** Files on their way at once; beyond it callers are asked to come back. */
const FILES_MAX = 32;
const READ_BYTES = 64 * 1024;
const CIPHER = 'aes-256-ctr';
const BLOCK_BYTES = 16;
const SUFFIX = '.spool';

/** Where a gateway's files lie on their way: beside its data, or where that is elsewhere, with the temporary files. */
export function spoolFolderOf({ store, gateway }: Pick<Configuration, 'store' | 'gateway'>): string {
  return join(store.kind === 'sqlite' ? dirname(store.file) : tmpdir(), `yikatong-${gateway.id}.spool`);
}

/**
 * A folder of files on their way. What lies in it is encrypted with a key that exists in memory only, so that whatever
 * a dead gateway leaves behind can be read by nobody; it is removed at the next start.
 */
export class DiskSpool implements Spool {
  readonly #folder: string;
  #ready: Promise<void> | undefined;
  #kept = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Fault `gateway.busy` when too many files are on their way. */
  async keep(content: AsyncIterable<Uint8Array>, bytesMax: number): Promise<SpooledFile> {
    if (this.#kept >= FILES_MAX) throw new Fault('gateway.busy', { retryAfterS: 5 });
    this.#kept += 1;
    try {
      this.#ready ??= onDisk(() => clear(this.#folder));
      await this.#ready.catch((error: unknown) => {
        this.#ready = undefined;
        throw error;
      });
      return await write(
        join(this.#folder, `${randomBytes(16).toString('hex')}${SUFFIX}`),
        content,
        bytesMax,
        () => {
          this.#kept -= 1;
        },
      );
    } catch (error) {
      this.#kept -= 1;
      throw error;
    }
  }
}

async function clear(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    if (name.endsWith(SUFFIX)) await rm(join(folder, name), { force: true });
  }
}

async function write(
  path: string,
  content: AsyncIterable<Uint8Array>,
  bytesMax: number,
  discarded: () => void,
): Promise<SpooledFile> {
  const handle = await onDisk(() => open(path, 'wx+', 0o600));
  try {
    const key = randomBytes(32);
    const start = randomBytes(BLOCK_BYTES);
    const cipher = createCipheriv(CIPHER, key, start);
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of content) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw new FileTooLarge(`more than ${bytesMax} bytes`);
      hash.update(chunk);
      await onDisk(() => writeAll(handle, cipher.update(chunk)));
    }
    return new DiskFile({ path, handle, key, start, bytes, sha256: hash.digest('hex'), discarded });
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
}

/** A disk that is full or gone is the gateway's trouble, whoever the file is from. */
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Fault('gateway.store', {}, error);
  }
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let from = 0; from < chunk.length; ) {
    from += (await handle.write(chunk, from)).bytesWritten;
  }
}

interface DiskFileParts {
  readonly path: string;
  readonly handle: FileHandle;
  readonly key: Buffer;
  readonly start: Buffer;
  readonly bytes: number;
  readonly sha256: string;
  readonly discarded: () => void;
}

class DiskFile implements SpooledFile {
  readonly bytes: number;
  readonly sha256: string;
  readonly #parts: DiskFileParts;
  #discarding: Promise<void> | undefined;

  constructor(parts: DiskFileParts) {
    this.bytes = parts.bytes;
    this.sha256 = parts.sha256;
    this.#parts = parts;
  }

  async *read(from = 0, to = this.bytes): AsyncGenerator<Uint8Array> {
    const { handle, key, start } = this.#parts;
    const block = Math.floor(from / BLOCK_BYTES);
    const decipher = createDecipheriv(CIPHER, key, counterAt(start, block));
    let skip = from - block * BLOCK_BYTES;
    for (let at = block * BLOCK_BYTES; at < to; ) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, to - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new Error('a spooled file is shorter than it was');
      at += bytesRead;
      yield decipher.update(buffer.subarray(0, bytesRead)).subarray(skip);
      skip = 0;
    }
  }

  discard(): Promise<void> {
    this.#discarding ??= this.#discard();
    return this.#discarding;
  }

  async #discard(): Promise<void> {
    const { handle, path, discarded } = this.#parts;
    discarded();
    await handle.close();
    await rm(path, { force: true });
  }
}

/** The counter of a block: the first one plus its place. */
function counterAt(start: Buffer, block: number): Buffer {
  const sum = (BigInt(`0x${start.toString('hex')}`) + BigInt(block)) & ((1n << 128n) - 1n);
  return Buffer.from(sum.toString(16).padStart(32, '0'), 'hex');
}
