import { Fault } from '../../errors.ts';
import { bcdDigits, dateDigits } from '../digits.ts';
import { textOf, unpadded } from '../gbk.ts';
import type { CardSlot } from '../port.ts';
import { findTag } from '../tlv.ts';
import { historicalBytes } from './atr.ts';
import type { Authenticator, Hindrance } from './authentication.ts';
import { EF05, EF06, type Item, items } from './items.ts';
import { type Found, RecordReader } from './records.ts';
import { type Selected, selectSocialSecurity } from './selection.ts';

/** Algorithm of the card's keys, as its FCI says or its identification code betrays. */
export type CardAlgorithm = 'des' | 'ssf33' | 'sm4';

/** What a social-security card tells. Texts are free of padding; absent items are empty. */
export interface SocialSecurityCard {
  /** Hex digits of the ATR's historical bytes: 卡复位信息. */
  readonly resetInformation: string;
  readonly algorithm: CardAlgorithm;
  /** 卡的识别码, 32 hex digits. */
  readonly cardId: string;
  /** 卡的类别. */
  readonly category: string;
  /** 规范版本: "1.00", "2.00", "3.00". */
  readonly version: string;
  /** 初始化机构编号, hex digits: not all cards keep to decimal ones. */
  readonly issuer: string;
  /** yyyymmdd; on some test cards yyyy alone. */
  readonly issuedOn: string;
  readonly validTo: string;
  /** 卡号; empty on a card of generation 3 that was not authenticated. */
  readonly cardNumber: string;
  /** Whether the issuer has blocked the card's application, which lets itself be read all the same. */
  readonly blocked: boolean;
  /** The person, `locked` until authenticated (generation 3), or `blank` on a card that names nobody. */
  readonly holder: CardHolder | 'locked' | 'blank';
  /** Who authenticated the card; absent where nobody did. */
  readonly authenticatedBy?: 'psam' | 'encryption-machine' | 'library';
  /** Why the holder stayed locked, where an authentication was tried. */
  readonly hindrance?: Hindrance;
}

export interface CardHolder {
  /** 社会保障号码. */
  readonly number: string;
  readonly name: string;
  /** '1' male, '2' female, or anything else. */
  readonly sex: string;
  /** 民族, GB/T 3304. */
  readonly nation: string;
  /** 出生地, six digits of GB/T 2260. */
  readonly birthplace: string;
  /** yyyymmdd. */
  readonly birthDate: string;
}

/** The card number has nine characters; provinces that keep a longer field put other things behind them. */
const CARD_NUMBER_LENGTH = 9;

/**
 * Reads a social-security card of any generation: selects its application, then the records of EF05 and EF06, each
 * once. Where the holder is locked and there is an authenticator, the card is authenticated and what was locked is read
 * again. Faults: those of the slot and of the authenticator, `card.unknown` for another card, `card.blocked`,
 * `card.refused` with the status word.
 */
export async function readSocialSecurityCard(
  slot: CardSlot,
  atr: Buffer,
  authenticator?: Authenticator,
): Promise<SocialSecurityCard> {
  return readSelected(slot, atr, await selectSocialSecurity(slot), authenticator);
}

/** The same once the application was asked for. Early cards do not know its name, and yet let EF05 be selected. */
export async function readSelected(
  slot: CardSlot,
  atr: Buffer,
  { fci, blocked }: Selected = { fci: Buffer.alloc(0), blocked: false },
  authenticator?: Authenticator,
): Promise<SocialSecurityCard> {
  const records = new RecordReader(slot);
  const otherwise = blocked ? 'card.blocked' : 'card.unknown';
  if ((await records.select(EF05)) !== 'selected') throw new Fault(otherwise);
  const cardIdField = await records.read(items.cardId);
  if (!Buffer.isBuffer(cardIdField) || cardIdField.length !== items.cardId.valueBytes) {
    throw new Fault(otherwise, { detail: 'no card identification code' });
  }
  const cardId = cardIdField.toString('hex').toUpperCase();
  const category = textOf(await optional(records, items.category));
  const version = textOf(await optional(records, items.version));
  const issuer = hexDigits(await optional(records, items.issuer));
  const issuedOn = dateDigits(await optional(records, items.issuedOn));
  const validTo = dateDigits(await optional(records, items.validTo));
  const cardNumber = await readCardNumber(records);
  const card: SocialSecurityCard = {
    resetInformation: historicalBytes(atr).toString('hex').toUpperCase(),
    algorithm: algorithmOf(fci, cardId),
    cardId,
    category,
    version,
    issuer,
    issuedOn,
    validTo,
    cardNumber,
    blocked,
    holder: await readHolder(records, version),
  };
  return authenticator && card.holder === 'locked' ? unlocked(card, slot, records, authenticator) : card;
}

/** Authenticates the card and reads what it had kept: the holder, and the card number where that was kept too. */
async function unlocked(
  card: SocialSecurityCard,
  slot: CardSlot,
  records: RecordReader,
  authenticator: Authenticator,
): Promise<SocialSecurityCard> {
  const outcome = await authenticator.authenticate(slot, card);
  if ('hindrance' in outcome) return { ...card, hindrance: outcome.hindrance };
  const unnumbered = card.cardNumber === '' && (await records.select(EF05)) === 'selected';
  const cardNumber = unnumbered ? await readCardNumber(records) : card.cardNumber;
  const holder = await readHolder(records, card.version);
  return { ...card, cardNumber, holder, authenticatedBy: outcome.by };
}

async function readCardNumber(records: RecordReader): Promise<string> {
  return textOf(await optional(records, items.cardNumber)).slice(0, CARD_NUMBER_LENGTH);
}

async function readHolder(records: RecordReader, version: string): Promise<SocialSecurityCard['holder']> {
  const first = version.startsWith('1');
  if (first) records.expectFirstGeneration();
  const selected = await records.select(EF06);
  if (selected !== 'selected') return selected === 'locked' ? 'locked' : 'blank';
  const numberField = await records.read(items.number);
  if (numberField === 'locked') return 'locked';
  const nameField = await records.read(items.name);
  if (nameField === 'locked') return 'locked';
  const extension = first ? 'absent' : await records.read(items.nameExtension);
  // Joined as bytes: a character may begin in the one field and end in the other.
  const name = textOf(Buffer.concat([unpadded(bytesOf(nameField)), unpadded(bytesOf(extension))]));
  const number = textOf(bytesOf(numberField)).toUpperCase();
  if (number === '' && name === '') return 'blank';
  return {
    number,
    name,
    sex: textOf(await optional(records, items.sex)),
    nation: bcdDigits(await optional(records, items.nation)),
    birthplace: bcdDigits(await optional(records, items.birthplace)),
    birthDate: dateDigits(await optional(records, items.birthDate)),
  };
}

/** An item a reading can do without: a card that makes difficulties over it has not got it. */
async function optional(records: RecordReader, item: Item): Promise<Buffer> {
  try {
    return bytesOf(await records.read(item));
  } catch (error) {
    if (error instanceof Fault && error.code === 'card.refused') return Buffer.alloc(0);
    throw error;
  }
}

/** Padding F on the right goes. */
function hexDigits(field: Buffer): string {
  return field.toString('hex').toUpperCase().replace(/F+$/, '');
}

function bytesOf(found: Found): Buffer {
  return Buffer.isBuffer(found) ? found : Buffer.alloc(0);
}

/** Newer cards say it in their FCI: 9F0C 03 86 01 xx. Older ones: region 11 has SSF33, all others DES. */
export function algorithmOf(fci: Buffer, cardId: string): CardAlgorithm {
  const told = findTag(fci, 0x9f0c);
  const code = told ? findTag(told, 0x86)?.[0] : undefined;
  if (code === 0x03) return 'sm4';
  if (code === 0x02) return 'ssf33';
  if (code === 0x01) return 'des';
  return cardId.startsWith('11') ? 'ssf33' : 'des';
}
