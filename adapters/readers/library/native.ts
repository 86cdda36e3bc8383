import iconv from 'iconv-lite';
import { type LibraryFunctionName, libraryFunctions } from '../../../src/card/port.ts';

/** The functions of a loaded library. */
export interface NativeLibrary {
  readonly functions: readonly LibraryFunctionName[];
  /** Calls a function on a thread of its own; the arguments are those it takes. One call at a time. */
  call(
    name: LibraryFunctionName,
    args: readonly (number | string)[],
  ): Promise<{ readonly ret: number; readonly out: string }>;
}

/** The standard asks for 1 024; libraries are careless, and memory is not scarce. */
const OUTPUT_BYTES = 16_384;
/** The output of iReadIdentityCard holds a photo, as a bitmap in base64 51 816 bytes. */
const IDENTITY_BYTES = 65_536;

/** What a program's main thread has: vendors keep big buffers on the stack. */
const STACK_BYTES = 8 * 1_024 * 1_024;

/** All of GBK, and the rare characters of names besides. */
const ENCODING = 'gb18030';

const PR_SET_DUMPABLE = 4;

type Bound = (...args: (number | Buffer)[]) => Promise<number>;

/** Loads a shared library into this process. Throws with the loader's own words. */
export async function loadLibrary(file: string): Promise<NativeLibrary> {
  const { default: koffi } = await import('koffi');
  koffi.config({ async_stack_size: STACK_BYTES, resident_async_pools: 1 });
  // A crash must not leave the memory of a process that read cards on the disk.
  if (process.platform === 'linux')
    koffi.load(null).func('int prctl(int, unsigned long)')(PR_SET_DUMPABLE, 0);
  const library = koffi.load(file);
  const convention = process.platform === 'win32' ? '__stdcall' : '__cdecl';
  const bound = new Map<LibraryFunctionName, Bound>();
  for (const [name, { takes, outputs = 1 }] of Object.entries(libraryFunctions)) {
    const types = takes.map((parameter) => (parameter.startsWith('i') ? 'int' : 'void *'));
    try {
      const native = library.func(convention, name, 'int', [...types, ...Array(outputs).fill('void *')]);
      bound.set(name as LibraryFunctionName, asynchronous(native));
    } catch {
      // It has no such function; whoever asks for it will be told.
    }
  }
  return { functions: [...bound.keys()], call: (name, args) => call(name, bound.get(name)!, args) };
}

function asynchronous(native: { async: (...args: unknown[]) => void }): Bound {
  return (...args) =>
    new Promise((resolve, reject) => {
      native.async(...args, (error: unknown, ret: number) => (error ? reject(error) : resolve(ret)));
    });
}

async function call(name: LibraryFunctionName, bound: Bound, args: readonly (number | string)[]) {
  const bytes = name === 'iReadIdentityCard' ? IDENTITY_BYTES : OUTPUT_BYTES;
  const inputs = args.map((arg) => (typeof arg === 'number' ? arg : iconv.encode(`${arg}\0`, ENCODING)));
  const outputs = Array.from({ length: libraryFunctions[name].outputs ?? 1 }, () => Buffer.alloc(bytes));
  try {
    const ret = await bound(...inputs, ...outputs);
    return { ret, out: textOf(name, outputs) };
  } finally {
    for (const buffer of [...inputs, ...outputs]) if (Buffer.isBuffer(buffer)) buffer.fill(0);
  }
}

/** Two outputs are told as two fields; but the second of iReadIdentityCard is no more than the text of an error. */
function textOf(name: LibraryFunctionName, outputs: readonly Buffer[]): string {
  const texts = outputs.map(untilNul);
  return name === 'iGetReaderInfo' ? texts.map((text) => `${text}|`).join('') : (texts[0] ?? '');
}

function untilNul(buffer: Buffer): string {
  const end = buffer.indexOf(0);
  return iconv.decode(end === -1 ? buffer : buffer.subarray(0, end), ENCODING);
}
