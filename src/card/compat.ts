import type { BasAnswer, BasRequest } from '../../schemas/reading.ts';
import type { Caller } from '../access/caller.ts';
import { RET, returnCodeOf } from './compat/return-codes.ts';
import type { ReaderPool } from './pool.ts';
import type { CardService } from './service.ts';
import { basString, NO_PSAM } from './social-security/bas.ts';

/** A legacy caller polls by itself; one call looks for this long. */
const LOOK_MS = 500;

/** iType of a contactless card, which no reader here has an antenna for. */
const CONTACTLESS = 2;

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
