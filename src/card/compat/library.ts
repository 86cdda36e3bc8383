import type { CompatAnswer, CompatArguments } from '../../../schemas/compat.ts';
import { Fault } from '../../errors.ts';
import type { ReaderPool } from '../pool.ts';
import type { CardLibrary, OpenReader, SocialSecurityCard } from '../port.ts';
import type { CardService } from '../service.ts';
import type { ActCall, ActParts } from './acts.ts';
import { cardOfBasString, fieldsOf } from './bas-string.ts';
import { type Ask, HOLD_MS } from './dialogue.ts';
import { type LibraryFunctionName, libraryFunctions, nextStep } from './functions.ts';
import { meaningOf, RET } from './return-codes.ts';

/** What one function may take before its library counts as hung; on the pad a PIN may be typed three times over. */
const CALL_TIMEOUT_MS = 20_000;
const TYPING_TIMEOUT_MS = 90_000;
/** So that the library's own time-out comes first. */
const MARGIN_MS = 2_000;

/**
 * Calls a function of a reader's library; its code and its string are answered as they are, unless the rules refuse the
 * card they tell of. Faults: those of the pool, and of the rules (`CardService.admit`).
 */
export async function callLibrary(
  { pool, cards }: Pick<ActParts, 'pool' | 'cards'>,
  name: LibraryFunctionName,
  call: ActCall,
): Promise<CompatAnswer> {
  for (const number of fieldsOf(call.args.pCardInfo ?? '')) cards.admitNumber(number);
  const limitMs = timeoutOf(name) + MARGIN_MS;
  const answer = await using(pool, call, limitMs, (library) => one(library, name, call.args));
  if (name === 'iReadCardBas') admitTold(cards, answer);
  return answer;
}

/** Calls step 1, and the others as they come; the reader stays taken until the last, or until a step fails. */
export async function callLibraryInSteps(
  { pool, cards }: Pick<ActParts, 'pool' | 'cards'>,
  name: LibraryFunctionName,
  call: ActCall,
  ask: Ask,
): Promise<CompatAnswer> {
  const steps = stepsFrom(name);
  const limitMs = steps.length * (timeoutOf(name) + HOLD_MS) + MARGIN_MS;
  const told = await using(pool, call, limitMs, async (library) => {
    let answer = await one(library, name, call.args);
    for (const step of steps.slice(1)) {
      if (answer.ret !== RET.done) break;
      answer = await one(library, step, await ask(answer, step));
    }
    return answer;
  });
  if (name === 'iReadCardBas_HSM_Step1') admitTold(cards, told);
  return told;
}

/** Holds the card of an iReadCardBas string to the rules. What is no such string tells of none. */
function admitTold(cards: CardService, { ret, pOutInfo }: CompatAnswer): void {
  if (ret !== RET.done) return;
  let card: SocialSecurityCard;
  try {
    card = cardOfBasString(pOutInfo, 'blank');
  } catch (error) {
    if (error instanceof Fault) return;
    throw error;
  }
  cards.admit(card);
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
