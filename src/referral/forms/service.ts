import type { Attachment } from '../../../schemas/attachment.ts';
import type { Result } from '../../../schemas/recognition.ts';
import type { FormName, OutgoingForm, ReturnForm } from '../../../schemas/referral-form.ts';
import type { ReferralRecord } from '../../../schemas/referral-record.ts';
import type { UploadRecord } from '../../../schemas/upload.ts';
import type { AuditTrail } from '../../access/audit.ts';
import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { Store } from '../../store/port.ts';
import { attachmentOf } from '../attachments/model.ts';
import { attachmentsOfCase } from '../attachments/queries.ts';
import type { Bundle } from '../fhir/resource.ts';
import type { ReferralRow } from '../queries.ts';
import { isUnsent } from '../review/rules.ts';
import { dataSetOf } from './data-set.ts';
import { outgoingForm, returnForm } from './paper.ts';
import type { PrintedForm } from './print/document.ts';
import { changedReferrals } from './queries.ts';
import { type CaseRecord, type RecordParts, readRecord, recordOf } from './record.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import type { ActivityCode } from './sichuan/activities.ts';
import { messageOf } from './sichuan/messages.ts';
import { csvLine, UPLOAD_COLUMNS, uploadOf } from './upload.ts';
import type { UploadCodes } from './upload-codes.ts';

export interface FormParts extends RecordParts {
  readonly store: Store;
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly vault: Vault;
  /** As the city numbers it. */
  readonly uploadCodes: UploadCodes;
  readonly printer: { print(sheet: Sheet, madeAt: number): Promise<PrintedForm> };
  /** What both ends offered for recognition. */
  readonly results: { ofCase(key: ResultsKey): Promise<readonly Result[]> };
}

type ResultsKey = Pick<ReferralRow, 'peer' | 'case_id' | 'role'>;

/** Rows read at once for an export. */
const PAGE_ROWS = 100;

export interface UploadFilter {
  readonly from: number;
  readonly to: number;
  /** Where a former page ended. */
  readonly after?: string | undefined;
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

  /** The same as a PDF. Faults as `form`, and `form.no-font`, `gateway.busy`. */
  async print(by: Caller, id: string, name: FormName): Promise<PrintedForm> {
    const form = await this.form(by, id, name);
    const madeAt = Date.parse(`${form.letter.date}T00:00:00+08:00`);
    return this.#parts.printer.print(sheetOf(form), madeAt);
  }

  /** WS 445.16 转诊(院)记录. Fault `referral.not-found`. */
  async dataSet(by: Caller, id: string): Promise<ReferralRecord> {
    const record = await this.record(by, id, 'form-record');
    const { peer, caseId, role } = record.referral;
    const results = await this.#parts.results.ofCase({ peer: peer.code, case_id: caseId, role });
    return dataSetOf(record, results);
  }

  /** The message of an activity of 四川双向转诊. Faults `referral.not-found`, `form.no-activity`. */
  async sichuan(by: Caller, id: string, activity: ActivityCode): Promise<Bundle> {
    const record = await this.record(by, id, `form-sichuan-${activity}`);
    const files = activity === 'C01004' ? await this.#files(record) : [];
    return messageOf(record, activity, files);
  }

  /** What the end that sent the patient attached, as far as it is whole. */
  async #files({ referral: { peer, caseId, role } }: CaseRecord): Promise<Attachment[]> {
    const { store, vault } = this.#parts;
    const rows = await store.all(attachmentsOfCase, { peer: peer.code, case_id: caseId, role });
    return rows
      .map((row) => attachmentOf(vault, row))
      .filter(({ by, state }) => by === 'initiator' && !['receiving', 'whole', 'refused'].includes(state));
  }

  /** The whole case, for a data set made of it; `act` is what the audit trail calls it. */
  async record(by: Caller, id: string, act: string): Promise<CaseRecord> {
    const record = await readRecord(this.#parts.store, this.#parts, id);
    await this.#parts.audit.look({ ...by, act, kind: 'referral', subject: id });
    return record;
  }

  /** One page of the city's records of what changed within a time. Audited as a whole. */
  async uploads(
    by: Caller,
    filter: UploadFilter,
    limit: number,
  ): Promise<{ items: UploadRecord[]; next?: string }> {
    await this.#lookedAt(by, filter);
    return this.#page(filter, limit);
  }

  /** The same as one CSV file, page after page. Whoever reads it holds no more than one page in memory. */
  async csv(by: Caller, filter: UploadFilter): Promise<AsyncIterable<string>> {
    await this.#lookedAt(by, filter);
    return this.#lines(filter);
  }

  async *#lines(filter: UploadFilter): AsyncGenerator<string> {
    const columns = UPLOAD_COLUMNS.map(([column]) => column);
    yield `\uFEFF${csvLine(columns)}`;
    for (let after: string | undefined; ; ) {
      const { items, next } = await this.#page({ ...filter, after }, PAGE_ROWS);
      for (const { record } of items) yield csvLine(columns.map((column) => record[column] ?? ''));
      if (next === undefined) return;
      after = next;
    }
  }

  async #page(
    { from, to, after }: UploadFilter,
    limit: number,
  ): Promise<{ items: UploadRecord[]; next?: string }> {
    const { store, clock } = this.#parts;
    const place = placeOf(after, from);
    const rows = await store.all(changedReferrals, { from, to, ...place, limit: limit + 1 });
    const items: UploadRecord[] = [];
    for (const row of rows.slice(0, limit)) {
      if (isUnsent(row)) continue;
      const upload = uploadOf(await recordOf(store, this.#parts, row), clock.now(), this.#parts.uploadCodes);
      if (!upload) continue;
      const { row: record, missing, cut } = upload;
      items.push({ referralId: row.id, record, missing: [...missing], cut: [...cut] });
    }
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items, ...(last ? { next: `${last.updated_at}~${last.id}` } : {}) };
  }

  async #lookedAt(by: Caller, { from, to }: UploadFilter): Promise<void> {
    if (to <= from) throw new Fault('request.invalid', { pointer: '/querystring/to', detail: 'to > from' });
    await this.#parts.audit.look({
      ...by,
      act: 'export-uploads',
      kind: 'referral',
      subject: 'list',
      detail: { from, to },
    });
  }
}

function placeOf(after: string | undefined, from: number): { after_at: number; after_id: string } {
  if (after === undefined) return { after_at: from - 1, after_id: '' };
  const match = /^(\d{1,15})~([A-Za-z0-9._:-]{1,64})$/.exec(after);
  if (!match) throw new Fault('request.invalid', { pointer: '/querystring/after' });
  return { after_at: Number(match[1]), after_id: match[2] ?? '' };
}
