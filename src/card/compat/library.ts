import type { CompatAnswer, CompatArguments } from '../../../schemas/compat.ts';
import { Fault } from '../../errors.ts';
import type { ReaderPool } from '../pool.ts';
import type { CardLibrary, OpenReader } from '../port.ts';
import type { ActCall } from './acts.ts';
import { type Ask, HOLD_MS } from './dialogue.ts';
import { type LibraryFunctionName, libraryFunctions, nextStep } from './functions.ts';
import { meaningOf, RET } from './return-codes.ts';

/** What one function may take before its library counts as hung; on the pad a PIN may be typed three times over. */
const CALL_TIMEOUT_MS = 20_000;
const TYPING_TIMEOUT_MS = 90_000;
/** So that the library's own time-out comes first. */
const MARGIN_MS = 2_000;

/** Calls a function of a reader's library; its code and its string are answered as they are. */
export function callLibrary(
  pool: ReaderPool,
  name: LibraryFunctionName,
  call: ActCall,
): Promise<CompatAnswer> {
  return using(pool, call, timeoutOf(name) + MARGIN_MS, (library) => one(library, name, call.args));
}

/** Calls step 1, and the others as they come; the reader stays taken until the last, or until a step fails. */
export function callLibraryInSteps(
  pool: ReaderPool,
  name: LibraryFunctionName,
  call: ActCall,
  ask: Ask,
): Promise<CompatAnswer> {
  const steps = stepsFrom(name);
  const limitMs = steps.length * (timeoutOf(name) + HOLD_MS) + MARGIN_MS;
  return using(pool, call, limitMs, async (library) => {
    let answer = await one(library, name, call.args);
    for (const step of steps.slice(1)) {
      if (answer.ret !== RET.done) break;
      answer = await one(library, step, await ask(answer, step));
    }
    return answer;
  });
}

/** A library that can't reach its reader any more has lost it: it is opened anew, and the caller gets its words. */
async function using(
  pool: ReaderPool,
  { reader, lease, cancelled }: ActCall,
  limitMs: number,
  work: (library: CardLibrary) => Promise<CompatAnswer>,
): Promise<CompatAnswer> {
  let gone: CompatAnswer | undefined;
  const use = async ({ library }: OpenReader) => {
    if (!library) throw new Fault('reader.unsupported');
    const answer = await work(library);
    if (answer.ret === RET.done || meaningOf(answer.ret).code !== 'reader.absent') return answer;
    gone = answer;
    throw new Fault('reader.lost', { facts: { ret: answer.ret } });
  };
  try {
    return await pool.use(reader, use, { limitMs, cancelled, lease });
  } catch (error) {
    if (gone) return gone;
    throw error;
  }
}

async function one(
  library: CardLibrary,
  name: LibraryFunctionName,
  args: CompatArguments,
): Promise<CompatAnswer> {
  const inOrder = libraryFunctions[name].takes.map((parameter) => args[parameter] as number | string);
  const { ret, out } = await library.call(name, inOrder, timeoutOf(name));
  return { ret, pOutInfo: out };
}

function stepsFrom(name: LibraryFunctionName): LibraryFunctionName[] {
  const next = nextStep(name);
  return next ? [name, ...stepsFrom(next)] : [name];
}

/** iScan2DBarcode waits by itself, for a time that the schema bounds. */
function timeoutOf(name: LibraryFunctionName): number {
  return /PIN|Debit|Scan/.test(name) ? TYPING_TIMEOUT_MS : CALL_TIMEOUT_MS;
}
