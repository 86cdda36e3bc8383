import type { Logger } from 'pino';
import { maskError } from '../../access/masking.ts';
import type { Clock } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import type { FilingFlow } from './flows.ts';
import type { FilingLedger } from './ledger.ts';
import { dueFilings } from './queries.ts';

/** Filings taken up in one round of the housekeeper; the rest waits for the next. */
const ROUND_MAX = 100;

/** Takes up what is due: steps whose gateway died, and filings whose answer was lost. One after the other. */
export async function takeUpDue(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly ledger: FilingLedger;
  readonly flow: FilingFlow;
}): Promise<void> {
  const due = await parts.store.all(dueFilings, { now: parts.clock.now(), limit: ROUND_MAX });
  for (const { id } of due) {
    try {
      await parts.flow.carryOn(await parts.ledger.get(id));
    } catch (error) {
      // One that can't be worked at must not keep the others from it.
      parts.logger.error({ filing: id, err: maskError(error) }, 'a filing could not be looked for');
    }
  }
}
