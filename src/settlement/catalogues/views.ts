import type * as Wire from '../../../schemas/catalogue.ts';
import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';
import { timestampOf } from '../../clock.ts';
import type { CodeMatch } from '../port.ts';
import type { ItemFound } from './archive.ts';
import type { DownloadRow } from './download-queries.ts';
import type { MappingRow } from './mapping-queries.ts';
import type { ItemRow, VersionRow } from './queries.ts';

export function downloadView(row: DownloadRow, reason: string | undefined): Wire.CatalogueDownload {
  const { cause_code: code } = row;
  return {
    id: row.id,
    insurer: row.insurer,
    kind: row.kind,
    state: row.state,
    whole: row.whole === 1,
    rows: row.rows,
    ...(row.expected !== null && { expected: row.expected }),
    ...(code !== null && { cause: { code, ...(reason !== undefined && { reason }) } }),
    createdAt: timestampOf(row.created_at),
    updatedAt: timestampOf(row.updated_at),
  };
}

export function kindView({
  kind,
  row,
}: {
  kind: CatalogueKind;
  row?: VersionRow;
}): Wire.CatalogueList['items'][number] {
  return {
    kind,
    items: row?.items ?? 0,
    ...given('version', row?.version),
    ...(row?.loaded_at != null && { loadedAt: timestampOf(row.loaded_at) }),
    ...given('download', row?.download_id),
  };
}

export function itemView(row: ItemRow): Wire.CatalogueItem {
  return {
    code: row.code,
    ...given('variant', row.variant || null),
    name: row.name,
    ...given('aliases', row.aliases),
    ...given('initials', row.initials),
    ...given('leadsTo', row.leads_to),
    ...given('priceLimit', row.price_limit),
    ...given('selfPay', row.self_pay),
    ...given('heldFor', row.held_for),
    valid: row.valid === 1,
    ...given('validFrom', row.valid_from),
    ...given('validTo', row.valid_to),
  };
}

export function entryView({ items, limits, ratios }: ItemFound): Wire.CatalogueEntry {
  return {
    items: items.map((row) => ({
      ...itemView(row),
      content: JSON.parse(row.content) as Record<string, string>,
    })),
    priceLimits: limits.map(itemView),
    selfPayRatios: ratios.map(itemView),
  };
}

export function mappingView(row: MappingRow, reason: string | undefined): Wire.Mapping {
  const uploaded = row.uploaded === null ? null : (JSON.parse(row.uploaded) as CodeMatch);
  return {
    localCode: row.local_code,
    kind: row.kind,
    localName: row.local_name,
    nationalCode: row.national_code,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    ...given('dosageForm', row.dosage_form),
    ...given('specification', row.specification),
    ...given('approvalNumber', row.approval_number),
    ...given('unit', row.unit),
    state: row.state,
    ...given('uploadedCode', uploaded?.nationalCode),
    ...given('exchangeId', row.exchange_id),
    ...given('reason', reason),
    version: row.version,
    updatedAt: timestampOf(row.updated_at),
  };
}

function given<K extends string>(key: K, value: string | null | undefined): { [P in K]?: string } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { [P in K]: string });
}
