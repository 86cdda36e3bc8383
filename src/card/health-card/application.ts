import { Fault } from '../../errors.ts';
import { ChipFiles } from '../files/chip-files.ts';
import { fieldText } from '../files/values.ts';
import type { CardSlot } from '../port.ts';
import { historicalBytes } from '../social-security/atr.ts';
import type { HealthCardAuthenticator } from './external-authentication.ts';
import { healthCardFiles } from './files.ts';
import { withIrv } from './irv.ts';

/** What a resident health card (居民健康卡, 2012) tells. Texts are free of padding; absent items are empty. */
export interface HealthCard {
  /** 卡号. */
  readonly cardNumber: string;
  /** 规范版本. */
  readonly version: string;
  /** 卡的类别. */
  readonly category: string;
  /** 发卡机构名称. */
  readonly issuer: string;
  readonly issuerCode: string;
  /** yyyymmdd. */
  readonly issuedOn: string;
  readonly validTo: string;
  /** The person, `locked` on a card that wants to be authenticated first, or `blank` on one that names nobody. */
  readonly holder: HealthCardHolder | 'locked' | 'blank';
  /** 健康档案编号. */
  readonly archiveNumber: string;
  /** 新农合证号. */
  readonly nrcmsNumber: string;
  /** ABO 血型. */
  readonly bloodGroup: string;
  readonly rhesus: string;
  /** Whether a PSAM authenticated us towards the card. */
  readonly authenticated: boolean;
}

export interface HealthCardHolder {
  /** 居民身份证号. */
  readonly number: string;
  readonly name: string;
  readonly sex: string;
  readonly nation: string;
  /** yyyymmdd. */
  readonly birthDate: string;
}

const ROOT = healthCardFiles.root;

/** Last bytes of the historical ones, which the card's keys are derived by. */
const FACTOR_BYTES = 8;

/**
 * Reads a resident health card whose application is selected: who issued it and to whom, till when, the numbers of
 * file and insurance, the blood group. Faults: those of the slot, `card.unknown`, `card.refused`; the fact `irv` has
 * the code of the card's own interface.
 */
export async function readHealthCard(
  slot: CardSlot,
  atr: Buffer,
  authenticator?: HealthCardAuthenticator,
): Promise<HealthCard> {
  return withIrv(() => readCard(slot, atr, authenticator));
}

async function readCard(
  slot: CardSlot,
  atr: Buffer,
  authenticator: HealthCardAuthenticator | undefined,
): Promise<HealthCard> {
  const chip = new ChipFiles(slot, healthCardFiles, { selected: ROOT });
  const { cardId: cardNumber, version } = await chip.identify();
  const issuing = {
    category: await optional(chip, ROOT, 0xef05, 0x01),
    issuer: await optional(chip, ROOT, 0xef05, 0x03),
    issuerCode: await optional(chip, ROOT, 0xef05, 0x04),
    issuedOn: await optional(chip, ROOT, 0xef05, 0x06),
  };
  const authenticated = await authenticate(chip, slot, atr, authenticator);
  return {
    cardNumber,
    version,
    ...issuing,
    holder: await readHolder(chip),
    validTo: await optional(chip, ROOT, 0xef08, 0x07),
    archiveNumber: await optional(chip, 'DF01', 0xef08, 0x27),
    nrcmsNumber: await optional(chip, 'DF01', 0xef08, 0x28),
    bloodGroup: await optional(chip, 'DF02', 0xef05, 0x29),
    rhesus: await optional(chip, 'DF02', 0xef05, 0x2a),
    authenticated,
  };
}

async function authenticate(
  chip: ChipFiles,
  slot: CardSlot,
  atr: Buffer,
  authenticator: HealthCardAuthenticator | undefined,
): Promise<boolean> {
  if (!authenticator) return false;
  const city = await optional(chip, ROOT, 0xef05, 0x39);
  return authenticator(slot, { card: historicalBytes(atr).subarray(-FACTOR_BYTES), city });
}

async function readHolder(chip: ChipFiles): Promise<HealthCard['holder']> {
  try {
    const number = (await read(chip, ROOT, 0xef06, 0x0f)).toUpperCase();
    const name = await read(chip, ROOT, 0xef06, 0x0b);
    if (number === '' && name === '') return 'blank';
    return {
      number,
      name,
      sex: await optional(chip, ROOT, 0xef06, 0x0c),
      nation: await optional(chip, ROOT, 0xef06, 0x0d),
      birthDate: await optional(chip, ROOT, 0xef06, 0x0e),
    };
  } catch (error) {
    if (error instanceof Fault && error.code === 'card.locked-data') return 'locked';
    throw error;
  }
}

async function read(chip: ChipFiles, application: string, file: number, tag: number): Promise<string> {
  const item = chip.itemAt({ application, file }, tag);
  await chip.select({ application, file });
  const bytes = await chip.readRecord(item, 1);
  return bytes ? fieldText(item.content.type, bytes) : '';
}

/** Faults of an item that a reading can do without: a card that makes difficulties over it has not got it. */
const ABSENT: ReadonlySet<string> = new Set(['card.file-not-found', 'card.locked-data', 'card.refused']);

async function optional(...place: Parameters<typeof read>): Promise<string> {
  try {
    return await read(...place);
  } catch (error) {
    if (error instanceof Fault && ABSENT.has(error.code)) return '';
    throw error;
  }
}
