import type { Identity } from '../../../schemas/identity.ts';
import type { Referral } from '../../../schemas/referral.ts';
import { OURS, SYSTEM } from './codes.ts';
import { type Dossier, patientIdOf } from './dossier.ts';
import { laidOver } from './kept.ts';
import { concept, type Identifier, type Resource } from './resource.ts';

/** Types of HL7 table 0203 for the documents that have one. */
export const DOCUMENT_CODES: Readonly<Record<Identity['documentType'], string | undefined>> = {
  'resident-id': 'NNCHN',
  'residence-permit': 'PRC',
  'foreigner-permit': 'PRC',
  passport: 'PPN',
  other: undefined,
};

/** The person of a referral, as the newest referral of theirs knows them. */
export function patientOf({ referral, person, kept }: Dossier): Resource {
  const { identity, phone, address } = referral.patient;
  const at = referral.createdAt;
  const patient: Resource = {
    resourceType: 'Patient',
    id: patientIdOf(person),
    meta: { versionId: String(Date.parse(at)), lastUpdated: at },
    identifier: identifiersOf(referral),
    name: [{ text: identity.name }],
    ...(identity.sex === undefined ? {} : { gender: identity.sex }),
    ...(identity.birthDate === undefined ? {} : { birthDate: identity.birthDate }),
    ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
    ...(address === undefined ? {} : { address: [{ text: address }] }),
  };
  return laidOver(kept?.patient, patient, []);
}

function identifiersOf({ patient: { identity, recordNumber } }: Referral): Identifier[] {
  const code = DOCUMENT_CODES[identity.documentType];
  const others = [
    [OURS.cardId, identity.cardId],
    [OURS.cardNumber, identity.cardNumber],
  ] as const;
  return [
    {
      use: 'official',
      ...(code === undefined ? {} : { type: concept(SYSTEM.identifierType, code) }),
      system: OURS.document + identity.documentType,
      value: identity.documentNumber,
    },
    ...others.flatMap(([system, value]) => (value === undefined ? [] : [{ system, value }])),
    ...(recordNumber === undefined
      ? []
      : [{ type: concept(SYSTEM.identifierType, 'MR'), system: OURS.recordNumber, value: recordNumber }]),
  ];
}
