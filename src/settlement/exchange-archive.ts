import type { AuditTrail } from '../access/audit.ts';
import type { Caller } from '../access/caller.ts';
import type { Vault } from '../access/vault.ts';
import { Fault } from '../errors.ts';
import type { Store } from '../store/port.ts';
import { query } from '../store/query.ts';
import { type ExchangeRow, exchangeById } from './exchange-queries.ts';
import { digestOf } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { maskedBody } from './masked-body.ts';

const trailOf = query<{ subject: string }, { act: string; detail: string }>('exchange.trail', (db, arg) =>
  db
    .selectFrom('audit')
    .select(['act', 'detail'])
    .where('kind', '=', 'exchange')
    .where('subject', '=', arg('subject'))
    .orderBy('at')
    .limit(20),
);

/** One exchange with what went over the wire, masked, and whether it is still what was written down then. */
export interface ShownExchange {
  readonly row: ExchangeRow;
  readonly request: string;
  readonly answer: string | undefined;
  /** The bodies' digests are those of the audit trail. */
  readonly intact: boolean;
  /** The name of the person it is about, for masking what is shown beside. */
  readonly name: string;
}

/** Looks into the journal. Each look is on the audit trail. */
export class ExchangeArchive {
  readonly #parts: { store: Store; vault: Vault; audit: AuditTrail; ledger: Ledger };

  constructor(parts: { store: Store; vault: Vault; audit: AuditTrail; ledger: Ledger }) {
    this.#parts = parts;
  }

  /** Fault `exchange.not-found`. */
  async read(id: string, caller: Caller): Promise<ShownExchange> {
    const { store, vault, audit } = this.#parts;
    const row = await store.one(exchangeById, { id });
    if (!row) throw new Fault('exchange.not-found');
    await audit.look({ ...caller, act: 'read', kind: 'exchange', subject: id });
    const { name, numbers } = await this.#person(row);
    const known = [name, ...numbers];
    const answer = row.answer && vault.open(`exchange ${id} answer`, row.answer);
    return {
      row,
      request: maskedBody(vault.open(`exchange ${id} request`, row.request), known),
      answer: answer ? maskedBody(answer, known) : undefined,
      intact: await this.#isIntact(row),
      name,
    };
  }

  async #person({ settlement_id: id }: ExchangeRow): Promise<{ name: string; numbers: string[] }> {
    const settlement = id === null ? undefined : await this.#parts.ledger.find(id);
    if (!settlement) return { name: '', numbers: [] };
    const { name, documentNumber, cardId, cardNumber } = this.#parts.ledger.seals.bill(
      settlement.row,
    ).identity;
    return { name, numbers: [documentNumber, cardId ?? '', cardNumber ?? ''] };
  }

  async #isIntact({ id, request, answer, outcome }: ExchangeRow): Promise<boolean> {
    const trail = await this.#parts.store.all(trailOf, { subject: id });
    const details = trail.map(({ act, detail }): Record<string, unknown> => ({ ...JSON.parse(detail), act }));
    const begun = details.find((detail) => 'effect' in detail);
    const answered = details.find(({ act }) => act === 'answer');
    if (begun?.sha256 !== digestOf(request)) return false;
    // What was never answered has been given up, which the trail of its settlement tells.
    if (!answered) return answer === null && (outcome === 'pending' || outcome === 'unknown');
    return answered.outcome === outcome && answered.sha256 === (answer ? digestOf(answer) : undefined);
  }
}
