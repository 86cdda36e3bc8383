import { ConstraintError, type Store, type Unit } from '../store/port.ts';
import { StaleRow } from './port.ts';

/** Two gateways seldom meet on one row, and hardly ever this often in a row. */
const TRIES_MAX = 5;

/** Runs a unit again when another gateway was first at the same row. */
export async function retrying<T>(store: Store, work: (unit: Unit) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await store.write(work);
    } catch (error) {
      const collided = error instanceof StaleRow || error instanceof ConstraintError;
      if (!collided || tries === TRIES_MAX) throw error;
    }
  }
}
