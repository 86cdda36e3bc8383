/** A group of the platform's statements (3201): 险种, 清算类别, 结算经办机构. */
export interface Group {
  readonly insutype: string;
  readonly clr_type: string;
  readonly setl_optins: string;
}

/** The group that a settlement counts in; nothing where its answer didn't name all of it. */
export function groupNameOf({ insutype, clr_type, setl_optins }: Group): string | undefined {
  return insutype && clr_type && setl_optins ? `${insutype}|${clr_type}|${setl_optins}` : undefined;
}

export function groupOf(name: string): Group {
  const [insutype = '', clr_type = '', setl_optins = ''] = name.split('|');
  return { insutype, clr_type, setl_optins };
}

type Kind = 'outpatient' | 'inpatient' | 'pharmacy';

const KINDS: Readonly<Record<string, Kind>> = {
  '2102': 'pharmacy',
  '2103': 'pharmacy',
  '2304': 'inpatient',
  '2305': 'inpatient',
};

const TRANSACTIONS: Readonly<Record<Kind, readonly [settle: string, reverse: string]>> = {
  outpatient: ['2207', '2208'],
  inpatient: ['2304', '2305'],
  pharmacy: ['2102', '2103'],
};

/** The clearing type that is the rule for a kind of settlement; editions have further ones of their own. */
export const CLEARING: Readonly<Record<Kind, string>> = { outpatient: '11', inpatient: '21', pharmacy: '41' };

/** What a two-digit clearing type can only be; nothing for those that provinces made up. */
function kindOfClearing(clrType: string): Kind | undefined {
  if (clrType === CLEARING.pharmacy) return 'pharmacy';
  if (/^1\d$/.test(clrType)) return 'outpatient';
  return /^2\d$/.test(clrType) ? 'inpatient' : undefined;
}

/** The transaction that settles, or reverses, what is cleared so. */
export function settlementOf(clrType: string, sign: 1 | -1): string {
  const [settle, reverse] = TRANSACTIONS[kindOfClearing(clrType) ?? 'outpatient'];
  return sign === 1 ? settle : reverse;
}

export function kindOf(transaction: string): Kind {
  return KINDS[transaction] ?? 'outpatient';
}

/** Whether what a transaction settled may be cleared so. */
export function mayHold(clrType: string, transaction: string): boolean {
  const kind = kindOfClearing(clrType);
  return kind === undefined || kind === kindOf(transaction);
}
