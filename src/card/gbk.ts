import iconv from 'iconv-lite';

/** What fields are filled up with: 00, on older cards 20, in blank fields FF. */
function isPadding(byte: number | undefined): boolean {
  return byte === 0x00 || byte === 0x20 || byte === 0xff;
}

/** A field without its padding. 00 is never part of a GBK character, so the first one ends the text. */
export function unpadded(field: Buffer): Buffer {
  const zero = field.indexOf(0x00);
  let end = zero === -1 ? field.length : zero;
  while (end > 0 && isPadding(field[end - 1])) end -= 1;
  return field.subarray(0, end);
}

/** Characters that do not belong in a text: controls, and the bar that separates fields of LD/T 33 strings. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f|\u2028\u2029]/g;

/** A text as it may be shown and passed on. */
export function clean(text: string): string {
  return text.replace(UNPRINTABLE, '').trim();
}

/** Decodes a padded GBK field; GB 18030 reads all of GBK and the rare characters of names besides. */
export function textOf(field: Buffer): string {
  return clean(iconv.decode(unpadded(field), 'gb18030'));
}
