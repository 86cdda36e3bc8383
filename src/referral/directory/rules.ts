import type { Agreement, OrganisationRecord } from '../../../schemas/directory.ts';
import { LEVELS } from '../../../schemas/organisation.ts';

/** What is wrong with a directory: the record, the field of it, and why. */
export interface Flaw {
  readonly kind: 'organisation' | 'agreement';
  readonly code: string;
  readonly field: 'parent' | 'closedFrom' | 'members' | 'until' | 'link' | 'code';
  readonly why:
    | 'unknown-parent'
    | 'parent-loop'
    | 'parent-below'
    | 'unknown-member'
    | 'dates'
    | 'own-link'
    | 'repeated';
}

/** What is written down as the reason why a withdrawn organisation is closed. */
const WITHDRAWN = '已撤销';

/** Flaws by which messages would be lost or go in circles. A directory that has one is not taken. */
export function flawsOf(
  own: string,
  organisations: readonly OrganisationRecord[],
  agreements: readonly Agreement[],
): Flaw[] {
  const byCode = new Map(organisations.map((each) => [each.code, each]));
  return [
    ...repeated(organisations).map(
      (code) => ({ kind: 'organisation', code, field: 'code', why: 'repeated' }) as const,
    ),
    ...repeated(agreements).map(
      (code) => ({ kind: 'agreement', code, field: 'code', why: 'repeated' }) as const,
    ),
    ...organisations.flatMap((each) => organisationFlaws(own, each, byCode)),
    ...agreements.flatMap((each) => agreementFlaws(each, byCode)),
  ];
}

function organisationFlaws(
  own: string,
  each: OrganisationRecord,
  byCode: ReadonlyMap<string, OrganisationRecord>,
): Flaw[] {
  const { code, parent, level, opensOn, closedFrom, link } = each;
  const flaw = (field: Flaw['field'], why: Flaw['why']): Flaw => ({ kind: 'organisation', code, field, why });
  const flaws: Flaw[] = [];
  if (code === own && link) flaws.push(flaw('link', 'own-link'));
  if (opensOn !== undefined && closedFrom !== undefined && closedFrom < opensOn)
    flaws.push(flaw('closedFrom', 'dates'));
  if (parent === undefined) return flaws;
  const above = byCode.get(parent);
  if (!above) flaws.push(flaw('parent', 'unknown-parent'));
  else if (circles(code, byCode)) flaws.push(flaw('parent', 'parent-loop'));
  else if (LEVELS.indexOf(above.level) < LEVELS.indexOf(level)) flaws.push(flaw('parent', 'parent-below'));
  return flaws;
}

/** The record of an organisation that is withdrawn on this day; nothing where it is closed by then anyway. */
export function withdrawn(record: OrganisationRecord, day: string): OrganisationRecord | undefined {
  const { opensOn, ...rest } = record;
  if (rest.closedFrom !== undefined && rest.closedFrom <= day) return undefined;
  const opened = opensOn !== undefined && opensOn <= day ? { opensOn } : {};
  return { ...rest, ...opened, closedFrom: day, closedReason: WITHDRAWN };
}

/** Whether one comes back to an organisation by going from parent to parent. */
function circles(code: string, byCode: ReadonlyMap<string, OrganisationRecord>): boolean {
  const seen = new Set<string>();
  for (let at = byCode.get(code)?.parent; at !== undefined; at = byCode.get(at)?.parent) {
    if (at === code) return true;
    // A circle further up is the flaw of those that are part of it.
    if (seen.has(at)) return false;
    seen.add(at);
  }
  return false;
}

function agreementFlaws(
  { code, members, from, until }: Agreement,
  byCode: ReadonlyMap<string, OrganisationRecord>,
): Flaw[] {
  const flaw = (field: Flaw['field'], why: Flaw['why']): Flaw => ({ kind: 'agreement', code, field, why });
  return [
    ...(members.every((member) => byCode.has(member)) ? [] : [flaw('members', 'unknown-member')]),
    ...(from !== undefined && until !== undefined && until < from ? [flaw('until', 'dates')] : []),
  ];
}

function repeated(records: readonly { readonly code: string }[]): string[] {
  const codes = records.map(({ code }) => code);
  return [...new Set(codes.filter((code, index) => codes.indexOf(code) !== index))];
}
