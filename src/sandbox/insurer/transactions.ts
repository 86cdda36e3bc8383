import { CATALOGUES, catalogueHandlers } from './catalogues.ts';
import { codeHandlers } from './codes.ts';
import { fileHandlers } from './files.ts';
import type { Handler } from './inputs.ts';
import type { VirtualCatalogues } from './port.ts';
import { settlementHandlers } from './settling.ts';
import { statementHandlers } from './statements.ts';
import { visitHandlers } from './visits.ts';

/** What each transaction does; those the sandbox has no business for are only checked, and answered with nothing. */
export function handlersOf(catalogues: VirtualCatalogues = CATALOGUES): (infno: string) => Handler {
  const handlers: ReadonlyMap<string, Handler> = new Map(
    Object.entries({
      ...visitHandlers,
      ...settlementHandlers,
      ...codeHandlers,
      ...fileHandlers,
      ...statementHandlers,
      ...catalogueHandlers(catalogues),
    }),
  );
  return (infno) => handlers.get(infno) ?? (() => ({}));
}
