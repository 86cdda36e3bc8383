/** The text block of a resident ID card, read by the SAM-V module: UTF-16LE, padded with blanks (GA 467). */
export const TEXT_BYTES = 256;

/** Where every layout keeps the letter that names it. */
export const TYPE_OFFSET = 248;

/** One field: its name and its length in bytes; a field without a name is reserved. */
type Field = readonly [name: FieldName | undefined, bytes: number];

export type FieldName =
  | 'name'
  | 'englishName'
  | 'englishNameMore'
  | 'sex'
  | 'nation'
  | 'nationality'
  | 'birthDate'
  | 'address'
  | 'number'
  | 'issuer'
  | 'validFrom'
  | 'validTo'
  | 'passNumber'
  | 'issueCount'
  | 'version'
  | 'type';

const RESIDENT: readonly Field[] = [
  ['name', 30],
  ['sex', 2],
  ['nation', 4],
  ['birthDate', 16],
  ['address', 70],
  ['number', 36],
  ['issuer', 30],
  ['validFrom', 16],
  ['validTo', 16],
];

/** The four documents of one family, by the letter at offset 248: blank, J, I, Y. */
export const layouts = {
  /** 居民身份证. */
  resident: [...RESIDENT, [undefined, 28], ['type', 2], [undefined, 6]],
  /** 港澳台居民居住证. */
  residence: [
    ...RESIDENT,
    ['passNumber', 18],
    ['issueCount', 4],
    [undefined, 6],
    ['type', 2],
    [undefined, 6],
  ],
  /** 外国人永久居留身份证, 2017. */
  foreigner2017: [
    ['englishName', 120],
    ['sex', 2],
    ['number', 30],
    ['nationality', 6],
    ['name', 30],
    ['validFrom', 16],
    ['validTo', 16],
    ['birthDate', 16],
    ['version', 4],
    ['issuer', 8],
    ['type', 2],
    [undefined, 6],
  ],
  /** 外国人永久居留身份证, 2023. */
  foreigner2023: [
    ['name', 30],
    ['sex', 2],
    ['issueCount', 4],
    ['birthDate', 16],
    ['englishName', 70],
    ['number', 36],
    [undefined, 30],
    ['validFrom', 16],
    ['validTo', 16],
    ['englishNameMore', 28],
    ['type', 2],
    [undefined, 6],
  ],
} as const satisfies Record<string, readonly Field[]>;

export type LayoutName = keyof typeof layouts;

/** The letter each layout is known by. */
export const layoutLetters: Readonly<Record<LayoutName, string>> = {
  resident: ' ',
  residence: 'J',
  foreigner2017: 'I',
  foreigner2023: 'Y',
};

/** The layout of a text block. A letter nobody knows is read as the resident's, the oldest. */
export function layoutOf(block: Buffer): LayoutName {
  const letter = String.fromCharCode(block.readUInt16LE(TYPE_OFFSET));
  const known = (Object.keys(layouts) as LayoutName[]).find((name) => layoutLetters[name] === letter);
  return known ?? 'resident';
}

/** Calls `visit` for each named field with its place in the block. */
export function eachField(
  layout: LayoutName,
  visit: (name: FieldName, offset: number, bytes: number) => void,
): void {
  let offset = 0;
  for (const [name, bytes] of layouts[layout] as readonly Field[]) {
    if (name) visit(name, offset, bytes);
    offset += bytes;
  }
}
