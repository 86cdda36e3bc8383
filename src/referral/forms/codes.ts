import type { Identity } from '../../../schemas/identity.ts';
import type { Coded } from '../../../schemas/referral-form.ts';

/**
 * National code tables, as far as the forms use them. A value that no table has is coded as the table's own word for
 * everything else, never left out.
 */

type Table<K extends string> = Readonly<Record<K, readonly [code: string, name: string]>>;

/** GB/T 2261.1-2003 人的性别代码. */
const SEX_TABLE = 'GB/T 2261.1-2003';
const sexes: Table<'unknown' | 'male' | 'female' | 'unstated'> = {
  unknown: ['0', '未知的性别'],
  male: ['1', '男性'],
  female: ['2', '女性'],
  unstated: ['9', '未说明的性别'],
};

/** WS 364.3-2011 CV02.01.101 身份证件类别代码; it has none for the permits of residence, hence 99. */
const DOCUMENT_TABLE = 'WS 364.3-2011 CV02.01.101';
const documents: Table<Identity['documentType']> = {
  'resident-id': ['01', '居民身份证'],
  passport: ['03', '护照'],
  'residence-permit': ['99', '其他法定有效证件'],
  'foreigner-permit': ['99', '其他法定有效证件'],
  other: ['99', '其他法定有效证件'],
};

export function sexCode(sex: keyof typeof sexes): Coded {
  const [code, name] = sexes[sex];
  return { code, name, table: SEX_TABLE };
}

export function documentCode(type: Identity['documentType']): Coded {
  const [code, name] = documents[type];
  return { code, name, table: DOCUMENT_TABLE };
}
