import { Fault } from '../../errors.ts';
import { isDay } from '../digits.ts';
import { clean } from '../gbk.ts';
import type { AuthenticationRequest } from '../port.ts';
import { algorithmOf, type CardHolder, type SocialSecurityCard } from '../social-security/application.ts';

/** The standard has eleven fields; drivers without a terminal leave two away, vendors put up to four behind. */
const FIELDS_MIN = 9;
const FIELDS_MAX = 15;

/**
 * The fields of an LD/T 33 string, free of blanks and NUL. The last is closed by "|" like the others, or not: both
 * are in use.
 */
export function fieldsOf(text: string): string[] {
  const fields = text.split('|').map(clean);
  return fields.at(-1) === '' ? fields.slice(0, -1) : fields;
}

/**
 * What iReadCardBas told of a card (LD/T 33, eleven fields). Whom it doesn't name is `blank`, or `locked` where the
 * driver says so with its return code. Fault `reader.protocol` for what is no such string.
 */
export function cardOfBasString(text: string, nobody: 'blank' | 'locked'): SocialSecurityCard {
  const fields = fieldsOf(text);
  const [, number, cardNumber, cardId, name, resetInformation, version, issuedOn, validTo] = fields;
  if (fields.length < FIELDS_MIN || fields.length > FIELDS_MAX || !/^[0-9A-Fa-f]{32}$/.test(cardId ?? '')) {
    throw new Fault('reader.protocol', { detail: 'iReadCardBas: not the fields of LD/T 33' });
  }
  const id = cardId!.toUpperCase();
  return {
    resetInformation: resetInformation!.toUpperCase(),
    // The string does not say it; generation 3 is the one of SM4.
    algorithm: version!.startsWith('3') ? 'sm4' : algorithmOf(Buffer.alloc(0), id),
    cardId: id,
    category: '',
    version: version!,
    issuer: '',
    issuedOn: dateIn(issuedOn!),
    validTo: dateIn(validTo!),
    cardNumber: cardNumber!,
    blocked: false,
    holder: number === '' && name === '' ? nobody : holderOf(number!.toUpperCase(), name!),
  };
}

/** The string tells of the holder no more than this; the rest of him is on his card. */
function holderOf(number: string, name: string): CardHolder {
  return { number, name, sex: '', nation: '', birthplace: '', birthDate: '' };
}

function dateIn(text: string): string {
  return isDay(text) || /^(19|20)\d\d$/.test(text) ? text : '';
}

/** Region, reset information, algorithm, card id, and the two pairs for internal and external authentication. */
const STEP1 = [
  /^[0-9A-F]{6}$/,
  /^[0-9A-F]{0,40}$/,
  /^[0-9A-F]{2}$/,
  /^[0-9A-F]{32}$/,
  ...Array<RegExp>(4).fill(/^[0-9A-F]{0,32}$/),
] as const;

/**
 * What step one of the two-step reading says for the encryption machine: eight fields, of which the last two are
 * empty on cards that read freely; vendors put the terminal's number behind. Fault `reader.protocol` for what is no
 * such string.
 */
export function authenticationRequestOf(text: string): AuthenticationRequest {
  const fields = fieldsOf(text.toUpperCase());
  if (fields.length > STEP1.length + 1 || !STEP1.every((pattern, at) => pattern.test(fields[at] ?? '-'))) {
    throw new Fault('reader.protocol', { detail: 'iReadCardBas_HSM_Step1: not the fields of LD/T 33' });
  }
  const [region, resetInformation, algorithm, cardId] = fields as [string, string, string, string];
  const [internalFactor, internalSource, externalFactor, externalSource] = fields.slice(4) as [
    string,
    string,
    string,
    string,
  ];
  return {
    region,
    resetInformation,
    algorithm,
    cardId,
    internalFactor,
    internalSource,
    externalFactor,
    externalSource,
  };
}
