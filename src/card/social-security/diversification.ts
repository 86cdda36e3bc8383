/** What a card's keys are derived by (LD/T 32). */
export interface Diversified {
  /** 卡复位信息: hex digits of the ATR's historical bytes. */
  readonly resetInformation: string;
  /** 卡的识别码; its first six digits are the issuing region. */
  readonly cardId: string;
}

/** How many authorities stand between the issuer's root key and the card: the card itself, its city, its province. */
export type Levels = 1 | 2 | 3;

const CARD_FACTOR_BYTES = 8;

/**
 * The card's own factor: the last eight historical bytes of its ATR, which hold its city and serial number. Nothing
 * where the ATR has fewer.
 */
export function cardFactor(resetInformation: string): Buffer | undefined {
  const historical = Buffer.from(resetInformation, 'hex');
  return historical.length < CARD_FACTOR_BYTES ? undefined : historical.subarray(-CARD_FACTOR_BYTES);
}

/** "371700sx": the six digits of the region and "sx". */
export function cityFactor(region: string): Buffer {
  return Buffer.from(`${region.slice(0, 6)}sx`, 'latin1');
}

/** "370000sh": the two digits of the province, four zeros, and "sh". */
export function provinceFactor(region: string): Buffer {
  return Buffer.from(`${region.slice(0, 2)}0000sh`, 'latin1');
}

/** The factors of so many levels in the order in which a PSAM takes them, eight bytes each. */
export function factorsOf(card: Diversified, levels: Levels): Buffer | undefined {
  const own = cardFactor(card.resetInformation);
  if (!own) return undefined;
  return Buffer.concat([own, cityFactor(card.cardId), provinceFactor(card.cardId)].slice(0, levels));
}
