import type { FileAnswer, FileRequest } from '../../../schemas/file.ts';
import type { Caller } from '../../access/caller.ts';
import { maskText } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import type { Inquiries } from '../inquiries.ts';
import { type FileFlows, FileTooLarge, type Insurer, type Spool, type SpooledFile } from '../port.ts';

/** Carries files between callers and insurers; each is whole here before it goes on. */
export class FileService {
  readonly #inquiries: Inquiries;
  readonly #insurers: ReadonlyMap<string, Insurer>;
  readonly #spool: Spool;

  constructor(parts: { inquiries: Inquiries; insurers: ReadonlyMap<string, Insurer>; spool: Spool }) {
    this.#inquiries = parts.inquiries;
    this.#insurers = parts.insurers;
    this.#spool = parts.spool;
  }

  /** Faults: `insurer.not-offered`, `file.too-large`, `file.name`, and those of `Inquiries.ask`. */
  async upload(
    insurerId: string,
    name: string,
    content: AsyncIterable<Uint8Array>,
    caller: Caller,
  ): Promise<FileAnswer> {
    const { bytesMax } = this.#flows(insurerId);
    const kept = await this.#spool.keep(content, bytesMax).catch((error: unknown) => {
      if (error instanceof FileTooLarge) throw new Fault('file.too-large', { facts: { bytesMax } });
      throw error;
    });
    try {
      const { value, at } = await this.#inquiries.ask(
        insurerId,
        'file',
        caller,
        maskText,
        (insurer, exchange) => flowsOf(insurer).upload({ name, content: kept }, exchange),
      );
      const { bytes, sha256 } = kept;
      return { fileNumber: value.fileNumber, exchangeId: at.exchangeId, bytes, sha256 };
    } finally {
      await kept.discard();
    }
  }

  /** The whole file, for the caller to discard. Faults as `upload`. */
  async download(
    insurerId: string,
    request: FileRequest,
    caller: Caller,
  ): Promise<{ file: SpooledFile; exchangeId: string }> {
    const { fileNumber, filename: name, code, operator } = request;
    const query = { fileNumber, name, ...(code !== undefined && { code }), ...(operator && { operator }) };
    const { value, at } = await this.#inquiries.ask(
      insurerId,
      'file',
      caller,
      maskText,
      (insurer, exchange) => flowsOf(insurer).download(query, exchange),
    );
    return { file: value, exchangeId: at.exchangeId };
  }

  #flows(insurerId: string): FileFlows {
    const insurer = this.#insurers.get(insurerId);
    if (!insurer) throw new Fault('insurer.not-found');
    return flowsOf(insurer);
  }
}

function flowsOf(insurer: Insurer): FileFlows {
  if (!insurer.files) throw new Fault('insurer.not-offered');
  return insurer.files;
}
