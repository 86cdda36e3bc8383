import type { Readable } from 'node:stream';

/**
 * How the gateway and the process that holds the vendor's library speak: JSON, one message a line, over a socket of
 * their own. Not over Node's own channel: a line that a broken library garbled there would throw in the gateway.
 */
export const CHANNEL_FD = 3;

/** The biggest output is 64 kB; a byte of it may take six as JSON. */
const LINE_BYTES_MAX = 512 * 1_024;

/** A function to call, with its arguments in order. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly args: readonly (number | string)[];
}

export type HostMessage =
  /** The library is loaded; it has these of the functions. */
  | { readonly type: 'ready'; readonly functions: readonly string[] }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'answer'; readonly id: number; readonly ret: number; readonly out: string };

/** Hands the lines of a stream to `take`; a line without end is told to `flooded` and not kept. */
export function eachLine(stream: Readable, take: (line: string) => void, flooded: () => void): void {
  let held: Buffer[] = [];
  let heldBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      const line = Buffer.concat([...held, chunk.subarray(from, end)]).toString();
      from = end + 1;
      [held, heldBytes] = [[], 0];
      take(line);
    }
    held.push(chunk.subarray(from));
    heldBytes += chunk.length - from;
    if (heldBytes <= LINE_BYTES_MAX) return;
    [held, heldBytes] = [[], 0];
    flooded();
  });
}

export function lineOf(message: Call | HostMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/** The message in a line from the host; nothing where there is none. */
export function hostMessageIn(line: string): HostMessage | undefined {
  const { type, functions, reason, id, ret, out } = objectIn(line);
  if (type === 'ready' && isList(functions, isText)) return { type, functions };
  if (type === 'failed' && isText(reason)) return { type, reason };
  const answer = type === 'answer' && isWhole(id) && isWhole(ret) && isText(out);
  return answer ? { type, id, ret, out } : undefined;
}

/** The call in a line from the gateway; nothing where there is none. */
export function callIn(line: string): Call | undefined {
  const { id, name, args } = objectIn(line);
  return isWhole(id) && isText(name) && isList(args, isArgument) ? { id, name, args } : undefined;
}

function objectIn(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isArgument(value: unknown): value is number | string {
  return isText(value) || isWhole(value);
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}
