import { crc32, createInflateRaw } from 'node:zlib';
import { Fault } from '../../../src/errors.ts';
import type { StoredFile } from '../../../src/settlement/port.ts';

/** What one archive may hold. A catalogue's file holds one entry of up to some hundred megabytes. */
export interface ZipLimits {
  readonly entriesMax: number;
  /** Of all entries together, unpacked. */
  readonly bytesMax: number;
  /** Unpacked bytes for each packed one. */
  readonly ratioMax: number;
}

export const ZIP_LIMITS: ZipLimits = { entriesMax: 64, bytesMax: 2 ** 30, ratioMax: 200 };

/** Below this nothing is a bomb, however well it packs. */
const HARMLESS_BYTES = 1024 * 1024;

// APPNOTE.TXT 4.3: signatures and lengths of the records that are read.
const END = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** A size that stands elsewhere, in the records of ZIP64. */
const ELSEWHERE = 0xffffffff;

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly start: number;
  readonly isFolder: boolean;
}

/**
 * Unpacks the entries of an archive one after the other. The directory at its end is read first, so that an archive
 * that was cut short, or that would unpack beyond the limits, is refused before a byte is unpacked; sizes and checksums
 * are held against it. Names are not looked at: nothing is written under them. Throws `insurer.file-broken`.
 */
export async function* unzip(
  file: StoredFile,
  limits: ZipLimits = ZIP_LIMITS,
): AsyncGenerator<AsyncGenerator<Uint8Array>> {
  const entries = (await directoryOf(file, limits)).filter((entry) => !entry.isFolder);
  const bytes = entries.reduce((total, entry) => total + entry.bytes, 0);
  if (bytes > limits.bytesMax) throw broken('解压后过大 / unpacks to too much');
  for (const entry of entries) {
    if (entry.bytes > HARMLESS_BYTES && entry.bytes > entry.packedBytes * limits.ratioMax) {
      throw broken('压缩率异常 / packed beyond belief');
    }
    yield unpack(file, entry);
  }
}

export function broken(detail: string, cause?: unknown): Fault {
  return new Fault('insurer.file-broken', { detail }, cause);
}

async function directoryOf(file: StoredFile, limits: ZipLimits): Promise<Entry[]> {
  const tail = await read(file, Math.max(0, file.bytes - END_BYTES - COMMENT_BYTES_MAX), file.bytes);
  const at = endOf(tail);
  if (at === -1) throw broken('不是 ZIP,或不完整 / no ZIP, or cut short');
  const count = tail.readUInt16LE(at + 10);
  const length = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  if (count > limits.entriesMax || length === ELSEWHERE || start === ELSEWHERE) {
    throw broken('ZIP 内文件过多 / too many entries');
  }
  // With the longest name and fields that an entry can have.
  if (length > count * (CENTRAL_BYTES + 3 * 0xffff)) throw broken('ZIP 目录有误 / the directory is wrong');
  const directory = await read(file, start, start + length);
  const entries: Entry[] = [];
  for (let from = 0; entries.length < count; ) {
    if (from + CENTRAL_BYTES > directory.length || directory.readUInt32LE(from) !== CENTRAL) {
      throw broken('ZIP 目录有误 / the directory is wrong');
    }
    entries.push(entryOf(directory, from));
    from +=
      CENTRAL_BYTES +
      directory.readUInt16LE(from + 28) +
      directory.readUInt16LE(from + 30) +
      directory.readUInt16LE(from + 32);
  }
  return entries;
}

/** The last end record whose comment ends with the file; -1 where there is none. */
function endOf(tail: Buffer): number {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === END && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at;
  }
  return -1;
}

function entryOf(directory: Buffer, at: number): Entry {
  const method = directory.readUInt16LE(at + 10);
  const name = directory.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + directory.readUInt16LE(at + 28));
  const entry = {
    method,
    crc: directory.readUInt32LE(at + 16),
    packedBytes: directory.readUInt32LE(at + 20),
    bytes: directory.readUInt32LE(at + 24),
    start: directory.readUInt32LE(at + 42),
    isFolder: name.at(-1) === 0x2f,
  };
  if ((directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw broken('ZIP 有密码 / it is encrypted');
  if (method !== STORED && method !== DEFLATED) throw broken('ZIP 压缩方法不支持 / an unknown method');
  if ([entry.packedBytes, entry.bytes, entry.start].includes(ELSEWHERE)) throw broken('ZIP64');
  return entry;
}

async function* unpack(file: StoredFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const header = await read(file, entry.start, entry.start + LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL) throw broken('ZIP 目录有误 / the directory is wrong');
  const from = entry.start + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const to = from + entry.packedBytes;
  if (to > file.bytes) throw broken('ZIP 不完整 / cut short');
  const packed = file.read(from, to);
  let [bytes, crc] = [0, 0];
  for await (const chunk of entry.method === STORED ? packed : inflate(packed)) {
    bytes += chunk.length;
    if (bytes > entry.bytes) throw broken('解压后比声明的大 / unpacks to more than it says');
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (bytes !== entry.bytes || crc !== entry.crc) throw broken('ZIP 校验不符 / the checksum does not match');
}

/** At most a chunk in and a chunk out are in memory. */
async function* inflate(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw();
  const feeding = feed(packed, stream).catch((error: unknown) => {
    stream.destroy(error instanceof Error ? error : new Error('the file cannot be read'));
  });
  try {
    yield* stream;
  } catch (error) {
    throw isZlib(error) ? broken('ZIP 内容有误 / the content is wrong', error) : error;
  } finally {
    stream.destroy();
    await feeding;
  }
}

async function feed(
  packed: AsyncIterable<Uint8Array>,
  stream: ReturnType<typeof createInflateRaw>,
): Promise<void> {
  for await (const chunk of packed) {
    if (stream.destroyed) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.write(chunk, () => {
        stream.off('close', resolve);
        resolve();
      });
    });
  }
  stream.end();
}

function isZlib(error: unknown): boolean {
  return /^(Z_|ERR_)/.test(String((error as { code?: unknown }).code ?? ''));
}

async function read(file: StoredFile, from: number, to: number): Promise<Buffer> {
  if (from < 0 || to > file.bytes || from > to) throw broken('ZIP 目录有误 / the directory is wrong');
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(from, to)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
