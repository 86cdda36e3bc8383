import { Fault } from '../../errors.ts';
import { clean } from '../gbk.ts';
import { eachField, type FieldName, type LayoutName, layoutOf, TEXT_BYTES } from './layouts.ts';

/** What the text block says, field by field, free of padding; a field the layout lacks is empty. */
export interface ResidentIdText
  extends Readonly<Record<Exclude<FieldName, 'type' | 'englishNameMore'>, string>> {
  readonly layout: LayoutName;
}

/** "No end": the card is valid for life. */
export const FOR_LIFE = '长期';

/** Reads the 256-byte text block. Fault `reader.protocol` for any other length. */
export function residentIdText(block: Buffer): ResidentIdText {
  if (block.length !== TEXT_BYTES) {
    throw new Fault('reader.protocol', { detail: 'the text block has another length than 256' });
  }
  const layout = layoutOf(block);
  const fields = new Map<FieldName, string>();
  eachField(layout, (name, offset, bytes) => {
    fields.set(
      name,
      block
        .subarray(offset, offset + bytes)
        .toString('utf16le')
        .toWellFormed(),
    );
  });
  const text = (name: FieldName) => clean(cutAtNul(fields.get(name) ?? ''));
  return {
    layout,
    name: text('name'),
    englishName: joined(fields.get('englishName') ?? '', fields.get('englishNameMore') ?? ''),
    sex: text('sex'),
    nation: text('nation'),
    nationality: text('nationality'),
    birthDate: text('birthDate'),
    address: text('address'),
    number: text('number').toUpperCase(),
    issuer: text('issuer'),
    validFrom: text('validFrom'),
    validTo: text('validTo'),
    passNumber: text('passNumber'),
    issueCount: text('issueCount'),
    version: text('version'),
  };
}

function cutAtNul(text: string): string {
  const zero = text.indexOf('\0');
  return zero === -1 ? text : text.slice(0, zero);
}

/** A long name goes on in a second field; the blanks that pad the first are not part of it. */
function joined(start: string, more: string): string {
  return clean(cutAtNul(start) + cutAtNul(more)).replace(/ {2,}/g, ' ');
}

/** The address added later, as its block says it (70 bytes, UTF-16LE); empty where there is none. */
export function newAddressOf(block: Buffer | undefined): string {
  return clean(cutAtNul((block ?? Buffer.alloc(0)).toString('utf16le').toWellFormed()));
}
