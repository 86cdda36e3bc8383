import type { Kysely } from 'kysely';
import type { Compilable } from '../../store/query.ts';
import { insertion, query } from '../../store/query.ts';
import type { Tables } from '../../store/tables.ts';
import type { ReferralRow } from '../queries.ts';
import { OURS } from './codes.ts';
import type { ReferralSearch, Token } from './search.ts';
import type { FhirTables } from './tables.ts';

/** The newest referral of a person, which knows them best. */
export const newestOfPerson = query<{ person: string }, ReferralRow>(
  'fhir.newestOfPerson',
  (db, arg) =>
    db.selectFrom('referrals').selectAll().where('person', '=', arg('person')).orderBy('id', 'desc').limit(1),
  { hot: true },
);

/** One page of referrals and one more, in the order of their last change. `found` are ids by foreign identifiers. */
export function searchReferrals(
  db: Kysely<Tables>,
  search: ReferralSearch,
  own: string,
  found: readonly (readonly string[])[],
): Compilable {
  let query = db.selectFrom('referrals').selectAll();
  for (const ids of search.ids) query = query.where('id', 'in', ids as string[]);
  for (const persons of search.persons) query = query.where('person', 'in', persons as string[]);
  for (const cases of search.correlations) query = query.where('correlation_id', 'in', cases as string[]);
  if (search.states) query = query.where('state', 'in', search.states as ReferralRow['state'][]);
  for (const [lists, mine, theirs] of [
    [search.owners, 'recipient', 'initiator'],
    [search.requesters, 'initiator', 'recipient'],
  ] as const) {
    for (const codes of lists) {
      query = query.where((eb) =>
        eb.or([
          eb.and([eb('role', '=', theirs), eb('peer', 'in', codes as string[])]),
          ...(codes.includes(own) ? [eb('role', '=', mine)] : []),
        ]),
      );
    }
  }
  search.identifiers.forEach((tokens, index) => {
    query = query.where((eb) =>
      eb.or([
        eb('id', 'in', [...(found[index] ?? []), ...codesOf(tokens, OURS.atRecipient)]),
        eb('case_id', 'in', codesOf(tokens, OURS.caseId)),
      ]),
    );
  });
  for (const { op, at } of search.updated) query = query.where('updated_at', op, at);
  const { after, ascending } = search;
  if (after) {
    const beyond = ascending ? '>' : '<';
    query = query.where((eb) =>
      eb.or([
        eb('updated_at', beyond, after.at),
        eb.and([eb('updated_at', '=', after.at), eb('id', beyond, after.id)]),
      ]),
    );
  }
  const direction = ascending ? 'asc' : 'desc';
  return query
    .orderBy('updated_at', direction)
    .orderBy('id', direction)
    .limit(search.count + 1);
}

function codesOf(tokens: readonly Token[], system: string): string[] {
  return tokens.filter((each) => each.system === undefined || each.system === system).map(({ code }) => code);
}

export const insertKept = insertion('fhir.insertKept', 'fhir_kept', ['referral_id', 'content']);

export const keptOf = query<{ referral_id: string }, { content: Uint8Array }>(
  'fhir.keptOf',
  (db, arg) => db.selectFrom('fhir_kept').select('content').where('referral_id', '=', arg('referral_id')),
  { hot: true },
);

export const insertIdentifier = insertion('fhir.insertIdentifier', 'fhir_identifiers', [
  'hash',
  'referral_id',
]);

/** A business identifier that many referrals share names none of them; so many are looked at. */
export const SHARED_MAX = 100;

export const referralsByIdentifier = query<{ hash: string }, { referral_id: string }>(
  'fhir.referralsByIdentifier',
  (db, arg) =>
    db.selectFrom('fhir_identifiers').select('referral_id').where('hash', '=', arg('hash')).limit(SHARED_MAX),
  { hot: true },
);

export const insertCondition = insertion('fhir.insertCondition', 'fhir_conditions', ['hash', 'referral_id']);

type MessageRow = FhirTables['fhir_messages'];

export const insertMessage = insertion('fhir.insertMessage', 'fhir_messages', [
  'client',
  'hash',
  'fingerprint',
  'status',
  'answer',
  'answered_at',
]);

export const answeredMessage = query<Pick<MessageRow, 'client' | 'hash'>, MessageRow>(
  'fhir.answeredMessage',
  (db, arg) =>
    db
      .selectFrom('fhir_messages')
      .selectAll()
      .where('client', '=', arg('client'))
      .where('hash', '=', arg('hash')),
  { hot: true },
);

export const expireMessages = query<{ before: number }>('fhir.expireMessages', (db, arg) =>
  db.deleteFrom('fhir_messages').where('answered_at', '<', arg('before')),
);
