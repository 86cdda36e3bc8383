import type { IncomingMessage } from 'node:http';
import { chinaDateTime } from '../../clock.ts';
import { Refusal } from './envelope.ts';
import { type Handler, node, text } from './inputs.ts';

/** Sandbox: a file that is handed out as it is, without an envelope. */
export class FileContent {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

export interface UploadedFile {
  readonly name: string;
  readonly content: Buffer;
}

const BYTES_MAX = 80 * 1024 * 1024;
const KEPT_MS = 7 * 24 * 3_600_000;

/** Files that come and go: 9101 and 9102. */
export const fileHandlers: Readonly<Record<string, Handler>> = {
  '9101': ({ book, request, now }) => {
    const { filename, fixmedins_code } = node(request.input, 'fsUploadIn');
    const { file } = request;
    if (!file || file.content.length === 0) throw new Refusal('上传文件不能为空');
    if (file.name !== text(filename)) throw new Refusal('文件名不一致');
    if (text(fixmedins_code) !== request.institution) throw new Refusal('医药机构编号不一致');
    const number = `fsi/${request.area}/${String(book.nextNumber('file')).padStart(18, '0')}`;
    book.files.put(number, file.name, request.institution, file.content);
    return {
      file_qury_no: number,
      filename: file.name,
      fixmedins_code: request.institution,
      dld_endtime: chinaDateTime(now + KEPT_MS),
    };
  },

  '9102': ({ book, request }) => {
    const { file_qury_no, filename, fixmedins_code } = node(request.input, 'fsDownloadIn');
    const content = book.files.file(text(file_qury_no), text(filename), text(fixmedins_code));
    if (!content) throw new Refusal('文件不存在或已过期');
    return new FileContent(content);
  },
};

/** The parts `jsonStr` and `file` of a multipart request; nothing where it isn't one, or is too large. */
export async function readMultipart(
  request: IncomingMessage,
): Promise<{ envelope: string; file: UploadedFile } | undefined> {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)/.exec(
    request.headers['content-type'] ?? '',
  )?.[1];
  if (!boundary) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  const parts = partsOf(Buffer.concat(chunks), boundary);
  const envelope = parts.find(({ head }) => head.includes('name="jsonStr"'));
  const file = parts.find(({ head }) => head.includes('name="file"'));
  const name = /filename="([^"]*)"/.exec(file?.head ?? '')?.[1];
  if (!envelope || !file || !name) return undefined;
  return { envelope: envelope.content.toString('utf8'), file: { name, content: file.content } };
}

function partsOf(body: Buffer, boundary: string): { head: string; content: Buffer }[] {
  const parts: { head: string; content: Buffer }[] = [];
  const mark = Buffer.from(`--${boundary}`);
  for (let at = body.indexOf(mark); at !== -1; ) {
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), at);
    if (next === -1) break;
    const part = body.subarray(at + mark.length + 2, next);
    const headEnd = part.indexOf('\r\n\r\n');
    if (headEnd !== -1) {
      parts.push({ head: part.subarray(0, headEnd).toString('utf8'), content: part.subarray(headEnd + 4) });
    }
    at = next + 2;
  }
  return parts;
}
