import type { Identity } from '../../../schemas/identity.ts';
import type { ReadingNote } from '../../../schemas/reading.ts';
import { Fault } from '../../errors.ts';
import { citizenFacts, modernNumber } from '../citizen-number.ts';
import { isDay } from '../digits.ts';
import { clean } from '../gbk.ts';
import { type Named, named } from '../identity.ts';
import type { Content, ToldCode } from '../model.ts';
import type { CodeHolder, VerifiedCode } from '../port.ts';
import { normalised, type Recognised } from './recognise.ts';

/** A number that somebody types and that stands for a person, as soon as a name is given with it. */
export type TypedNumber = Extract<Recognised, { number: string }>;

/** What is said of a person besides his number. */
export interface Given {
  readonly name?: string;
  readonly sex?: Identity['sex'];
  /** yyyy-mm-dd. */
  readonly birthDate?: string;
}

/**
 * What a reading holds of a typed number: what the number says of birth and sex is taken from it, and noted where the
 * clerk says otherwise. Fault `request.invalid` where the name is missing.
 */
export function contentOfTyped(typed: TypedNumber, given: Given): Content {
  const name = clean(given.name ?? '');
  if (name === '') {
    throw new Fault('request.invalid', {
      pointer: '/body/name',
      detail: '手工录入的号码需要姓名 / a typed number needs the name',
    });
  }
  const card = typed.kind === 'card-number';
  const facts = card ? undefined : typed.facts;
  const { identity, notes } = named(
    {
      documentType: card ? 'other' : typed.documentType,
      number: typed.number,
      name,
      sex: sexCode(given.sex ?? facts?.sex ?? ''),
      birthDate: dayDigits(given.birthDate ?? facts?.birthDate ?? ''),
    },
    card ? { cardNumber: typed.number } : {},
  );
  if (!identity) throw new Error('a recognised number makes no identity');
  return {
    kind: 'typed',
    holder: 'read',
    verifiedBy: 'nobody',
    assurance: 'typed',
    identity,
    notes: !card && typed.wasOld ? [...notes, 'old-number'] : [...notes],
  };
}

/** What a reading holds of a code whose issuer named its holder. Fault `code.refused` where he names nobody. */
export function contentOfCode(kind: ToldCode['kind'], verified: VerifiedCode): Content {
  const token = verified.insuranceCodeToken;
  const { identity, notes } = namedByIssuer(
    verified.holder,
    token === undefined ? {} : { insuranceCodeToken: token },
  );
  if (!identity) throw new Fault('code.refused', { detail: 'the answer names nobody' });
  const { verifiedBy } = verified;
  return { kind, holder: 'read', verifiedBy, assurance: 'code-verified', identity, notes: [...notes] };
}

function namedByIssuer(holder: CodeHolder, more: Partial<Identity>): Named {
  const written = normalised(holder.number).toUpperCase();
  const citizen = holder.documentType === 'resident-id';
  const number = (citizen && modernNumber(written)) || written;
  const facts = citizen ? citizenFacts(number) : undefined;
  const { identity, notes } = named(
    {
      documentType: holder.documentType,
      number,
      name: clean(holder.name),
      sex: sexCode(holder.sex) || sexCode(facts?.sex ?? ''),
      birthDate: dayDigits(holder.birthDate) || (facts?.birthDate ?? ''),
    },
    more,
  );
  const old: ReadingNote[] = number === written ? [] : ['old-number'];
  return { identity, notes: [...notes, ...old] };
}

/** '1' or '2' (GB/T 2261.1) for the words issuers and clerks use; nothing for any other. */
function sexCode(word: string): string {
  if (/^(1|男性?|m(ale)?)$/i.test(word.trim())) return '1';
  return /^(2|女性?|f(emale)?)$/i.test(word.trim()) ? '2' : '';
}

/** yyyymmdd of a day with or without separators; nothing where it is none. */
function dayDigits(text: string): string {
  const digits = text.trim().slice(0, 10).replace(/[-./]/g, '');
  return isDay(digits) ? digits : '';
}
