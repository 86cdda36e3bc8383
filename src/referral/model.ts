import type { Identity } from '../../schemas/identity.ts';
import type {
  HistoryEntry,
  Referral,
  ReferralAct,
  ReferralSummary,
  RequestMessage,
} from '../../schemas/referral.ts';
import type { Claim } from '../../schemas/referral-claim.ts';
import { maskName, maskNumber } from '../access/masking.ts';
import type { Vault } from '../access/vault.ts';
import { timestampOf } from '../clock.ts';
import type { Replaced } from './amendments.ts';
import { type Act, actionsOf, isTerminal, STATES } from './machine.ts';
import type { EventRow, ReferralRow } from './queries.ts';
import { reviewShown } from './review/held.ts';

/** What is sealed with a referral: everything personal, and what the doctors wrote. */
export type ReferralBody = Pick<RequestMessage, 'department' | 'patient' | 'form' | 'consent' | 'notify'>;

/** What is sealed with an event. */
export type EventContent = Pick<
  ReferralAct,
  'text' | 'reason' | 'appointment' | 'outcome' | 'form' | 'consent'
> &
  // Of a review: who, and about what.
  Pick<HistoryEntry, 'by' | 'of'> & {
    /** Of the initiator's amendment: what it took the place of. Stays here. */
    readonly replaces?: Replaced;
  };

export function bodyPurpose(referralId: string): string {
  return `referral ${referralId}`;
}

export function claimPurpose(referralId: string): string {
  return `referral-claim ${referralId}`;
}

function contentPurpose(eventId: string): string {
  return `referral-event ${eventId}`;
}

/** The keyed hash under which all referrals of one person are found. */
export function personOf(
  vault: Vault,
  { documentType, documentNumber }: Pick<Identity, 'documentType' | 'documentNumber'>,
): string {
  return vault.fingerprint('person', `${documentType} ${documentNumber.toUpperCase()}`);
}

/** Sealed under its event; an event that says nothing has nothing to seal. */
export function sealContent(vault: Vault, eventId: string, content: EventContent): Buffer {
  if (Object.keys(content).length === 0) return NOTHING;
  return vault.sealJson(contentPurpose(eventId), content);
}

const NOTHING = Buffer.alloc(0);

export function openContent(vault: Vault, { id, content }: Pick<EventRow, 'id' | 'content'>): EventContent {
  return content.length === 0 ? {} : vault.openJson<EventContent>(contentPurpose(id), content);
}

export function contentOf(act: ReferralAct): EventContent {
  const { text, reason, appointment, outcome, form, consent } = act;
  return { ...defined({ text, reason, appointment, outcome, form, consent }) };
}

/** What else is known of a referral beside its own rows. */
interface About {
  /** The referrals of the same case. */
  readonly linked?: readonly ReferralRow[];
  /** Its body, where it is at hand. */
  readonly body?: ReferralBody;
  /** For what is only allowed for a time. */
  readonly now?: number;
}

/** Turns rows into answers. */
export class ReferralModel {
  readonly #vault: Vault;
  readonly #nameOf: (organisation: string) => string;

  constructor(vault: Vault, nameOf: (organisation: string) => string) {
    this.#vault = vault;
    this.#nameOf = nameOf;
  }

  bodyOf(row: ReferralRow): ReferralBody {
    return this.#vault.openJson<ReferralBody>(bodyPurpose(row.id), row.body);
  }

  /** The doctor here who has taken it on. */
  claimOf(row: ReferralRow): Claim | undefined {
    return row.claim ? this.#vault.openJson<Claim>(claimPurpose(row.id), row.claim) : undefined;
  }

  /** Everything about one referral. `telling` are its latest events with content, newest first. */
  referral(
    row: ReferralRow,
    telling: readonly EventRow[],
    { linked = [], now = 0, body = this.bodyOf(row) }: About = {},
  ): Referral {
    const { department, patient, form, consent } = body;
    const scheduled = telling.find(({ type }) =>
      ['schedule', 'reschedule', 'cancel-appointment'].includes(type),
    );
    const appointment = scheduled && this.#contentOf(scheduled).appointment;
    const completed = telling.find(({ type }) => type === 'complete');
    const outcome = completed && this.#contentOf(completed).outcome;
    const declined = telling.find(({ type }) => type === 'decline');
    const reason = declined && this.#contentOf(declined).reason;
    return {
      ...this.#common(row),
      actions: actionsOf({ name: row.state }, row.role).filter((act) => isTimely(row, act, now)),
      department,
      patient,
      form,
      consent,
      ...defined({ appointment, outcome, reason }),
      ...defined({ claim: this.claimOf(row) }),
      ...reviewShown(this.#vault, row),
      ...(row.amend_until === null ? {} : { amendUntil: timestampOf(row.amend_until) }),
      links: linked.filter(({ id }) => id !== row.id).map((each) => this.#link(row, each)),
    };
  }

  /** One line of a list: the person is masked. */
  summary(row: ReferralRow): ReferralSummary {
    const { department, patient } = this.bodyOf(row);
    const { documentType, documentNumber, name } = patient.identity;
    return {
      ...this.#common(row),
      department,
      patient: { name: maskName(name), documentType, documentNumber: maskNumber(documentNumber) },
    };
  }

  entry(row: EventRow): HistoryEntry {
    const { outcome: result, replaces: _, ...content } = this.#contentOf(row);
    return {
      id: row.id,
      at: timestampOf(row.at),
      recordedAt: timestampOf(row.recorded_at),
      who: row.who,
      type: row.type,
      from: row.from_state,
      to: row.to_state,
      ...(row.transition_id === null ? {} : { transition: row.transition_id }),
      outcome: row.outcome,
      ...(row.message_id === null ? {} : { messageId: row.message_id }),
      ...(row.delivery === null ? {} : { delivery: row.delivery }),
      ...defined({ result }),
      ...content,
    };
  }

  #link(row: ReferralRow, other: ReferralRow): Referral['links'][number] {
    const relation =
      row.based_on === other.id
        ? `${row.relation!}-of`
        : other.based_on === row.id
          ? `${other.relation!}-by`
          : 'same-case';
    const { id, role, state } = other;
    return {
      id,
      role,
      peer: { code: other.peer, name: this.#nameOf(other.peer) },
      state,
      relation: relation as Referral['links'][number]['relation'],
    };
  }

  #contentOf(row: EventRow): EventContent {
    return openContent(this.#vault, row);
  }

  #common(row: ReferralRow) {
    const { status, businessStatus } = STATES[row.state];
    return {
      id: row.id,
      caseId: row.case_id,
      correlationId: row.correlation_id,
      role: row.role,
      peer: { code: row.peer, name: this.#nameOf(row.peer) },
      direction: row.direction,
      priority: row.priority,
      state: row.state,
      status,
      ...(businessStatus === null ? {} : { businessStatus }),
      closed: isTerminal(row.state),
      version: row.version,
      ...(row.channel === null ? {} : { channel: row.channel }),
      ...(row.retro ? { retro: true } : {}),
      ...(row.review === null ? {} : { reviewing: row.review }),
      ...(row.name_differs ? { nameDiffers: true } : {}),
      ...(row.due_for === null || row.due_at === null
        ? {}
        : { due: { for: row.due_for, at: timestampOf(row.due_at), overdue: row.overdue === 1 } }),
      ...(row.consent_due_at === null
        ? {}
        : { consentDue: { at: timestampOf(row.consent_due_at), overdue: row.consent_overdue === 1 } }),
      ...(row.received_at === null ? {} : { receivedAt: timestampOf(row.received_at) }),
      createdAt: timestampOf(row.created_at),
      updatedAt: timestampOf(row.updated_at),
    };
  }
}

/** Whether the times and debts of a referral allow an act that its state allows. */
export function isTimely(row: ReferralRow, act: Act, now: number): boolean {
  if (act === 'amend') return row.amend_until !== null && now <= row.amend_until;
  if (act === 'consent') return row.consent_due_at !== null;
  return true;
}

/** The same object without its undefined members. */
export function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
