import { Fault } from '../../../src/errors.ts';
import type {
  Exchange,
  FileFlows,
  FileQuery,
  Outcome,
  OutgoingFile,
  Spool,
  SpooledFile,
} from '../../../src/settlement/port.ts';
import { isRecord, textOf } from './envelope.ts';
import { FILE_CAME, type FileTransport } from './file-transport.ts';
import { accepted, flow } from './flow.ts';
import type { Platform } from './platform.ts';

/** What files need beyond what a transaction needs. */
export interface FileOptions {
  readonly spool: Spool;
  readonly fixmedinsCode: string;
  readonly bytesMax: number;
  /** From sending to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** Up to 200 characters; neither a path nor something that a shell or a header would understand. */
const NAME = /^[^\p{Cc}/\\<>:"|?*]{1,200}$/u;

/** 9101 and 9102. */
export class Files implements FileFlows {
  readonly bytesMax: number;
  readonly #platform: Platform;
  readonly #transport: FileTransport;
  readonly #options: FileOptions;

  constructor(platform: Platform, transport: FileTransport, options: FileOptions) {
    this.bytesMax = options.bytesMax;
    this.#platform = platform;
    this.#transport = transport;
    this.#options = options;
  }

  upload(file: OutgoingFile, exchange: Exchange): Promise<Outcome<{ fileNumber: string }>> {
    const { name, content } = file;
    if (!NAME.test(name)) throw new Fault('file.name');
    if (content.bytes > this.bytesMax)
      throw new Fault('file.too-large', { facts: { bytesMax: this.bytesMax } });
    const { fixmedinsCode, timeoutMs } = this.#options;
    return flow(async () => {
      const done = await accepted(
        this.#platform,
        {
          infno: '9101',
          // The content goes in a part of its own.
          input: { fsUploadIn: { in: '', filename: name, fixmedins_code: fixmedinsCode } },
          operator: file.operator,
          check: (output) =>
            fileNumberOf(output) ? undefined : '应答中没有文件查询号 / the answer has no file_qury_no',
          transfer: {
            timeoutMs,
            kept: (envelope) => withName(envelope, { name, bytes: content.bytes, sha256: content.sha256 }),
            send: (headers, envelope, signal) => this.#transport.upload(headers, envelope, file, signal),
          },
        },
        exchange,
      );
      return { value: { fileNumber: fileNumberOf(done.output) }, at: done.at };
    });
  }

  async download(query: FileQuery, exchange: Exchange): Promise<Outcome<SpooledFile>> {
    const { fileNumber, name, code = this.#options.fixmedinsCode, operator } = query;
    const { spool, timeoutMs } = this.#options;
    const came: SpooledFile[] = [];
    const outcome = await flow(async () => {
      const done = await accepted(
        this.#platform,
        {
          infno: '9102',
          input: { fsDownloadIn: { file_qury_no: fileNumber, filename: name, fixmedins_code: code } },
          operator,
          transfer: {
            timeoutMs,
            kept: (envelope) => envelope,
            send: async (headers, envelope, signal) => {
              const { answer, file } = await this.#transport.download(
                headers,
                envelope,
                { spool, bytesMax: this.bytesMax },
                signal,
              );
              if (file) came.push(file);
              return answer;
            },
            judge: (answer) => {
              if (answer.contentType === FILE_CAME) return { kind: 'accepted', output: {} };
              // Words that say neither yes nor no are no file either.
              return undefined;
            },
          },
        },
        exchange,
      );
      const file = came.at(-1);
      if (!file) throw broken();
      return { value: file, at: done.at };
    }).catch((error: unknown) => ({ error }));
    const kept = 'kind' in outcome && outcome.kind === 'accepted' ? outcome.value : undefined;
    for (const file of came) if (file !== kept) await file.discard();
    if ('error' in outcome) throw outcome.error;
    return outcome;
  }
}

function broken(): Fault {
  return new Fault('insurer.file-broken', { detail: '应答中没有文件 / the answer holds no file' });
}

/** What the journal keeps of a file that goes out. */
function withName(envelope: Buffer, file: object): Buffer {
  return Buffer.concat([
    Buffer.from('{"envelope":'),
    envelope,
    Buffer.from(`,"file":${JSON.stringify(file)}}`),
  ]);
}

/** The output has no node of its own; provinces wrap it as they like. */
export function fileNumberOf(output: unknown): string {
  return fileFieldsOf(output)?.file_qury_no ?? '';
}

/** The fields of the node that names a file. */
export function fileFieldsOf(output: unknown): Record<string, string> | undefined {
  if (!isRecord(output)) return undefined;
  const node = [output, ...Object.values(output)].find(
    (each): each is Record<string, unknown> => isRecord(each) && textOf(each.file_qury_no) !== '',
  );
  return node && Object.fromEntries(Object.entries(node).map(([field, value]) => [field, textOf(value)]));
}
