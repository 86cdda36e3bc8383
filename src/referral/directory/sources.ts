import type { Agreement, DirectoryFile, OrganisationRecord } from '../../../schemas/directory.ts';
import type { Unit } from '../../store/port.ts';
import { countRevision, REVISION, type RecordKind, type RecordRow, records } from './queries.ts';

/** A record, and where it comes from. */
export interface Sourced<R> {
  readonly source: 'configuration' | 'file';
  readonly record: R;
}

/** What the configuration and the file say together. */
export interface Sources {
  readonly organisations: readonly Sourced<OrganisationRecord>[];
  readonly agreements: readonly Sourced<Agreement>[];
}

/**
 * Lays the file over the configuration. A file is often the same for the whole county, so a link that only the
 * configuration of this gateway has stays.
 */
export function sourcesOf(
  configured: readonly OrganisationRecord[],
  file: DirectoryFile | undefined,
): Sources {
  const links = new Map(configured.map(({ code, link }) => [code, link]));
  const inFile = new Map(
    (file?.organisations ?? []).map((record) => {
      const link = record.link ?? links.get(record.code);
      return [record.code, { source: 'file' as const, record: { ...record, ...(link ? { link } : {}) } }];
    }),
  );
  const rest = configured
    .filter(({ code }) => !inFile.has(code))
    .map((record) => ({ source: 'configuration' as const, record }));
  return {
    organisations: [...rest, ...inFile.values()],
    agreements: (file?.agreements ?? []).map((record) => ({ source: 'file' as const, record })),
  };
}

/** Makes the store hold what the sources say; what was set through the API stays. Answers whether anything changed. */
export async function storeSources(unit: Unit, sources: Sources, now: number): Promise<boolean> {
  await unit.run(countRevision, REVISION);
  const changes = [
    await storeKind(unit, 'organisations', sources.organisations, now),
    await storeKind(unit, 'agreements', sources.agreements, now),
  ];
  return changes.some((count) => count > 0);
}

async function storeKind(
  unit: Unit,
  kind: RecordKind,
  wanted: readonly Sourced<OrganisationRecord | Agreement>[],
  now: number,
): Promise<number> {
  const { all, insert, update, remove } = records[kind];
  const before = new Map((await unit.all(all, {})).map((row) => [row.code, row]));
  const codes = new Set(wanted.map(({ record }) => record.code));
  let changes = 0;
  for (const { source, record } of wanted) {
    const text = JSON.stringify(record);
    const known = before.get(record.code);
    if (known && (known.source === 'api' || (known.record === text && known.source === source))) continue;
    const version = (known?.version ?? 0) + 1;
    const row: RecordRow = { code: record.code, source, record: text, version, updated_at: now };
    await unit.run(known ? update : insert, row);
    changes += 1;
  }
  for (const { code, source } of before.values()) {
    if (source === 'api' || codes.has(code)) continue;
    await unit.run(remove, { code });
    changes += 1;
  }
  return changes;
}
