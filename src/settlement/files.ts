import { createHash } from 'node:crypto';
import type { Operator } from './bill.ts';
import type { Exchange, Outcome } from './wire.ts';

/**
 * What an insurer offers for files (国家医保 9101 and 9102). The content of a file never stands in the journal: what is
 * written down is the envelope with the file's name, size and SHA-256, of what goes out and of what comes back.
 */
export interface FileFlows {
  /** The largest file that goes either way. */
  readonly bytesMax: number;
  /** The insurer's number of the file (file_qury_no), by which others refer to it. */
  upload(file: OutgoingFile, exchange: Exchange): Promise<Outcome<{ readonly fileNumber: string }>>;
  /** The whole file, which must be discarded when it has been read; nothing half is ever handed out. */
  download(query: FileQuery, exchange: Exchange): Promise<Outcome<SpooledFile>>;
}

export interface OutgoingFile {
  /** As the insurer is to know it: up to 200 characters, without a path. */
  readonly name: string;
  readonly content: StoredFile;
  readonly operator?: Operator;
}

export interface FileQuery {
  readonly fileNumber: string;
  readonly name: string;
  /** Whose file it is to the insurer, where it isn't the institution's own: "plc" for catalogues. */
  readonly code?: string;
  readonly operator?: Operator;
}

/** Content that lies somewhere, and can be read more than once. */
export interface StoredFile {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  /** Reads from byte `from` up to, and without, `to`. */
  read(from?: number, to?: number): AsyncIterable<Uint8Array>;
}

/** A file of the spool; forgotten when it is discarded, and with this run of the gateway at the latest. */
export interface SpooledFile extends StoredFile {
  discard(): Promise<void>;
}

/** Keeps files while they are on their way, outside of memory. */
export interface Spool {
  /** Keeps all of `content`; throws `FileTooLarge` beyond `bytesMax`, and what `content` throws, keeping nothing. */
  keep(content: AsyncIterable<Uint8Array>, bytesMax: number): Promise<SpooledFile>;
}

export class FileTooLarge extends Error {
  override name = 'FileTooLarge';
}

/** A file that is small enough to lie in memory. */
export function storedBytes(content: Uint8Array): StoredFile {
  return {
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    async *read(from = 0, to = content.length) {
      yield content.subarray(from, to);
    },
  };
}
