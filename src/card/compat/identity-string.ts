import { Fault } from '../../errors.ts';
import { isDay } from '../digits.ts';
import { clean } from '../gbk.ts';
import { FOR_LIFE, type ResidentIdText } from '../resident-id/text.ts';
import { nationCode, nationName } from './nations.ts';

type Name = Exclude<keyof ResidentIdText, 'layout'> | 'photo' | 'letter';

const order = (...names: Name[]) => names;
const CITIZEN = order('name', 'sex', 'nation', 'birthDate', 'address', 'number');
const FOREIGNER = order('englishName', 'name', 'sex', 'nationality', 'birthDate', 'number');
const NEIGHBOUR = order('name', 'sex', 'birthDate', 'address', 'number', 'issuer');

/** The three documents by their first field, with their fields in order. */
const ORDERS: ReadonlyMap<string, readonly Name[]> = new Map([
  ['', order('letter', ...CITIZEN, 'validFrom', 'validTo', 'issuer', 'photo')],
  ['I', order('letter', ...FOREIGNER, 'validFrom', 'validTo', 'issuer', 'version', 'photo')],
  ['J', order('letter', ...NEIGHBOUR, 'validFrom', 'validTo', 'passNumber', 'issueCount', 'photo')],
]);

/** Vendors say the code of the chip, or its word. */
const SEX_CODES: ReadonlyMap<string, string> = new Map([
  ['男', '1'],
  ['女', '2'],
  ['M', '1'],
  ['F', '2'],
]);

const EMPTY: ResidentIdText = {
  layout: 'resident',
  name: '',
  englishName: '',
  sex: '',
  nation: '',
  nationality: '',
  birthDate: '',
  address: '',
  number: '',
  issuer: '',
  validFrom: '',
  validTo: '',
  passNumber: '',
  issueCount: '',
  version: '',
};

/**
 * What iReadIdentityCard told of a resident ID card, a residence permit ("J|…") or a foreigner's permit ("I|…"), as
 * the chip itself would have said it. The photo is passed on as the vendor gives it: WLT or a picture; empty where
 * there is none. Fault `reader.protocol` for what is no such string.
 */
export function documentOfIdentityString(text: string): {
  readonly text: ResidentIdText;
  readonly photo: Buffer;
} {
  const told = text.split('|').map(clean);
  const names = ORDERS.get(told[0] ?? '');
  // The photo may be missing with its bar; anything less is another string.
  if (!names || told.length < names.length - 1) {
    throw new Fault('reader.protocol', { detail: 'iReadIdentityCard: not the fields of any document' });
  }
  const field = (name: Name) => told[names.indexOf(name)] ?? '';
  const fields = Object.fromEntries(names.map((name) => [name, field(name)]));
  const { photo = '', letter: _letter, ...texts } = fields;
  const number = field('number').toUpperCase();
  return {
    text: {
      ...EMPTY,
      ...texts,
      layout: layoutOf(field('letter'), number),
      number,
      sex: SEX_CODES.get(field('sex')) ?? field('sex'),
      nation: nationCode(field('nation')),
      birthDate: digitsOf(field('birthDate')),
      validFrom: digitsOf(field('validFrom')),
      validTo: digitsOf(field('validTo')),
    },
    photo: Buffer.from(photo, 'base64'),
  };
}

const LETTERS: Readonly<Record<ResidentIdText['layout'], string>> = {
  resident: '',
  residence: 'J',
  foreigner2017: 'I',
  foreigner2023: 'I',
};

const SEX_WORDS: Readonly<Record<string, string>> = { 1: '男', 2: '女' };

/** The other way round: the output of iReadIdentityCard for a document, its photo as base64. */
export function identityString(text: ResidentIdText, photo: Buffer): string {
  const letter = LETTERS[text.layout];
  const said: Readonly<Record<Name, string>> = {
    ...text,
    letter,
    sex: SEX_WORDS[text.sex] ?? text.sex,
    nation: nationName(text.nation),
    photo: photo.toString('base64'),
  };
  return ORDERS.get(letter)!
    .map((name) => `${said[name].replaceAll('|', '')}|`)
    .join('');
}

/** The permit of 2023 has a number of 18 like a citizen's, that of 2017 one of 15. */
function layoutOf(letter: string, number: string): ResidentIdText['layout'] {
  if (letter === 'J') return 'residence';
  if (letter !== 'I') return 'resident';
  return number.length === 18 ? 'foreigner2023' : 'foreigner2017';
}

/** 1981-01-01, 1981.01.01, 1981年01月01日 → 19810101; what is no day stays as it is (长期). */
function digitsOf(told: string): string {
  if (told.startsWith(FOR_LIFE)) return FOR_LIFE;
  const digits = told.replace(/\D/g, '');
  return isDay(digits) ? digits : told;
}
