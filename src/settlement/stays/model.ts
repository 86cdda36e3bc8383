import type { StayEvent } from '../../../schemas/stay-words.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Cause } from '../model.ts';
import type { Discharge, Handle, Stay, StayCharge } from '../port.ts';
import type { LineRow } from './line-queries.ts';
import type { StayHistoryRow, StayRow } from './queries.ts';

/** A stay as it stands on disk. */
export interface StayRecord {
  readonly row: StayRow;
}

/** What a stay's row keeps sealed. */
export interface StayContent {
  readonly stay: Stay;
  readonly discharge?: Discharge;
}

/** A charge before it has a number at the insurer. */
export type NewCharge = Omit<StayCharge, 'serial'>;

/** What an act was asked to do; nothing for those that say all by their name. */
export interface ActContent {
  readonly stay?: Stay;
  readonly discharge?: Discharge;
  readonly charges?: readonly NewCharge[];
}

/** One transition to take: the event, and what changes beside the state. */
export interface StayStep {
  readonly event: StayEvent;
  readonly caller: Caller;
  /** Why; nothing clears the cause before. */
  readonly cause?: Cause;
  readonly change?: Partial<StayRow>;
  /** What the act that begins is to do. */
  readonly content?: ActContent;
  /** The request that asks for it, so that a repeat finds it done. */
  readonly request?: string;
  readonly note?: string;
  /** The referral on file here that the stay follows: who looked it up stands on the trail. */
  readonly referral?: string;
}

/** Seals and opens what a stay keeps of a person. */
export class StaySeals {
  readonly #vault: Vault;

  constructor(vault: Vault) {
    this.#vault = vault;
  }

  sealContent(id: string, content: StayContent): Buffer {
    return this.#vault.sealJson(`stay ${id}`, content);
  }

  content(row: StayRow): StayContent {
    return this.#vault.openJson<StayContent>(`stay ${row.id}`, row.content);
  }

  sealHandle(id: string, handle: Handle): Buffer {
    return this.#vault.sealJson(`stay ${id} handle`, handle);
  }

  handle(row: StayRow): Handle | undefined {
    return row.handle ? this.#vault.openJson<Handle>(`stay ${row.id} handle`, row.handle) : undefined;
  }

  sealAct(id: string, content: ActContent): Buffer {
    return this.#vault.sealJson(`stay ${id} act`, content);
  }

  act(id: string, { content }: Pick<StayHistoryRow, 'content'>): ActContent {
    return content ? this.#vault.openJson<ActContent>(`stay ${id} act`, content) : {};
  }

  sealCharge(id: string, charge: NewCharge): Buffer {
    return this.#vault.sealJson(`stay ${id} line`, charge);
  }

  charge(row: LineRow): StayCharge {
    const charge = this.#vault.openJson<NewCharge>(`stay ${row.stay_id} line`, row.content);
    return { ...charge, serial: String(row.serial) };
  }

  /** By which a repeated line is known without opening what is kept of it. */
  digest(charge: NewCharge): string {
    const { line, nationalCode, localCode, name, count, price, amountFen, occurredAt } = charge;
    const content = [line, nationalCode, localCode, name, count, price, amountFen, occurredAt];
    return this.#vault.fingerprint('stay line', JSON.stringify(content));
  }

  sealReason(id: string, reason: string): Buffer {
    return this.#vault.seal(`stay ${id} reason`, reason);
  }

  reason({ id, cause_reason }: StayRow): string | undefined {
    return cause_reason ? this.#vault.open(`stay ${id} reason`, cause_reason).toString() : undefined;
  }

  sealNote(id: string, note: string): Buffer {
    return this.#vault.seal(`stay ${id} note`, note);
  }

  note(id: string, note: Uint8Array): string {
    return this.#vault.open(`stay ${id} note`, note).toString();
  }

  person({ identity: { documentType, documentNumber } }: Stay): string {
    return this.#vault.fingerprint('person', `${documentType} ${documentNumber.toUpperCase()}`);
  }
}
