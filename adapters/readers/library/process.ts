import { type ChildProcess, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { type Duplex, PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type CardLibrary, isLibraryFunction, takesArguments } from '../../../src/card/port.ts';
import { Fault } from '../../../src/errors.ts';
import { unusable } from './file.ts';
import { CHANNEL_FD, eachLine, type HostMessage, hostMessageIn, lineOf } from './messages.ts';

const HOST = fileURLToPath(new URL('./host.ts', import.meta.url));

/** One runs and one waits; whoever asks for more has lost count. */
const CALLS_MAX = 8;
const TEXT_LENGTH_MAX = 32_768;
const REASON_LENGTH_MAX = 300;

/** What a library needs of the environment. The gateway's own may hold secrets that are none of a vendor's business. */
const ENVIRONMENT =
  /^(PATH|HOME|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|SYSTEMROOT|SYSTEMDRIVE|WINDIR|TEMP|TMP|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA)$/i;

interface Pending {
  readonly name: string;
  take(message: HostMessage): void;
  fail(fault: Fault): void;
}

/**
 * A vendor's library in a process of its own. What the library does to its process ends the process, never the
 * gateway: the call under way gets `reader.lost`, and the reader is lost.
 */
export class LibraryHost implements CardLibrary {
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #exited: Promise<void>;
  readonly #gone = Promise.withResolvers<void>();
  #functions: ReadonlySet<string> = new Set();
  #pending: Pending | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lastId = 0;
  #ended: Fault | undefined;

  private constructor(file: string) {
    this.#child = spawn(process.execPath, [HOST, file], {
      // Vendors' libraries look for their settings and their sisters where they stand themselves.
      cwd: dirname(file),
      env: environment(),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      windowsHide: true,
    });
    // Where no process could be started there is no channel either; the error tells.
    this.#channel = (this.#child.stdio?.[CHANNEL_FD] as Duplex | undefined) ?? new PassThrough();
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#end(`the library ended its process (${signal ?? `code ${code}`})`);
        resolve();
      });
      this.#child.once('error', (error) => {
        this.#end(`no process for the library: ${error.message}`);
        if (this.#child.pid === undefined) resolve();
      });
    });
    const noSense = () => this.#end('the process of the library sent what makes no sense');
    const take = (line: string) => {
      const message = hostMessageIn(line);
      if (message && this.#pending) this.#pending.take(message);
      else noSense();
    };
    eachLine(this.#channel, take, noSense);
    // Word of its end comes with the exit, which tells the reason; this one hurries it up.
    this.#channel.on('error', () => {}).on('close', () => this.#child.kill('SIGKILL'));
  }

  /** Starts the process and loads the library. Fault `reader.absent`, naming the file and the reason. */
  static async start(file: string, timeoutMs: number, signal: AbortSignal): Promise<LibraryHost> {
    const host = new LibraryHost(file);
    const abandon = () => host.#end('given up');
    signal.addEventListener('abort', abandon, { once: true });
    try {
      if (signal.aborted) abandon();
      await host.#load(file, timeoutMs);
      return host;
    } catch (cause) {
      await host.close();
      if (cause instanceof Fault && cause.code === 'reader.absent') throw cause;
      const reason = cause instanceof Fault ? (cause.context.detail ?? cause.code) : 'failed';
      throw unusable(file, `加载失败(${reason})`, `it could not be loaded: ${reason}`, cause);
    } finally {
      signal.removeEventListener('abort', abandon);
    }
  }

  /** Resolves, once, when the process is gone or given up. */
  get lost(): Promise<void> {
    return this.#gone.promise;
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /**
   * One call at a time; its time runs from when its turn comes. Faults: `compat.unknown`, `request.invalid`,
   * `reader.unsupported` for a function the library lacks, `reader.busy`, `reader.lost`.
   */
  async call(name: string, args: readonly (number | string)[], timeoutMs: number) {
    if (!isLibraryFunction(name)) throw new Fault('compat.unknown');
    if (!takesArguments(name, args) || args.some((arg) => String(arg).length > TEXT_LENGTH_MAX)) {
      throw new Fault('request.invalid', { detail: `${name}: not the arguments of LD/T 33` });
    }
    if (!this.has(name)) {
      throw new Fault('reader.unsupported', { detail: `动态库没有 ${name} / the library has no ${name}` });
    }
    if (this.#waiting >= CALLS_MAX) throw new Fault('reader.busy', { retryAfterS: 1 });
    this.#waiting += 1;
    const answer = this.#turn.then(() => this.#exchange(name, args, timeoutMs));
    this.#turn = answer.catch(() => {});
    return answer.finally(() => {
      this.#waiting -= 1;
    });
  }

  /** Ends the process, whatever it is at. */
  async close(): Promise<void> {
    this.#end('closed');
    await this.#exited;
  }

  async #load(file: string, timeoutMs: number): Promise<void> {
    const message = await this.#wait('loading', timeoutMs);
    if (message.type === 'ready') this.#functions = new Set(message.functions);
    else {
      const reason = message.type === 'failed' ? oneLine(message.reason) : 'no answer that makes sense';
      throw unusable(file, `无法加载(${reason})`, `it cannot be loaded: ${reason}`);
    }
  }

  async #exchange(name: string, args: readonly (number | string)[], timeoutMs: number) {
    const id = ++this.#lastId;
    const answered = this.#wait(name, timeoutMs);
    if (!this.#ended) this.#channel.write(lineOf({ id, name, args }));
    const message = await answered;
    if (message.type !== 'answer' || message.id !== id) {
      throw this.#end('the process of the library sent what makes no sense');
    }
    return { ret: message.ret, out: message.out };
  }

  /** The next message from the process. A process that says nothing in time is ended: its thread can't be. */
  #wait(name: string, timeoutMs: number): Promise<HostMessage> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#end(`not done within ${timeoutMs} ms, so it was ended`),
        timeoutMs,
      );
      const settle = () => {
        clearTimeout(timer);
        this.#pending = undefined;
      };
      this.#pending = {
        name,
        take(message) {
          settle();
          resolve(message);
        },
        fail(fault) {
          settle();
          reject(fault);
        },
      };
    });
  }

  /** The end, once; later reasons change nothing. */
  #end(reason: string): Fault {
    if (this.#ended) return this.#ended;
    const during = this.#pending ? `${this.#pending.name}: ` : '';
    this.#ended = new Fault('reader.lost', { detail: `${during}${reason}` });
    this.#pending?.fail(this.#ended);
    this.#child.kill('SIGKILL');
    this.#channel.destroy();
    this.#gone.resolve();
    return this.#ended;
  }
}

/** With the gateway's own cache of compiled code, the process starts in half the time and is 35 MB smaller. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  const cache = getCompileCacheDir();
  return { ...Object.fromEntries(kept), ...(cache ? { NODE_COMPILE_CACHE: dirname(cache) } : {}) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, REASON_LENGTH_MAX);
}
