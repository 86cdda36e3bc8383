import type { HeldReports } from '../../../schemas/held-result.ts';
import type { Result } from '../../../schemas/recognition.ts';
import type { UploadedResult, UploadResult } from '../../../schemas/result-upload.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { bodyPurpose, type ReferralBody } from '../model.ts';
import { type ReferralRow, referralById } from '../queries.ts';
import { heldReportsOf } from './held.ts';
import type { InsurerInquiries } from './port.ts';
import { uploadOf } from './upload.ts';

export interface UploadParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly audit: AuditTrail;
  readonly inquiries: InsurerInquiries;
  readonly own: { readonly code: string };
  readonly results: {
    ofCase(key: Pick<ReferralRow, 'peer' | 'case_id' | 'role'>): Promise<readonly Result[]>;
  };
}

/**
 * Uploads to an insurer the results that this institution offered with a referral. The insurer is asked first what it
 * holds (5401): after a lost answer, or when two upload the same, nothing is sent twice.
 */
export class ResultUploads {
  readonly #parts: UploadParts;
  /** Uploads under way, by insurer and report: a second one waits, and finds it there. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  /** Faults: `referral.not-found`, `result.not-ours`, and those of the inquiries (`insurer.*`, `request.invalid`). */
  async upload(
    by: Caller,
    { id, number, insurer }: { readonly id: string; readonly number: number; readonly insurer: string },
    said: UploadResult,
  ): Promise<UploadedResult> {
    const { store, vault, audit, own, results } = this.#parts;
    const row = await store.one(referralById, { id });
    if (!row) throw new Fault('referral.not-found');
    const offered = await results.ofCase(row);
    const result = offered.find((each) => each.number === number && each.by === row.role);
    if (!result || result.institution.code !== own.code) throw new Fault('result.not-ours');
    const detail = { insurer, number, report: said.report };
    await audit.look({ ...by, act: 'upload-result', kind: 'referral', subject: id, detail });
    const { patient } = vault.openJson<ReferralBody>(bodyPurpose(id), row.body);
    return this.#afterOthers(`${insurer} ${said.report}`, async () => {
      const { value } = await this.#parts.inquiries.eligibility(insurer, patient.identity, undefined, by);
      return this.#send(by, insurer, result, said, value.personNumber);
    });
  }

  async #send(
    by: Caller,
    insurer: string,
    result: Result,
    said: UploadResult,
    personNumber: string,
  ): Promise<UploadedResult> {
    const { transaction, input } = uploadOf(result, said, personNumber);
    const known = { insurer, transaction, report: said.report };
    const held = await this.#held(by, insurer, personNumber);
    if (held.items.some((item) => isSame(item, result, said))) return { ...known, already: true };
    const answer = await this.#parts.inquiries.transact(insurer, transaction, { input: { ...input } }, by);
    const { exchangeId } = answer;
    return { ...known, already: false, ...(exchangeId === undefined ? {} : { exchangeId }) };
  }

  /** An insurer that refuses to list says that it has nothing: some do where there is nothing. */
  async #held(by: Caller, insurer: string, psn_no: string): Promise<HeldReports> {
    try {
      const input = { bilgiteminfo: { psn_no } };
      const { output } = await this.#parts.inquiries.transact(insurer, '5401', { input }, by);
      return heldReportsOf(insurer, output);
    } catch (error) {
      if (error instanceof Fault && error.code === 'insurer.refused') return { insurer, items: [] };
      throw error;
    }
  }

  async #afterOthers<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#underWay.set(key, settled);
    try {
      return await mine;
    } finally {
      if (this.#underWay.get(key) === settled) this.#underWay.delete(key);
    }
  }
}

/** Reports are numbered by the institution that issues them. */
function isSame(
  { number, institution }: HeldReports['items'][number],
  result: Result,
  { report, institution: ours = result.institution.code }: UploadResult,
): boolean {
  if (number !== report) return false;
  return institution.code === undefined
    ? institution.name === result.institution.name
    : institution.code === ours;
}
