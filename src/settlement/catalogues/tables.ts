import type { CatalogueKind } from '../../../schemas/catalogue-words.ts';

export interface CatalogueTables {
  /** One row per catalogue of an insurer: which version is in force, and who is loading the next. */
  catalogue_versions: {
    insurer: string;
    kind: CatalogueKind;
    /** What readers see; 0 before the first. */
    number: number;
    /** The insurer's name for it, asked from next time. */
    version: string | null;
    items: number;
    loaded_at: number | null;
    /** The download under way, which try of it writes, and until when that is believed alive. */
    download_id: string | null;
    holder: string | null;
    lease_until: number;
  };
  /**
   * Entries. A row is seen from its first version up to, and without, its last: the next version is written beside the
   * one in force, and comes into force by one number.
   */
  catalogue_items: {
    insurer: string;
    kind: CatalogueKind;
    code: string;
    variant: string;
    first_version: number;
    last_version: number;
    name: string;
    aliases: string | null;
    initials: string | null;
    leads_to: string | null;
    price_limit: string | null;
    self_pay: string | null;
    held_for: string | null;
    valid: number;
    valid_from: string | null;
    valid_to: string | null;
    content: string;
  };
  catalogue_downloads: {
    id: string;
    insurer: string;
    kind: CatalogueKind;
    client: string;
    state: DownloadState;
    /** Whether it is to replace the whole catalogue, or only what has changed. */
    whole: number;
    rows: number;
    /** How many rows the insurer told of. */
    expected: number | null;
    tries: number;
    /** The gateway that works on it. */
    gateway: string;
    cause_code: string | null;
    cause_reason: Uint8Array | null;
    created_at: number;
    updated_at: number;
  };
  /** The institution's own codes, matched to national ones. */
  code_mappings: {
    insurer: string;
    local_code: string;
    kind: CatalogueKind;
    local_name: string;
    national_code: string;
    valid_from: string;
    valid_to: string;
    dosage_form: string | null;
    specification: string | null;
    approval_number: string | null;
    unit: string | null;
    state: MappingState;
    /** What stands at the insurer under the local code: the match as it was uploaded, JSON. */
    uploaded: string | null;
    /** The exchange that uploaded or refused it. */
    exchange_id: string | null;
    cause_reason: Uint8Array | null;
    version: number;
    updated_at: number;
  };
}

export type DownloadState = 'running' | 'done' | 'unchanged' | 'failed' | 'cancelled';

/**
 * - `local`: known here only. `uploaded`: the insurer has it as it is here. `withdrawn`: it had it.
 * - `refused`: the insurer refused it. `unknown`: it did not answer; the next upload sends it again.
 */
export type MappingState = 'local' | 'uploaded' | 'refused' | 'unknown' | 'withdrawn';
