import type { CatalogueItem, CodeMatch } from '../port.ts';
import type { MappingRow } from './mapping-queries.ts';
import type { ItemFields } from './queries.ts';

/** Neither database keeps NUL in a text; half a surrogate pair is none anywhere. */
function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function cleanOr(text: string | undefined): string | null {
  return text === undefined ? null : clean(text);
}

/** An entry as its row holds it. */
export function fieldsOf(item: CatalogueItem): ItemFields {
  return {
    code: clean(item.code),
    variant: clean(item.variant),
    name: clean(item.name),
    aliases: cleanOr(item.aliases),
    initials: cleanOr(item.initials),
    leads_to: cleanOr(item.leadsTo),
    price_limit: cleanOr(item.priceLimit),
    self_pay: cleanOr(item.selfPay),
    held_for: cleanOr(item.heldFor),
    valid: item.valid ? 1 : 0,
    valid_from: cleanOr(item.validFrom),
    valid_to: cleanOr(item.validTo),
    content: clean(JSON.stringify(item.content).replaceAll('\\u0000', '')),
  };
}

/** A batch as one JSON text; of entries with one code and variant the last counts. */
export function batchOf(items: readonly CatalogueItem[]): string {
  const byKey = new Map<string, ItemFields>();
  for (const item of items) {
    const fields = fieldsOf(item);
    byKey.set(`${fields.code}\n${fields.variant}`, fields);
  }
  return JSON.stringify([...byKey.values()]);
}

/** What the institution says of its code, as the insurer is told. */
export function matchOf(row: MappingRow): CodeMatch {
  return {
    kind: row.kind,
    localCode: row.local_code,
    localName: row.local_name,
    nationalCode: row.national_code,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    ...(row.dosage_form !== null && { dosageForm: row.dosage_form }),
    ...(row.specification !== null && { specification: row.specification }),
    ...(row.approval_number !== null && { approvalNumber: row.approval_number }),
    ...(row.unit !== null && { unit: row.unit }),
  };
}
