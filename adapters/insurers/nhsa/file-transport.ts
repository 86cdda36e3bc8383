import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  FileTooLarge,
  type OutgoingFile,
  type Spool,
  type SpooledFile,
  type WireAnswer,
  WireError,
} from '../../../src/settlement/port.ts';
import { readEnvelope } from './envelope.ts';

type Headers = Record<string, string>;

/** A JSON answer to a transfer: a file's number, or a refusal. */
const WORDS_BYTES_MAX = 1024 * 1024;

/** Content types under which a file comes; anything else is words. */
const FILE_TYPE = /octet-stream|zip|download/i;

/** A refusal that comes under a file's content type is no longer than this. */
const REFUSAL_BYTES_MAX = 64 * 1024;

/** The content type of an answer whose body only names the file that came. */
export const FILE_CAME = 'application/octet-stream';

/** Failures before a connection was up: nothing was sent. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends files and fetches them, over the connections that the transactions use (9101: multipart with the parts
 * `jsonStr` and `file`; 9102: answered with the file itself). Neither way a file is ever whole in memory.
 */
export class FileTransport {
  readonly #pool: () => Dispatcher;
  readonly #pathOf: (infno: '9101' | '9102') => string;

  constructor(pool: () => Dispatcher, pathOf: (infno: '9101' | '9102') => string) {
    this.#pool = pool;
    this.#pathOf = pathOf;
  }

  /** Throws a `WireError`. */
  async upload(
    headers: Headers,
    envelope: Buffer,
    file: OutgoingFile,
    signal: AbortSignal,
  ): Promise<WireAnswer> {
    const { before, after, type } = multipart(envelope, file.name);
    const content = file.content;
    const parts = async function* () {
      yield before;
      yield* content.read();
      yield after;
    };
    const sent = {
      ...headers,
      'content-type': type,
      'content-length': String(before.length + content.bytes + after.length),
    };
    return answered(async () => {
      const answer = await this.#post('9101', sent, Readable.from(parts()), signal);
      return words(answer);
    });
  }

  /** A file, or the words that came instead of one. Throws a `WireError`, and what the spool throws. */
  async download(
    headers: Headers,
    envelope: Buffer,
    { spool, bytesMax }: { spool: Spool; bytesMax: number },
    signal: AbortSignal,
  ): Promise<{ answer: WireAnswer; file?: SpooledFile }> {
    const sent = { ...headers, 'content-type': 'application/json; charset=utf-8' };
    return answered(async () => {
      const answer = await this.#post('9102', sent, envelope, signal);
      const { statusCode, headers: received, body } = answer;
      if (statusCode !== 200 || !FILE_TYPE.test(String(received['content-type'] ?? ''))) {
        return { answer: await words(answer) };
      }
      if (received['content-length'] === undefined && received['transfer-encoding'] === undefined) {
        body.destroy();
        throw new WireError('maybe', 'the answer does not say where the file ends');
      }
      const file = await spool.keep(body, bytesMax);
      const refusal = await refusalIn(file);
      if (refusal) {
        await file.discard();
        return { answer: { status: statusCode, contentType: 'application/json', body: refusal } };
      }
      const named = JSON.stringify({ file: { bytes: file.bytes, sha256: file.sha256 } });
      return { answer: { status: statusCode, contentType: FILE_CAME, body: Buffer.from(named) }, file };
    });
  }

  #post(
    infno: '9101' | '9102',
    headers: Headers,
    body: Buffer | Readable,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    return this.#pool().request({ path: this.#pathOf(infno), method: 'POST', headers, body, signal });
  }
}

/** The two parts around the file's content (RFC 7578); a name is written as browsers write it. */
function multipart(envelope: Buffer, name: string): { before: Buffer; after: Buffer; type: string } {
  const boundary = `yikatong-${randomBytes(18).toString('hex')}`;
  const filename = name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));
  const before = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="jsonStr"\r\n\r\n`),
    envelope,
    Buffer.from(
      `\r\n--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\n` +
        'content-type: application/octet-stream\r\n\r\n',
    ),
  ]);
  return {
    before,
    after: Buffer.from(`\r\n--${boundary}--\r\n`),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

async function words({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<WireAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > WORDS_BYTES_MAX)
      throw new WireError('maybe', `the answer is larger than ${WORDS_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return {
    status: statusCode,
    contentType: String(headers['content-type'] ?? ''),
    body: Buffer.concat(chunks),
  };
}

/** Some platforms put a refusal under a file's content type. */
async function refusalIn(file: SpooledFile): Promise<Buffer | undefined> {
  if (file.bytes > REFUSAL_BYTES_MAX) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return body[0] === 0x7b && readEnvelope(body.toString('utf8')) ? body : undefined;
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WireError) throw error;
    if (error instanceof FileTooLarge)
      throw new WireError('maybe', `the file is larger than allowed: ${error.message}`, error);
    const { code: given, name } = error as Error & { code?: unknown };
    const code = typeof given === 'string' ? given : name;
    throw new WireError(NOT_SENT.has(code) ? 'nothing' : 'maybe', code, error);
  }
}
