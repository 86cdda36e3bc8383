import { TextDecoder } from 'node:util';
import { Zip, ZipDeflate } from 'fflate';
import { Fault } from '../../../src/errors.ts';
import type { StoredFile } from '../../../src/settlement/port.ts';
import { broken, unzip, ZIP_LIMITS, type ZipLimits } from './zip-reader.ts';

/**
 * Tables as the platform's files hold them (接口规范, 数据传输约定): text in UTF-8, a row on each line, TAB between its
 * columns, "null" for an empty value, packed as ZIP.
 */
export type Row = readonly string[];

/** A batch is handed over at this many rows, or characters: few enough that writing one keeps nobody waiting. */
const BATCH_ROWS = 200;
const BATCH_CHARACTERS = 256 * 1024;
const LINE_CHARACTERS_MAX = 256 * 1024;

const EMPTY = 'null';

export interface ReadOptions {
  /**
   * `exactly` these columns, or `atLeast` these: editions add columns at the end, which are dropped. Either way every
   * row of a file has as many as its first.
   */
  readonly width?: 'exactly' | 'atLeast';
  readonly limits?: ZipLimits;
}

/** Packs rows as one entry. Throws a RangeError for a value that the format has no way to write. */
export function writeTable(name: string, columns: readonly string[], rows: Iterable<Row>): Buffer {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  });
  const entry = new ZipDeflate(name);
  zip.add(entry);
  let text = '';
  for (const row of rows) {
    if (row.length !== columns.length)
      throw new RangeError(`a row has ${row.length} of ${columns.length} columns`);
    text += `${row.map(written).join('\t')}\n`;
    if (text.length < BATCH_CHARACTERS) continue;
    entry.push(Buffer.from(text));
    text = '';
  }
  entry.push(Buffer.from(text), true);
  zip.end();
  return Buffer.concat(chunks);
}

function written(value: string): string {
  if (/[\t\r\n\0]/.test(value)) throw new RangeError('a value holds a tab or a line break');
  return value === '' ? EMPTY : value;
}

/**
 * Reads the rows of every entry of a packed table, in bounded batches, each row with as many values as `columns`. Throws
 * `insurer.file-broken`, which names the line, when the file can't be relied on; batches before it were handed over.
 */
export async function* readTable(
  file: StoredFile,
  columns: readonly string[],
  { width = 'exactly', limits = ZIP_LIMITS }: ReadOptions = {},
): AsyncGenerator<Row[]> {
  for await (const entry of unzip(file, limits)) {
    let line = 0;
    let found: number | undefined;
    for await (const lines of linesOf(entry)) {
      const rows = lines.map((text) => {
        line += 1;
        const row = text.split('\t');
        found ??= row.length;
        const right =
          row.length === found && (width === 'exactly' ? found === columns.length : found >= columns.length);
        if (!right) {
          throw broken(
            `第 ${line} 行有 ${row.length} 列 / line ${line} has ${row.length} of ${columns.length} columns`,
          );
        }
        return row.slice(0, columns.length).map((value) => (value === EMPTY ? '' : value));
      });
      yield rows;
    }
  }
}

/** The lines of a text, in bounded batches. An empty last line is none. */
async function* linesOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let batch: string[] = [];
  let characters = 0;
  const take = (line: string) => {
    if (line.length > LINE_CHARACTERS_MAX) throw broken('一行过长 / a line is too long');
    if (line.includes('\0')) throw broken('文件内容不是文本 / the content is no text');
    batch.push(line.endsWith('\r') ? line.slice(0, -1) : line);
    characters += line.length;
  };
  const handOver = () => {
    const full = batch;
    batch = [];
    characters = 0;
    return full;
  };
  for await (const chunk of content) {
    const lines = (rest + decoded(decoder, chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARACTERS_MAX) throw broken('一行过长 / a line is too long');
    for (const line of lines) {
      take(line);
      if (batch.length >= BATCH_ROWS || characters >= BATCH_CHARACTERS) yield handOver();
    }
  }
  rest += decoded(decoder);
  if (rest !== '') take(rest);
  if (batch.length > 0) yield handOver();
}

function decoded(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch (error) {
    if (error instanceof TypeError)
      throw new Fault('insurer.file-broken', { detail: '不是 UTF-8 / not UTF-8' }, error);
    throw error;
  }
}
