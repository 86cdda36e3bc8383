import type { Identity } from '../../../schemas/identity.ts';
import type { RequestMessage } from '../../../schemas/referral.ts';
import { Fault } from '../../errors.ts';
import { OURS, SYSTEM } from './codes.ts';
import { codeIn, listAt, nameOf, textAt } from './look-in.ts';
import { DOCUMENT_CODES } from './patient.ts';
import type { Resource } from './resource.ts';

const PHONE = /^[0-9+() -]{3,25}$/;

const documentTypes = Object.keys(DOCUMENT_CODES) as Identity['documentType'][];

/** The person that a Patient resource tells of. */
export function personIn(patient: Resource, pointer: string): RequestMessage['patient'] {
  const identifiers = listAt(patient, 'identifier');
  const name = nameOf(listAt(patient, 'name'));
  if (name === undefined) throw new Fault('fhir.resource', { pointer: `${pointer}/name`, detail: 'no name' });
  const phone = listAt(patient, 'telecom')
    .filter(({ system }) => system === 'phone')
    .map(({ value }) => value)
    .find((value) => typeof value === 'string' && PHONE.test(value)) as string | undefined;
  const address = textAt(patient, 'address', 0, 'text') ?? addressOf(patient);
  const recordNumber = valueIn(identifiers, OURS.recordNumber);
  const cardId = valueIn(identifiers, OURS.cardId);
  const cardNumber = valueIn(identifiers, OURS.cardNumber);
  const sex = sexOf(textAt(patient, 'gender'));
  const birthDate = textAt(patient, 'birthDate');
  return {
    identity: {
      ...documentIn(identifiers, pointer),
      name,
      ...(sex === undefined ? {} : { sex }),
      ...(birthDate !== undefined && birthDate.length === 10 ? { birthDate } : {}),
      ...(cardId === undefined ? {} : { cardId }),
      ...(cardNumber === undefined ? {} : { cardNumber }),
    },
    ...(phone === undefined ? {} : { phone }),
    ...(address === undefined ? {} : { address }),
    ...(recordNumber === undefined ? {} : { recordNumber }),
  };
}

/** The document that a person is known by: one that we name ourselves, or by its type, or whatever there is. */
export function documentIn(
  identifiers: readonly Record<string, unknown>[],
  pointer: string,
): Pick<Identity, 'documentType' | 'documentNumber'> {
  for (const documentType of documentTypes) {
    const documentNumber = valueIn(identifiers, OURS.document + documentType);
    if (documentNumber !== undefined) return { documentType, documentNumber };
  }
  for (const identifier of identifiers) {
    const code = codeIn([identifier.type], SYSTEM.identifierType);
    const documentType =
      code === 'NI' ? 'resident-id' : documentTypes.find((each) => DOCUMENT_CODES[each] === code);
    const documentNumber = textAt(identifier, 'value');
    if (code !== undefined && documentType !== undefined && documentNumber !== undefined)
      return { documentType, documentNumber };
  }
  const documentNumber = identifiers.map((each) => textAt(each, 'value')).find((each) => each !== undefined);
  if (documentNumber !== undefined) return { documentType: 'other', documentNumber };
  throw new Fault('fhir.resource', {
    pointer: `${pointer}/identifier`,
    detail: 'no identifier with a value',
  });
}

function valueIn(identifiers: readonly Record<string, unknown>[], system: string): string | undefined {
  return textAt(
    identifiers.find((each) => each.system === system),
    'value',
  );
}

function sexOf(gender: string | undefined): Identity['sex'] {
  if (gender === undefined || gender === 'male' || gender === 'female') return gender;
  return 'unknown';
}

function addressOf(patient: Resource): string | undefined {
  const [address] = listAt(patient, 'address');
  const lines = Array.isArray(address?.line) ? address.line : [];
  const parts = [...lines, address?.district, address?.city, address?.state].filter(
    (each) => typeof each === 'string',
  );
  return parts.length === 0 ? undefined : parts.join(', ').slice(0, 200);
}
