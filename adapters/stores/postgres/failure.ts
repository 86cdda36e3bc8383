import { Fault } from '../../../src/errors.ts';
import { ConstraintError } from '../../../src/store/port.ts';

/**
 * What PostgreSQL reports, by SQLSTATE (PostgreSQL documentation, appendix A):
 *
 * - again: the unit lost a race that it may win when run from the start: serialization failure, deadlock, a
 *   prepared statement whose table another gateway has just migrated.
 * - busy: too slow or too crowded; it passes.
 * - away: the connection or the server is gone, or has no disk or memory left.
 */
const AGAIN = new Set(['40001', '40P01', '0A000']);
const BUSY = new Set(['55P03', '57014', '53300']);
const AWAY_CLASSES = new Set(['08', '53', '57', '58', 'XX', '25']);
const CONSTRAINT_CLASS = '23';

/** The unit lost a race and may be run again. */
export class LostRace extends Error {
  override name = 'LostRace';
}

/** The SQLSTATE of an error that the server reported; undefined when it said nothing. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && code.length === 5 && severity !== undefined ? code : undefined;
}

/** What a failed statement or connection means to the store's callers; a bug in a statement stays as it is. */
export function failureOf(error: unknown): Error {
  const state = sqlStateOf(error);
  // Everything pg throws without a SQLSTATE is about the connection: refused, reset, timed out, closed.
  if (state === undefined) return isCrowded(error) ? busy(error) : away(error);
  if (AGAIN.has(state)) return new LostRace(`SQLSTATE ${state}`, { cause: error });
  if (BUSY.has(state)) return busy(error);
  const group = state.slice(0, 2);
  if (group === CONSTRAINT_CLASS) return new ConstraintError((error as Error).message);
  return AWAY_CLASSES.has(group) ? away(error) : (error as Error);
}

/** What pg-pool says when every connection stayed in use. */
function isCrowded(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

function busy(cause: unknown): Fault {
  return new Fault('gateway.busy', { retryAfterS: 1 }, cause);
}

function away(cause: unknown): Fault {
  return new Fault('gateway.store', {}, cause);
}
