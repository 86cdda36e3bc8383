/** "sx1.sh.社会保障" in GBK: the application every social-security card has (LD/T 32). */
export const SOCIAL_SECURITY_AID = Buffer.from('7378312E73682EC9E7BBE1B1A3D5CF', 'hex');

/** The elementary files with the issuer's data and the holder's (LD/T 32.2). */
export const EF05 = 0xef05;
export const EF06 = 0xef06;

/** One data item: its tag, the length of its value, and its record's number on cards with and without 4E. */
export interface Item {
  readonly file: number;
  readonly tag: number;
  readonly valueBytes: number;
  readonly number: number;
  /** Generation 1 has no name extension, so what follows it moves up by one. */
  readonly numberInFirst: number;
}

function item(
  file: typeof EF05 | typeof EF06,
  tag: number,
  valueBytes: number,
  number: number,
  numberInFirst = number,
): Item {
  return { file, tag, valueBytes, number, numberInFirst };
}

export const items = {
  cardId: item(EF05, 0x01, 16, 1),
  category: item(EF05, 0x02, 1, 2),
  version: item(EF05, 0x03, 4, 3),
  issuer: item(EF05, 0x04, 12, 4),
  issuedOn: item(EF05, 0x05, 4, 5),
  validTo: item(EF05, 0x06, 4, 6),
  cardNumber: item(EF05, 0x07, 9, 7),
  number: item(EF06, 0x08, 18, 1),
  name: item(EF06, 0x09, 30, 2),
  nameExtension: item(EF06, 0x4e, 20, 3, 3),
  sex: item(EF06, 0x0a, 1, 4, 3),
  nation: item(EF06, 0x0b, 1, 5, 4),
  birthplace: item(EF06, 0x0c, 3, 6, 5),
  birthDate: item(EF06, 0x0d, 4, 7, 6),
} as const;
