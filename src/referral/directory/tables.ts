/** A record of the directory as it is kept. */
interface KeptRecord {
  code: string;
  /** Where it was set: what came later in this list goes before what came earlier. */
  source: 'configuration' | 'file' | 'api';
  /** JSON, as its schema in `schemas/directory.ts` says. */
  record: string;
  version: number;
  updated_at: number;
}

export interface DirectoryTables {
  organisations: KeptRecord;
  agreements: KeptRecord;
  /** One row, counted up by each change, so that gateways which share the store see that there was one. */
  directory_revisions: { name: string; revision: number };
}
