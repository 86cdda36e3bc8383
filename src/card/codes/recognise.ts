import type { Identity } from '../../../schemas/identity.ts';
import { type CitizenFacts, citizenFacts, modernNumber } from '../citizen-number.ts';

/** What somebody typed or scanned, told apart by its form alone. */
export type Recognised =
  /** 医保电子凭证: 28 digits. */
  | { readonly kind: 'insurance-code'; readonly code: string }
  /** 电子健康卡: 64 hex digits, a colon and 0 or 1. */
  | { readonly kind: 'health-code'; readonly code: string }
  | DocumentNumber
  /** 社会保障卡卡号. */
  | { readonly kind: 'card-number'; readonly number: string }
  /** 卡识别码: names a card and nobody's document. */
  | { readonly kind: 'card-id' }
  /** Has the form of a number that carries its own check, and fails it. */
  | { readonly kind: 'wrong-number' }
  | { readonly kind: 'unknown' };

/** The number of a document that names a person, with what it says of him. */
export interface DocumentNumber {
  readonly kind: 'document-number';
  readonly documentType: Identity['documentType'];
  /** As it is used today: an old number of fifteen digits stands here with eighteen. */
  readonly number: string;
  readonly facts: CitizenFacts | undefined;
  readonly wasOld: boolean;
}

/** Passports of other countries: letters among at least five digits. */
const FOREIGN_PASSPORT = /^(?=.*[A-Z])(?=(?:.*\d){5})[0-9A-Z]{7,9}$/;

/** Signs that input methods put where somebody types an X. */
const CROSSES = /[×✕хΧ]/gi;

/** Blanks, line ends and invisible characters, and the apostrophes input methods put between letters. */
const LEFTOVERS = /[\s\p{C}'’‘`]/gu;

/** A text without what keyboards, input methods and scanners put into it: full-width forms, blanks, line ends. */
export function normalised(text: string): string {
  return text.normalize('NFKC').replace(CROSSES, 'X').replace(LEFTOVERS, '');
}

/**
 * Tells apart what was typed or scanned (GB 11643-1999, GA 467). Letters of documents
 * may be small. Where two documents share a form the likelier is taken: E and G with eight digits are passports, H and M
 * travel permits, other letters social-security card numbers.
 */
export function recognise(text: string): Recognised {
  const code = normalised(text);
  if (/^\d{28}$/.test(code)) return { kind: 'insurance-code', code };
  if (/^[0-9a-f]{64}:[01]$/i.test(code)) return { kind: 'health-code', code };
  const number = code.toUpperCase();
  if (/^\d{17}[\dX]$/.test(number)) return eighteen(number);
  if (/^\d{15}$/.test(number)) return fifteen(number);
  if (/^[A-Z]{3}\d{12}$/.test(number)) return documentNumber('foreigner-permit', number);
  if (/^[0-9A-F]{32}$/.test(number)) return { kind: 'card-id' };
  if (/^[EG]\d{8}$|^[A-Z]{2}\d{7}$/.test(number)) return documentNumber('passport', number);
  if (/^[HM]\d{8}(\d{2})?$/.test(number)) return documentNumber('other', number);
  if (/^[A-Z]\d{8}$|^\d{9}$/.test(number)) return { kind: 'card-number', number };
  if (FOREIGN_PASSPORT.test(number)) return documentNumber('passport', number);
  return { kind: 'unknown' };
}

/** Citizens; residents from Hong Kong, Macau and Taiwan (81 to 83); foreigners with the permit of 2023 (9). */
function eighteen(number: string): Recognised {
  const facts = citizenFacts(number);
  if (!facts) return { kind: 'wrong-number' };
  const documentType = number.startsWith('9')
    ? 'foreigner-permit'
    : /^8[123]/.test(number)
      ? 'residence-permit'
      : 'resident-id';
  return documentNumber(documentType, number, facts);
}

function fifteen(old: string): Recognised {
  const number = modernNumber(old);
  if (number === undefined) return { kind: 'wrong-number' };
  return { ...documentNumber('resident-id', number, citizenFacts(number)), wasOld: true };
}

function documentNumber(
  documentType: Identity['documentType'],
  number: string,
  facts?: CitizenFacts,
): DocumentNumber {
  return { kind: 'document-number', documentType, number, facts, wasOld: false };
}
