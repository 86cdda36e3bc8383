import iconv from 'iconv-lite';
import { dateDigits, isDay } from '../digits.ts';
import { clean, textOf } from '../gbk.ts';
import type { Field, ValueType } from './layout.ts';

/** A field's value as text; empty where it was never written. */
export function fieldText(type: ValueType, bytes: Buffer): string {
  if (type === 'an') return textOf(bytes);
  if (bytes.every((byte) => byte === 0xff)) return '';
  const digits = bytes.toString('hex').toUpperCase();
  if (type === 'b') return digits;
  if (type === 'hex') return yuanOf(bytes.length > 8 ? '' : BigInt(`0x${digits}`).toString());
  if (type === 'dec') return yuanOf(/^\d+$/.test(digits) ? digits : '');
  // Not all cards keep to decimal digits: what stands there is shown.
  const shown = digits.replace(/F+$/, '');
  return type === 'date' ? dateDigits(bytes) || shown : shown;
}

/** Hundredths in digits → "12.30". */
function yuanOf(digits: string): string {
  if (digits === '') return '';
  const figures = digits.replace(/^0+/, '').padStart(3, '0');
  return `${figures.slice(0, -2)}.${figures.slice(-2)}`;
}

/** A text as the bytes of a field; nothing where it does not fit its type or its length. */
export function fieldBytes({ type, bytes }: Field, text: string): Buffer | undefined {
  if (type === 'an') return textBytes(text, bytes);
  if (type === 'b') return /^([0-9A-Fa-f]{2})*$/.test(text) ? exactly(text, bytes) : undefined;
  if (type === 'date' && text !== '' && !isDay(text)) return undefined;
  if (type === 'cn' || type === 'date') {
    return /^\d*$/.test(text) ? exactly(text.padEnd(bytes * 2, 'F'), bytes) : undefined;
  }
  const digits = hundredthsOf(text);
  if (digits === undefined) return undefined;
  const figures = type === 'dec' ? digits : BigInt(digits).toString(16);
  return exactly(figures.replace(/^0+/, '').padStart(bytes * 2, '0'), bytes);
}

function exactly(digits: string, bytes: number): Buffer | undefined {
  return digits.length === bytes * 2 ? Buffer.from(digits, 'hex') : undefined;
}

/** Characters that mean something in the strings of LD/T 33 can't be part of a value. */
function textBytes(text: string, bytes: number): Buffer | undefined {
  const encoded = iconv.encode(text, 'gb18030');
  if (text !== clean(text) || /[$^]/.test(text) || encoded.length > bytes) return undefined;
  if (iconv.decode(encoded, 'gb18030') !== text) return undefined;
  return Buffer.concat([encoded, Buffer.alloc(bytes - encoded.length)]);
}

/** "12.3" → "1230". */
function hundredthsOf(text: string): string | undefined {
  const [, whole, fraction = ''] = /^(\d{1,14})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : whole + fraction.padEnd(2, '0');
}
