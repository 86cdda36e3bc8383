import type { Vault } from '../../access/vault.ts';
import type { ErrorCode } from '../../errors.ts';
import type { Filing } from '../port.ts';
import type { FilingHistoryRow, FilingRow } from './queries.ts';

/** Why a filing is where it is. */
export interface Cause {
  readonly code: ErrorCode;
  /** The insurer's or the adapter's own words. */
  readonly reason?: string;
}

/** A filing that is to be made: `id` comes with the request. */
export interface NewFiling {
  readonly insurer: string;
  readonly referralId?: string | undefined;
  readonly filing: Filing;
}

/** Seals and opens what a filing keeps of a person. */
export class FilingSeals {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  sealFiling(filing: Filing): Buffer {
    return this.#vault.sealJson(`filing ${filing.id}`, filing);
  }

  filing(row: Pick<FilingRow, 'id' | 'filing'>): Filing {
    return this.#vault.openJson<Filing>(`filing ${row.id}`, row.filing);
  }

  sealReason(id: string, reason: string): Buffer {
    return this.#vault.seal(`filing ${id} reason`, reason);
  }

  reason(row: FilingRow): string | undefined {
    return row.cause_reason
      ? this.#vault.open(`filing ${row.id} reason`, row.cause_reason).toString()
      : undefined;
  }

  sealNote(id: string, note: string): Buffer {
    return this.#vault.seal(`filing ${id} note`, note);
  }

  note({ filing_id, note }: FilingHistoryRow): string | undefined {
    return note ? this.#vault.open(`filing ${filing_id} note`, note).toString() : undefined;
  }

  /** The keyed hash under which all of a person's records are found. */
  person({ documentType, documentNumber }: Filing['identity']): string {
    return this.#vault.fingerprint('person', `${documentType} ${documentNumber.toUpperCase()}`);
  }

  /** The keyed hash of what is filed and from when: the same filing of a person has the same. It tells no disease. */
  subject(filing: Filing): string {
    return this.#vault.fingerprint('filing', `${aboutOf(filing)} ${filing.from}`);
  }
}

function aboutOf(filing: Filing): string {
  switch (filing.kind) {
    case 'transfer':
      return `${filing.toCode} ${filing.date}`;
    case 'chronic':
      return filing.disease.code;
    case 'designated':
      return `${filing.business} ${filing.institutionCode}`;
  }
}
