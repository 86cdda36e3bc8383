import type { HeldReport, HeldReports } from '../../../schemas/held-result.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { bodyPurpose, type ReferralBody } from '../model.ts';
import { referralById } from '../queries.ts';
import { heldReportOf, heldReportsOf } from './held.ts';
import type { InsurerInquiries } from './port.ts';

export interface HeldParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly inquiries: InsurerInquiries;
}

/**
 * The results that an insurer holds of a referral's patient, asked for each time and kept nowhere. Faults:
 * `referral.not-found`, and those of the inquiries (`insurer.*`).
 */
export class HeldResults {
  readonly #parts: HeldParts;

  constructor(parts: HeldParts) {
    this.#parts = parts;
  }

  async list(by: Caller, id: string, insurer: string): Promise<HeldReports> {
    const psn_no = await this.#person(by, id, insurer);
    const input = { bilgiteminfo: { psn_no } };
    const { output } = await this.#parts.inquiries.transact(insurer, '5401', { input }, by);
    return heldReportsOf(insurer, output);
  }

  async report(
    by: Caller,
    id: string,
    insurer: string,
    { report, institution }: { readonly report: string; readonly institution: string },
  ): Promise<HeldReport> {
    const psn_no = await this.#person(by, id, insurer);
    const input = { rptdetailinfo: { psn_no, rpotc_no: report, fixmedins_code: institution } };
    const { output } = await this.#parts.inquiries.transact(insurer, '5402', { input }, by);
    return heldReportOf(insurer, report, output);
  }

  /** The insurer's number for the patient. The look is on the trail before anything is asked. */
  async #person(by: Caller, id: string, insurer: string): Promise<string> {
    const { store, vault, audit, inquiries } = this.#parts;
    const row = await store.one(referralById, { id });
    if (!row) throw new Fault('referral.not-found');
    const detail = { insurer };
    await audit.look({ ...by, act: 'read-held-results', kind: 'referral', subject: id, detail });
    const { patient } = vault.openJson<ReferralBody>(bodyPurpose(id), row.body);
    const { value } = await inquiries.eligibility(insurer, patient.identity, undefined, by);
    return value.personNumber;
  }
}
