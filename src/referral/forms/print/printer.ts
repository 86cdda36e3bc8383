import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Fault } from '../../../errors.ts';
import type { Sheet } from '../sheet.ts';
import type { PrintedForm } from './document.ts';
import type { FontFile, PrintAnswer, PrintJob } from './print-thread.ts';

/** A form takes a second on an old machine, its fonts being read. */
const PRINT_MS = 30_000;
/** Forms that wait; whoever comes after them is told to come again. */
const WAITING_MAX = 50;
/** How long the thread is kept for the next form, with the fonts it has read. */
const IDLE_MS = 30_000;

/** The free font that may be installed beside the gateway: 思源宋体, SIL Open Font License. */
const PACKAGE = '@expo-google-fonts/noto-serif-sc';
const PACKAGE_FILE = '400Regular/NotoSerifSC_400Regular.ttf';

/** Where systems keep a font with Chinese characters; those that are there are tried in this order. */
const SYSTEM_FONTS: readonly FontFile[] = [
  { file: '/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc', name: 'NotoSerifCJKsc-Regular' },
  { file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', name: 'NotoSansCJKsc-Regular' },
  { file: 'C:\\Windows\\Fonts\\simsun.ttc', name: 'SimSun' },
  { file: 'C:\\Windows\\Fonts\\simsunb.ttf' },
];

/** Prints forms, in a thread of its own: a desk that reads a card does not wait for a page to be set. */
export class Printer {
  readonly #fonts: readonly FontFile[];
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Without fonts of the configuration, those that are found. */
  constructor(fonts: readonly FontFile[] = []) {
    this.#fonts = fonts.length > 0 ? fonts : fontsFound();
  }

  /** Faults: `form.no-font` where there is no font, or one of no use; `gateway.busy`. */
  async print(sheet: Sheet, madeAt: number): Promise<PrintedForm> {
    if (this.#fonts.length === 0) throw new Fault('form.no-font');
    if (this.#waiting >= WAITING_MAX) throw new Fault('gateway.busy');
    this.#waiting += 1;
    const turn = this.#turn.then(() => this.#print({ sheet, fonts: this.#fonts, madeAt }));
    this.#turn = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#turn;
    await this.#end();
  }

  async #print(job: PrintJob): Promise<PrintedForm> {
    clearTimeout(this.#idle);
    this.#worker ??= new Worker(new URL('./print-thread.ts', import.meta.url));
    const worker = this.#worker;
    worker.ref();
    try {
      // An error of the thread rejects, and so does the time that is up.
      const answered = once(worker, 'message', { signal: AbortSignal.timeout(PRINT_MS) });
      worker.postMessage(job);
      const [answer] = (await answered) as [PrintAnswer];
      if (answer.kind === 'font')
        throw new Fault('form.no-font', { facts: { file: answer.file, reason: answer.reason } });
      return { pdf: Buffer.from(answer.pdf), missing: answer.missing };
    } catch (error) {
      if (!(error instanceof Fault)) await this.#end();
      throw error;
    } finally {
      worker.unref();
      this.#idle = setTimeout(() => void this.#end(), IDLE_MS);
      this.#idle.unref();
    }
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

function fontsFound(): readonly FontFile[] {
  const require = createRequire(import.meta.url);
  try {
    const file = join(require.resolve(`${PACKAGE}/package.json`), '..', PACKAGE_FILE);
    if (existsSync(file)) return [{ file }];
  } catch {
    // It is not installed, which is nothing unusual.
  }
  return SYSTEM_FONTS.filter(({ file }) => existsSync(file));
}
