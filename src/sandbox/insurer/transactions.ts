import { codeHandlers } from './codes.ts';
import type { Handler } from './inputs.ts';
import { pharmacyHandlers } from './pharmacy.ts';
import { queryHandlers } from './queries.ts';
import { settlementHandlers } from './settling.ts';
import { visitHandlers } from './visits.ts';
import { wardHandlers } from './ward-visits.ts';

const handlers: ReadonlyMap<string, Handler> = new Map(
  Object.entries({
    ...visitHandlers,
    ...settlementHandlers,
    ...codeHandlers,
    ...wardHandlers,
    ...pharmacyHandlers,
    ...queryHandlers,
  }),
);

/** What a transaction does; those the sandbox has no business for are only checked, and answered with nothing. */
export function handlerOf(infno: string): Handler {
  return handlers.get(infno) ?? (() => ({}));
}
