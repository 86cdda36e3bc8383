import { codeHandlers } from './codes.ts';
import { filingHandlers } from './filings.ts';
import type { Handler } from './inputs.ts';
import { settlementHandlers } from './settling.ts';
import { visitHandlers } from './visits.ts';

const handlers: ReadonlyMap<string, Handler> = new Map(
  Object.entries({ ...visitHandlers, ...settlementHandlers, ...codeHandlers, ...filingHandlers }),
);

/** What a transaction does; those the sandbox has no business for are only checked, and answered with nothing. */
export function handlerOf(infno: string): Handler {
  return handlers.get(infno) ?? (() => ({}));
}
