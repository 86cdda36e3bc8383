import type { DifferenceClass } from '../../../schemas/statement-words.ts';
import type { Vault } from '../../access/vault.ts';
import type { OurRow, TheirRow } from '../port.ts';
import type { DifferenceRow } from './difference-queries.ts';

/** What differs, both sides as far as they have it. */
export interface Difference {
  readonly class: DifferenceClass;
  readonly sign: 1 | -1;
  readonly ours?: OurRow;
  readonly theirs?: TheirRow;
}

/** What is known here of what a difference is about. */
export interface Known {
  /** The settlement whose exchange had this id, or that has this number. */
  readonly settlementId?: string;
  /** Whether that settlement is in doubt, or waits for a person, over this very exchange. */
  readonly inQuestion: boolean;
}

/** Seals what statements keep of persons: their numbers stand in the rows. */
export class StatementSeals {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  sealContent(statement: string, key: string, { ours, theirs }: Pick<Difference, 'ours' | 'theirs'>): Buffer {
    return this.#vault.sealJson(`statement ${statement} difference ${key}`, { ours, theirs });
  }

  content(row: DifferenceRow): Pick<Difference, 'ours' | 'theirs'> {
    return this.#vault.openJson(`statement ${row.statement_id} difference ${row.key}`, row.content);
  }

  sealWords(statement: string, words: string): Buffer {
    return this.#vault.seal(`statement ${statement} words`, words);
  }

  words(statement: string, sealed: Uint8Array | null): string | undefined {
    return sealed ? this.#vault.open(`statement ${statement} words`, sealed).toString() : undefined;
  }

  /** Tells a difference from every other of its statement, through all runs. */
  keyOf(difference: Difference): string {
    const { ours, theirs, sign } = difference;
    const name = ours
      ? `ours ${ours.settlementId} ${ours.number}`
      : `theirs ${theirs?.ownId ?? ''} ${theirs?.number ?? ''} ${theirs?.billNumber ?? ''}`;
    return this.#vault.fingerprint('statement difference', `${sign} ${name}`);
  }
}
