import type { Direction } from '../../schemas/organisation.ts';
import type { Priority } from '../../schemas/referral.ts';
import type { ReviewState } from '../../schemas/referral-review.ts';
import type { AttachmentTables } from './attachments/tables.ts';
import type { ContactTables } from './contacts/tables.ts';
import type { Awaited } from './deadlines.ts';
import type { DirectoryTables } from './directory/tables.ts';
import type { FhirTables } from './fhir/tables.ts';
import type { InsuredTables } from './insured/tables.ts';
import type { Act, Detail, EventType, Party, StateName } from './machine.ts';
import type { MeasureTables } from './measures/tables.ts';
import type { ResultTables } from './recognition/tables.ts';
import type { ReviewEntry } from './review/machine.ts';

export interface ReferralTables
  extends AttachmentTables,
    ContactTables,
    DirectoryTables,
    FhirTables,
    InsuredTables,
    MeasureTables,
    ResultTables {
  /** One row per referral, at each of its two ends. */
  referrals: {
    id: string;
    /** The id the initiator gave it; the same at both ends. */
    case_id: string;
    correlation_id: string;
    role: Party;
    /** The organisation at the other end. */
    peer: string;
    direction: Direction;
    priority: Priority;
    /** The state to show, and what a refused cancellation goes back to. */
    state: StateName;
    closed: 0 | 1;
    /** See convergence.ts: the recipient's word, and the counters of both sides. */
    confirmed: StateName;
    confirmed_before: StateName | null;
    own_seq: number;
    peer_seq: number;
    seen: number;
    /** When the other side had it (initiator) or it arrived (recipient). */
    received_at: number | null;
    /** Rows in its history. */
    event_count: number;
    version: number;
    /** Patient, form, department and consent, sealed. */
    body: Uint8Array;
    /** Keyed hash of the patient's document, to find a person's referrals. */
    person: string;
    /** green: 急诊绿色通道, begun under way. */
    channel: 'green' | null;
    /** Entered after the fact: nobody is alerted. */
    retro: 0 | 1;
    /** The referral here that this one carries on or answers. */
    based_on: string | null;
    relation: 'onward' | 'return' | null;
    /** The same document number is on file here under another name. */
    name_differs: 0 | 1;
    /** Until when the initiator may change the form of an emergency. */
    amend_until: number | null;
    /** When the consent that was deferred is due; none once it is here. */
    consent_due_at: number | null;
    consent_overdue: 0 | 1;
    /** What is waited for and until when; see deadlines.ts. */
    due_for: Awaited | null;
    due_at: number | null;
    overdue: 0 | 1;
    /** When this side last reminded the other. */
    reminded_at: number | null;
    /** The doctor here who has taken it on, sealed. */
    claim: Uint8Array | null;
    /** Its internal review, what is under review, and that itself, sealed; see review/machine.ts. */
    review: ReviewState | null;
    review_act: 'send' | Act | null;
    held: Uint8Array | null;
    created_at: number;
    updated_at: number;
  };
  /** What happened to a referral, at this end and at the other. */
  referral_events: {
    id: string;
    referral_id: string;
    /** Its place in the history, from 1. */
    number: number;
    who: Party;
    type: EventType | ReviewEntry;
    detail: Detail | null;
    /** The number its side gave it; none for what the gateway noted by itself. */
    seq: number | null;
    from_state: StateName;
    to_state: StateName;
    /** The row of the machine's table; none where the event was ignored. */
    transition_id: string | null;
    /** pending: the recipient has not yet said that it processed this event of the initiator. */
    outcome: 'pending' | 'applied' | 'ignored';
    message_id: string | null;
    /** What became of the message that tells the other side; none for events of the other side. */
    delivery: 'queued' | 'delivered' | 'dead' | null;
    /** Text, reason, appointment and outcome, sealed. */
    content: Uint8Array;
    /** When it happened, and when it was recorded here. */
    at: number;
    recorded_at: number;
  };
  /** Messages that arrived before the one they follow. */
  referral_waiting: {
    peer: string;
    case_id: string;
    who: Party;
    seq: number;
    message_id: string;
    correlation_id: string;
    body: Uint8Array;
    received_at: number;
  };
}
