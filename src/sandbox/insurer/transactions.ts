import { CATALOGUES, catalogueHandlers } from './catalogues.ts';
import { codeHandlers } from './codes.ts';
import { Refusal } from './envelope.ts';
import { fileHandlers } from './files.ts';
import { filingHandlers } from './filings.ts';
import type { Handler } from './inputs.ts';
import { mobileHandlers } from './mobile.ts';
import { pharmacyHandlers } from './pharmacy.ts';
import type { Specification, VirtualCatalogues } from './port.ts';
import { prescriptionHandlers } from './prescriptions.ts';
import { queryHandlers } from './queries.ts';
import { reportHandlers } from './reports.ts';
import { sampleOutput } from './sample.ts';
import { settlementHandlers } from './settling.ts';
import { statementHandlers } from './statements.ts';
import { visitHandlers } from './visits.ts';
import { wardHandlers } from './ward-visits.ts';

/** What the virtual platform does with each transaction that it has business for. */
function businessOf(catalogues: VirtualCatalogues): ReadonlyMap<string, Handler> {
  return new Map(
    Object.entries({
      ...visitHandlers,
      ...settlementHandlers,
      ...codeHandlers,
      ...filingHandlers,
      ...mobileHandlers,
      ...prescriptionHandlers,
      ...wardHandlers,
      ...pharmacyHandlers,
      ...queryHandlers,
      ...reportHandlers,
      ...fileHandlers,
      ...statementHandlers,
      ...catalogueHandlers(catalogues),
    }),
  );
}

const business = businessOf(CATALOGUES);

/** Settlements and their undoing (21xx, 22xx, 23xx, 6xxx): never made up, since somebody would reckon with them. */
const MONEY = /^(2102|2103|2163|2167|2181|2207A?|2208|2304|2305|2601|6202|6203|6401)$/;

/** Whether the virtual platform has business for a transaction: rules of its own beyond the specification. */
export function hasBusiness(infno: string): boolean {
  return business.has(infno) || MONEY.test(infno);
}

/** What a transaction does; those the sandbox has no business for are only checked, and answered with a sample. */
export function handlersOf(
  specification: Specification,
  catalogues: VirtualCatalogues = CATALOGUES,
): (infno: string) => Handler {
  const handlers = catalogues === CATALOGUES ? business : businessOf(catalogues);
  return (infno) => {
    const handler = handlers.get(infno);
    if (handler) return handler;
    if (MONEY.test(infno)) return refuse;
    return (context) => sampleOutput(context, specification);
  };
}

function refuse(): never {
  throw new Refusal('沙箱不办理这项业务');
}
