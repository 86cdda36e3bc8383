import { maskName, maskText } from '../access/masking.ts';
import type { Vault } from '../access/vault.ts';
import type { ErrorCode } from '../errors.ts';
import type { Bill, Quote, Settled } from './port.ts';
import type { LegRow, SettlementRow } from './queries.ts';

/** A settlement as it stands on disk. */
export interface Settlement {
  readonly row: SettlementRow;
  /** In the order in which the payers are asked. */
  readonly legs: readonly LegRow[];
}

/** Why a settlement is where it is. */
export interface Cause {
  readonly code: ErrorCode;
  /** The insurer's or the adapter's own words. */
  readonly reason?: string;
}

/** Seals and opens what a settlement keeps of a person. */
export class SettlementSeals {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  sealBill(bill: Bill): Buffer {
    return this.#vault.sealJson(`settlement ${bill.settlementId} bill`, bill);
  }

  /** The bill, as it is put to the insurer in this attempt. */
  bill(row: SettlementRow): Bill {
    const bill = this.#vault.openJson<Bill>(`settlement ${row.id} bill`, row.bill);
    return { ...bill, attempt: row.attempt };
  }

  sealQuote(id: string, ordinal: number, quote: Quote): Buffer {
    return this.#vault.sealJson(labelOf(id, ordinal, 'quote'), quote);
  }

  quote(leg: LegRow): Quote | undefined {
    if (!leg.quote) return undefined;
    return this.#vault.openJson<Quote>(labelOf(leg.settlement_id, leg.ordinal, 'quote'), leg.quote);
  }

  sealSettled(id: string, ordinal: number, settled: Settled): Buffer {
    return this.#vault.sealJson(labelOf(id, ordinal, 'settled'), settled);
  }

  settled(leg: LegRow): Settled | undefined {
    if (!leg.settled) return undefined;
    return this.#vault.openJson<Settled>(labelOf(leg.settlement_id, leg.ordinal, 'settled'), leg.settled);
  }

  sealReason(id: string, reason: string): Buffer {
    return this.#vault.seal(`settlement ${id} reason`, reason);
  }

  reason(row: SettlementRow): string | undefined {
    if (!row.cause_reason) return undefined;
    return this.openReason(row.id, row.cause_reason);
  }

  openReason(id: string, reason: Uint8Array): string {
    return this.#vault.open(`settlement ${id} reason`, reason).toString();
  }

  sealNote(id: string, note: string): Buffer {
    return this.#vault.seal(`settlement ${id} note`, note);
  }

  note(id: string, note: Uint8Array): string {
    return this.#vault.open(`settlement ${id} note`, note).toString();
  }

  /** The words an insurer gave for its answer to an exchange. */
  exchangeReason(exchange: { id: string; reason: Uint8Array | null }): string | undefined {
    if (!exchange.reason) return undefined;
    return this.#vault.open(`exchange ${exchange.id} reason`, exchange.reason).toString();
  }

  /** The body of the answer to an exchange. */
  exchangeAnswer(exchange: { id: string; answer: Uint8Array | null }): Buffer | undefined {
    if (!exchange.answer) return undefined;
    return this.#vault.open(`exchange ${exchange.id} answer`, exchange.answer);
  }

  person(bill: Pick<Bill, 'identity'>): string {
    const { documentType, documentNumber } = bill.identity;
    return this.#vault.fingerprint('person', `${documentType} ${documentNumber.toUpperCase()}`);
  }
}

/** What a leg's content is sealed as; the first leg's label is older than the others. */
function labelOf(id: string, ordinal: number, what: 'quote' | 'settled'): string {
  return ordinal === 1 ? `settlement ${id} ${what}` : `settlement ${id} leg ${ordinal} ${what}`;
}

/** Words from outside as others may see them: long numbers masked, and the name of the person they are about. */
export function maskAbout(text: string, name: string): string {
  return maskText(name === '' ? text : text.replaceAll(name, maskName(name)));
}
