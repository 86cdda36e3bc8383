import type { Identity } from '../../schemas/identity.ts';
import type { IdentityField, OneIdentity } from '../../schemas/one-identity.ts';
import { ASSURANCES, type Assurance, type Reading } from '../../schemas/reading.ts';
import { Fault } from '../errors.ts';
import { isSameNumber } from './citizen-number.ts';
import { isSameName, isSameSpelling } from './names.ts';

/** A reading that names somebody. */
export type NamedReading = Reading & { readonly identity: Identity };

/**
 * The one person several readings name: as the surest of them says, with what only the others know, such as the card
 * or the insurer's token. Fault `identity.differs` with the fields in which they name different persons.
 */
export function oneIdentity(readings: readonly NamedReading[]): OneIdentity {
  const surestFirst = readings.toSorted((a, b) => rank(a.assurance) - rank(b.assurance));
  const [best] = surestFirst;
  if (!best) throw new Error('one identity of no reading');
  const found = new Set<IdentityField>();
  for (const [at, reading] of readings.entries()) {
    for (const earlier of readings.slice(0, at)) {
      const { different, written } = compared(earlier.identity, reading.identity);
      refuse(different);
      for (const field of written) found.add(field);
    }
  }
  return {
    identity: merged(surestFirst.map(({ identity }) => known(identity))),
    assurance: best.assurance,
    verifiedBy: best.verifiedBy,
    readings: readings.map(({ id }) => id),
    differences: [...found],
  };
}

/** Fault `identity.differs` where there is any field to name. */
export function refuse(fields: readonly IdentityField[]): void {
  if (fields.length > 0) throw new Fault('identity.differs', { facts: { fields: fields.join(',') } });
}

function rank(assurance: Assurance): number {
  return ASSURANCES.indexOf(assurance);
}

/** What a less sure reading may add; what stands together here comes from one reading. */
const ADDITIONS = [['sex'], ['birthDate'], ['cardId', 'cardNumber'], ['insuranceCodeToken']] as const;

/** The document comes whole from the first, the rest from the first that has it. */
function merged(identities: readonly Identity[]): Identity {
  const { documentType, documentNumber, name } = identities[0]!;
  const additions = ADDITIONS.map((keys) => {
    const source = identities.find((identity) => keys.some((key) => identity[key] !== undefined));
    const entries = keys.map((key) => [key, source?.[key]] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  });
  return Object.assign({ documentType, documentNumber, name }, ...additions);
}

/** An unknown sex is none. */
function known({ sex, ...rest }: Identity): Identity {
  return sex === undefined || sex === 'unknown' ? rest : { ...rest, sex };
}

/** Where what a caller says of a person differs from the identity; what he leaves out says nothing. */
export function statedDifferences(
  stated: Partial<Pick<Identity, 'name' | 'sex' | 'birthDate'>>,
  identity: Identity | undefined,
): readonly IdentityField[] {
  return identity === undefined ? [] : compared({ ...identity, ...stated }, identity).different;
}

interface Comparison {
  /** Fields that show two different persons. */
  readonly different: readonly IdentityField[];
  /** Fields that are written differently and yet mean the same. */
  readonly written: readonly IdentityField[];
}

/** Compares what two documents say of a person. A field that one of them lacks says nothing. */
export function compared(one: Identity, other: Identity): Comparison {
  const different: IdentityField[] = [];
  const written: IdentityField[] = [];
  const add = (field: IdentityField, same: boolean, alike: boolean) => {
    if (!same) different.push(field);
    else if (!alike) written.push(field);
  };
  const [a, b] = [one.documentNumber, other.documentNumber];
  const same = isSameNumber(a, b) || isSameCard(one, other) || areTwoDocumentsOfOne(one, other);
  add('number', same, a.toUpperCase() === b.toUpperCase());
  add('name', isSameName(one.name, other.name), isSameSpelling(one.name, other.name));
  add('sex', agree(known(one).sex, known(other).sex), true);
  add('birthDate', agree(one.birthDate, other.birthDate), true);
  return { different, written };
}

/** A card number that was typed, and the card itself. */
function isSameCard({ cardNumber }: Identity, other: Identity): boolean {
  return cardNumber !== undefined && cardNumber === other.cardNumber;
}

/** A person may show a passport and a permit: the numbers can't agree then, so name and day of birth must, exactly. */
function areTwoDocumentsOfOne(one: Identity, other: Identity): boolean {
  return (
    one.documentType !== other.documentType &&
    one.birthDate !== undefined &&
    one.birthDate === other.birthDate &&
    isSameSpelling(one.name, other.name)
  );
}

function agree(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
