import type { Referral } from '../../../schemas/referral.ts';
import type { ReferralRow } from '../queries.ts';
import type { Kept } from './kept.ts';
import type { Reference } from './resource.ts';
import { referenceTo } from './resource.ts';

/** What a referral's resources are made of. */
export interface Dossier {
  readonly referral: Referral;
  /** The keyed hash of its patient's document. */
  readonly person: string;
  /** This gateway's organisation. */
  readonly own: { readonly code: string; readonly name: string };
  /** The resources as they were posted here; none where the referral came another way. */
  readonly kept?: Kept | undefined;
}

/** A patient's id: the keyed hash in the letters that FHIR lets an id have. */
export function patientIdOf(person: string): string {
  return Buffer.from(person, 'base64url').toString('hex');
}

/** The keyed hash that a patient's id stands for; undefined where it can't be one. */
export function personOfPatientId(id: string): string | undefined {
  return /^[0-9a-f]{64}$/.test(id) ? Buffer.from(id, 'hex').toString('base64url') : undefined;
}

/** Who refers, and to whom. */
export function partiesOf({ referral, own }: Pick<Dossier, 'referral' | 'own'>): {
  requester: Reference;
  owner: Reference;
} {
  const [from, to] = referral.role === 'initiator' ? [own, referral.peer] : [referral.peer, own];
  return {
    requester: referenceTo('Organization', from.code, from.name),
    owner: referenceTo('Organization', to.code, to.name),
  };
}

export function metaOf({ version, updatedAt }: Referral, profile?: string) {
  return {
    versionId: String(version),
    lastUpdated: updatedAt,
    ...(profile === undefined ? {} : { profile: [profile] }),
  };
}

/** The organisation that owns the task of a row, and the one that asked for it. */
export function endsOf(
  row: Pick<ReferralRow, 'role' | 'peer'>,
  own: string,
): { requester: string; owner: string } {
  return row.role === 'initiator' ? { requester: own, owner: row.peer } : { requester: row.peer, owner: own };
}
