import { type ErrorCode, Fault } from '../../errors.ts';

/**
 * The codes of the health card's own interface (IRV_…, 居民健康卡 2012), for what can go wrong with such a card. They go
 * along as the fact `irv`, for systems that know these codes.
 */
const codes: Partial<Record<ErrorCode, number>> = {
  'request.invalid': 101,
  'card.file-not-found': 102,
  'card.unknown': 102,
  'card.locked-data': 103,
  'card.refused': 103,
  'card.removed': 104,
  'card.none': 104,
  'card.authentication': 106,
  'card.write-refused': 108,
};

/** The index of visits, whose failures have codes of their own. */
const VISIT_INDEX = 'DF03EF05';
const PHOTO = 'DDF1EF07';

/** A binary file of the card: the photo, a visit's own. */
const BINARY = /^(DDF1EF07|DF03EF0[56]|DF03E[DE]..)$/;

/** The code for a Fault, or nothing where the interface has none. */
export function irvOf({ code, context }: Fault): number | undefined {
  const file = String(context.facts?.file ?? '');
  const written = code === 'card.write-refused';
  if (file === VISIT_INDEX) return written ? 111 : 110;
  if (file === PHOTO && !written) return 113;
  if (code === 'card.file-not-found' && context.facts?.item !== undefined) return 112;
  if (BINARY.test(file)) return written ? 109 : 107;
  return codes[code];
}

/** Runs work on a health card; its Faults carry the interface's code. */
export async function withIrv<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const irv = error instanceof Fault ? irvOf(error) : undefined;
    if (!(error instanceof Fault) || irv === undefined) throw error;
    const { code, context } = error;
    throw new Fault(code, { ...context, facts: { ...context.facts, irv } }, error);
  }
}
