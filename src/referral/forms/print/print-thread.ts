import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import type { Sheet } from '../sheet.ts';
import { type FontData, printForm, UnusableFont } from './document.ts';

/** What the thread is asked. */
export interface PrintJob {
  readonly sheet: Sheet;
  readonly fonts: readonly FontFile[];
  readonly madeAt: number;
}

export interface FontFile {
  readonly file: string;
  /** Which font of a collection. */
  readonly name?: string | undefined;
}

/** What it answers: a form, or which font is of no use. */
export type PrintAnswer =
  | { readonly kind: 'printed'; readonly pdf: Uint8Array; readonly missing: readonly string[] }
  | { readonly kind: 'font'; readonly file: string; readonly reason: string };

/** Fonts stay read as long as the thread lives, which is not long. */
const read = new Map<string, Promise<Buffer>>();

async function answer({ sheet, fonts, madeAt }: PrintJob): Promise<PrintAnswer> {
  const data: FontData[] = [];
  for (const { file, name } of fonts) {
    try {
      const reading = read.get(file) ?? readFile(file);
      read.set(file, reading);
      data.push({ data: await reading, ...(name === undefined ? {} : { name }) });
    } catch (error) {
      read.delete(file);
      return { kind: 'font', file, reason: (error as NodeJS.ErrnoException).code ?? 'unreadable' };
    }
  }
  try {
    const { pdf, missing } = await printForm(sheet, data, madeAt);
    return { kind: 'printed', pdf: new Uint8Array(pdf), missing };
  } catch (error) {
    if (!(error instanceof UnusableFont)) throw error;
    return { kind: 'font', file: fonts[error.index]?.file ?? '', reason: error.message };
  }
}

// One at a time: whoever asks waits for the answer. What is thrown ends the thread, and says so.
parentPort?.on('message', async (job: PrintJob) => parentPort?.postMessage(await answer(job)));
