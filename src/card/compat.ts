import type { BasAnswer, BasRequest } from '../../schemas/reading.ts';
import type { Caller } from '../access/caller.ts';
import { type ErrorCode, Fault } from '../errors.ts';
import type { ReaderPool } from './pool.ts';
import type { CardService } from './service.ts';
import { basString, NO_PSAM } from './social-security/bas.ts';

/** A legacy caller polls by itself; one call looks for this long. */
const LOOK_MS = 500;

/** Return codes of LD/T 33 drivers. */
const RET = { done: 0, noCard: -2, notConnected: -11, unsupported: -13, noPsam: -2201 } as const;

/** iType of a contactless card, which no reader here has an antenna for. */
const CONTACTLESS = 2;

const returnCodes: Partial<Record<ErrorCode, number>> = {
  'card.unknown': -1,
  'card.none': RET.noCard,
  'card.removed': -4,
  'card.refused': -4,
  'reader.absent': RET.notConnected,
  'reader.lost': RET.notConnected,
  'reader.silent': RET.notConnected,
  'reader.busy': -12,
  'reader.unsupported': RET.unsupported,
  'reader.protocol': -15,
};

/**
 * iReadCardBas as LD/T 33 has it. A card of generation 3 gives what is free and −2201 (no PSAM), by which the caller
 * knows to go on with the encryption machine. Faults only for what the calling system did wrong.
 */
export async function readBas(
  pool: ReaderPool,
  cards: CardService,
  request: BasRequest,
  caller: Caller,
  cancelled: AbortSignal,
): Promise<BasAnswer> {
  if (request.iType === CONTACTLESS) return { pOutInfo: '', ret: RET.unsupported };
  const reader = request.reader ?? chipReader(pool);
  if (reader === undefined) return { pOutInfo: '', ret: RET.notConnected };
  try {
    const { told } = await cards.read(
      reader,
      { accept: ['social-security-card'], timeoutMs: LOOK_MS, holder: 'if-readable' },
      caller,
      { cancelled },
    );
    if (told.kind !== 'social-security-card') return { pOutInfo: '', ret: RET.unsupported };
    return {
      pOutInfo: basString(told.card, { terminalNumber: NO_PSAM, deviceNumber: reader }),
      ret: told.card.holder === 'locked' ? RET.noPsam : RET.done,
    };
  } catch (error) {
    const ret = returnCodeOf(error);
    if (ret === undefined) throw error;
    return { pOutInfo: '', ret };
  }
}

/** The first reader with a slot: legacy systems know of one reader only. */
function chipReader(pool: ReaderPool): string | undefined {
  return pool.list().find((reader) => reader.reads.includes('social-security-card'))?.id;
}

/** A status word the card gave is its negative decimal value; anything else has a code of its own. */
function returnCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Fault)) return undefined;
  const sw = error.context.facts?.sw;
  if (typeof sw === 'string') return -Number.parseInt(sw, 16);
  return returnCodes[error.code];
}
