import type { Vault } from '../access/vault.ts';
import { type Clock, chinaDate } from '../clock.ts';
import type { CasesOf } from '../delivery/port.ts';
import { err, ok } from '../result.ts';
import type { Referrals, ReferredVisit, VisitReferral, VisitReferrals } from '../settlement/port.ts';
import type { Store } from '../store/port.ts';
import { filingToldOf } from './insured/news-queries.ts';
import { casesOfPerson, courseOf, referralsTo } from './insured/visit-queries.ts';
import { type Course, holdsOf, isAccepted, usable } from './insured/visit-rules.ts';
import { openContent, personOf } from './model.ts';
import { type EventRow, type ReferralRow, referralById } from './queries.ts';
import { organisationNames, type RoutedOrganisation } from './routing.ts';

/** Referrals that no longer say anything about where a patient is treated. */
const VOID: ReadonlySet<string> = new Set(['draft', 'declined', 'cancelled']);

/** Days a referral holds where the configuration says nothing. */
const VALID_DAYS = 30;
/** Referrals of a person to one institution that are looked at; the newest are. */
const CANDIDATES_MAX = 20;
/** More referrals than one person has; the newest are taken. */
const CASES_MAX = 500;
/** More appointments than one referral has. */
const COURSE_MAX = 500;

export interface OnFileParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly own: RoutedOrganisation;
  readonly organisations: readonly RoutedOrganisation[];
  readonly validDays?: number | undefined;
}

/**
 * Referrals as the other sides ask after them, and no more of them than they need: by their number for an estimate, at
 * either end; for a visit at this institution, the one that it follows; for deliveries, the cases of a person.
 */
export function referralsOnFile(
  parts: OnFileParts,
): Referrals & VisitReferrals & { readonly casesOf: CasesOf } {
  const { store, vault, clock, organisations, validDays = VALID_DAYS } = parts;
  const levelOf = (code: string) => organisations.find((each) => each.code === code)?.level;

  async function courseAndHolds(row: ReferralRow) {
    const events = await store.all(courseOf, { referral_id: row.id, limit: COURSE_MAX });
    const course = courseIn(vault, row, events);
    return { course, holds: holdsOf(row, course, validDays) };
  }

  /** By the number of its filing at an insurer, where the other end told of one. */
  async function noteOf(row: ReferralRow, { sentAt }: Course): Promise<VisitReferral> {
    const told = await store.all(filingToldOf, { peer: row.peer, case_id: row.case_id });
    const filed = told.find(({ number }) => number !== null)?.number;
    return {
      ...{ id: row.id, number: filed ?? row.case_id, direction: row.direction, fromCode: row.peer },
      ...{ fromName: organisationNames(organisations)(row.peer), date: chinaDate(sentAt) },
    };
  }

  async function named(id: string, person: string, at: number) {
    const row = await store.one(referralById, { id });
    if (!row) return err({ kind: 'unknown' } as const);
    if (row.person !== person) return err({ kind: 'other-person' } as const);
    const { course, holds } = await courseAndHolds(row);
    const may = usable(row, holds, at);
    return may.ok ? ok(await noteOf(row, course)) : may;
  }

  async function newest(person: string, at: number): Promise<VisitReferral | undefined> {
    for (const row of await store.all(referralsTo, { person, limit: CANDIDATES_MAX })) {
      if (!isAccepted(row)) continue;
      const { course, holds } = await courseAndHolds(row);
      if (usable(row, holds, at).ok) return noteOf(row, course);
    }
    return undefined;
  }

  return {
    async onFile(number) {
      const row = await store.one(referralById, { id: number });
      if (!row || VOID.has(row.state)) return undefined;
      if (clock.now() > (await courseAndHolds(row)).holds.until) return undefined;
      const [own, peer] = [parts.own.level, levelOf(row.peer)];
      const [fromLevel, toLevel] = row.role === 'initiator' ? [own, peer] : [peer, own];
      return { state: 'referred', direction: row.direction, fromLevel, toLevel };
    },

    async forVisit({ identity, at, id }: ReferredVisit) {
      const person = personOf(vault, identity);
      return id === undefined ? ok(await newest(person, at)) : named(id, person, at);
    },

    async casesOf(identity) {
      const rows = await store.all(casesOfPerson, { person: personOf(vault, identity), limit: CASES_MAX });
      return [...new Set(rows.map(({ correlation_id }) => correlation_id))];
    },
  };
}

/** What happened to a referral, from its history; the sender's word on when it was sent may never have come. */
function courseIn(vault: Vault, row: ReferralRow, events: readonly EventRow[]): Course {
  const last = (...types: readonly string[]) => events.findLast(({ type }) => types.includes(type));
  const planned = last('schedule', 'reschedule', 'cancel-appointment');
  const content = planned && openContent(vault, planned);
  const appointmentAt = content?.appointment && Date.parse(content.appointment.at);
  return {
    sentAt: events.find(({ type }) => type === 'send')?.at ?? row.created_at,
    ...{ appointmentAt, arrivedAt: last('arrive')?.at, completedAt: last('complete')?.at },
  };
}
