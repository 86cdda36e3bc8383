import type { Identity } from '../../schemas/identity.ts';
import type { ReadingNote } from '../../schemas/reading.ts';
import { dateText, isDay } from './digits.ts';
import type { HealthCardHolder } from './health-card/application.ts';
import type { ResidentIdText } from './resident-id/text.ts';
import type { CardHolder, SocialSecurityCard } from './social-security/application.ts';

/** The longest name an identity takes. */
const NAME_LENGTH_MAX = 50;

/** A person as a document names him, and what someone should look at. Nobody where name or number is missing. */
export interface Named {
  readonly identity: Identity | undefined;
  readonly notes: readonly ReadingNote[];
}

/** Weights and check characters of the citizen number (GB 11643-1999, 4.3). */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';

/** Whether an 18-character citizen number carries the check character that its digits ask for. */
export function checksumHolds(number: string): boolean {
  if (!/^\d{17}[\dX]$/.test(number)) return false;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(number[at]), 0);
  return CHECK_CHARACTERS[sum % 11] === number[17];
}

/** The person of a social-security card. */
export function identityOfHolder(card: SocialSecurityCard, holder: CardHolder): Named {
  const citizen = /^(\d{17}[\dX]|\d{15})$/.test(holder.number);
  return named(
    { documentType: citizen ? 'resident-id' : 'other', ...holder },
    {
      cardId: card.cardId,
      ...(/^[0-9A-Za-z]{1,30}$/.test(card.cardNumber) ? { cardNumber: card.cardNumber } : {}),
    },
  );
}

/** The person of a resident health card. */
export function identityOfHealthCard(holder: HealthCardHolder): Named {
  const citizen = /^(\d{17}[\dX]|\d{15})$/.test(holder.number);
  return named({ documentType: citizen ? 'resident-id' : 'other', ...holder }, {});
}

/** The person of a resident ID card or one of its sisters. */
export function identityOfText(text: ResidentIdText): Named {
  const documentType = {
    resident: 'resident-id',
    residence: 'residence-permit',
    foreigner2017: 'foreigner-permit',
    foreigner2023: 'foreigner-permit',
  } as const;
  const { number, sex, birthDate } = text;
  const name = text.name === '' ? text.englishName : text.name;
  return named({ documentType: documentType[text.layout], number, name, sex, birthDate }, {});
}

interface Facts {
  readonly documentType: Identity['documentType'];
  readonly number: string;
  readonly name: string;
  readonly sex: string;
  readonly birthDate: string;
}

function named(facts: Facts, card: Pick<Identity, 'cardId' | 'cardNumber'>): Named {
  const { documentType, number, birthDate } = facts;
  const name = [...facts.name].slice(0, NAME_LENGTH_MAX).join('').slice(0, NAME_LENGTH_MAX).toWellFormed();
  if (name === '' || !/^[0-9A-Za-z()/-]{5,30}$/.test(number)) return { identity: undefined, notes: [] };
  const day = isDay(birthDate) ? dateText(birthDate) : undefined;
  const sex = sexOf(facts.sex);
  const identity: Identity = {
    documentType,
    documentNumber: number,
    name,
    sex,
    ...(day === undefined ? {} : { birthDate: day }),
    ...card,
  };
  const notes: ReadingNote[] = name === facts.name ? [] : ['name-cut'];
  if (name.includes('\ufffd')) notes.push('name-unreadable');
  if (documentType === 'resident-id') notes.push(...citizenNotes(number, sex, birthDate));
  return { identity, notes };
}

/** What the number says of its own about birth and sex (GB 11643-1999, 4.2) must agree with what stands beside it. */
function citizenNotes(number: string, sex: Identity['sex'], birthDate: string): ReadingNote[] {
  if (number.length !== 18) return [];
  const notes: ReadingNote[] = [];
  if (!checksumHolds(number)) notes.push('number-checksum');
  if (isDay(birthDate) && number.slice(6, 14) !== birthDate) notes.push('birth-date-differs');
  const told = Number(number[16]) % 2 === 1 ? 'male' : 'female';
  if (sex !== 'unknown' && sex !== told) notes.push('sex-differs');
  return notes;
}

function sexOf(code: string): 'male' | 'female' | 'unknown' {
  if (code === '1') return 'male';
  return code === '2' ? 'female' : 'unknown';
}
