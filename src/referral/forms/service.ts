import type { FormName, OutgoingForm, ReturnForm } from '../../../schemas/referral-form.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Store } from '../../store/port.ts';
import { outgoingForm, returnForm } from './paper.ts';
import { type CaseRecord, type RecordParts, readRecord } from './record.ts';

export interface FormParts extends RecordParts {
  readonly store: Store;
  readonly audit: AuditTrail;
}

/** The Chinese forms of a referral. Each is made anew from what is on file, and each look is audited. */
export class FormService {
  readonly #parts: FormParts;

  constructor(parts: FormParts) {
    this.#parts = parts;
  }

  /** Faults: `referral.not-found`, `form.no-outcome`. */
  async form(by: Caller, id: string, name: FormName): Promise<OutgoingForm | ReturnForm> {
    const record = await this.record(by, id, `form-${name}`);
    return name === 'outgoing' ? outgoingForm(record) : returnForm(record);
  }

  /** The whole case, for a data set made of it; `act` is what the audit trail calls it. */
  async record(by: Caller, id: string, act: string): Promise<CaseRecord> {
    const record = await readRecord(this.#parts.store, this.#parts, id);
    await this.#parts.audit.look({ ...by, act, kind: 'referral', subject: id });
    return record;
  }
}
