import { SAMPLE_NUMBER } from '../helper.ts';

/** The check character of a citizen number's first seventeen digits, by the remainders of powers of two (GB 11643). */
export function checked(stem: string): string {
  const sum = [...stem].reduce((total, digit, at) => total + Number(digit) * (2 ** (17 - at) % 11), 0);
  return `${stem}${'10X98765432'[sum % 11]}`;
}

/** The sample number with other digits in its place, and the check character they ask for. */
export function numberWith({ region = '111111', birth = '19810101', order = '111' } = {}): string {
  return checked(region + birth + order);
}

/** The sample person's number as it was before 1999. */
export const OLD_SAMPLE_NUMBER = SAMPLE_NUMBER.slice(0, 6) + SAMPLE_NUMBER.slice(8, 17);

/** The made-up codes of the sandbox. */
export const INSURANCE_CODE = '4240000000000000000100110000';
export const HEALTH_CODE = `${'0'.repeat(62)}A1:0`;
