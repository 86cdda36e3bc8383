import { Fault } from '../../errors.ts';
import type { CardSlot } from '../port.ts';
import { type FileAddress, parseFileAddress } from './address.ts';
import type { CardFiles } from './card.ts';
import { ChipFiles } from './chip-files.ts';
import { recordBytesOf } from './contents.ts';
import { type FileOptions, identified, itemsIn, noItem, type WantedItem } from './reading.ts';

/**
 * Writes values in the places that a file address names: every item by its own value, in the address's order. What
 * does not fit is found before anything is written. Each record is read first, which tells how this card is written,
 * and read back afterwards; one that holds the value already is left alone, so that a repeat does no harm.
 * Answers how many were written. Faults: those of `readFiles`, `card.write-refused`.
 */
export async function writeFiles(
  slot: CardSlot,
  card: CardFiles,
  address: string,
  values: readonly string[],
  options: FileOptions & { readonly cardId: string },
): Promise<{ cardId: string; written: number }> {
  const wanted = parseFileAddress(address, card.root);
  const places = wanted.reduce((sum, { items }) => sum + Math.max(1, items.length), 0);
  if (places !== values.length)
    throw new Fault('request.invalid', { pointer: '/body/values', detail: `${places} values are needed` });
  const chip = new ChipFiles(slot, card, options);
  const cardId = await identified(chip, options);
  const acts = planOf(chip, wanted, values);
  let written = 0;
  for (const act of acts) written += (await act()) ? 1 : 0;
  return { cardId, written };
}

/** What is to be done, with every value checked against its place. */
function planOf(chip: ChipFiles, wanted: readonly FileAddress[], values: readonly string[]) {
  let at = 0;
  return wanted.flatMap((address) => {
    const layout = chip.layoutOf(address);
    if (layout.kind === 'cyclic')
      throw new Fault('request.invalid', {
        pointer: '/body/fileAddress',
        detail: 'cyclic files are written by the card itself',
      });
    if (layout.kind === 'binary') {
      const pointer = `/body/values/${at}`;
      const text = values[at++]!;
      if (!/^([0-9A-Fa-f]{2})+$/.test(text) || text.length > layout.bytes * 2) throw unfit(pointer);
      return [() => writeBinary(chip, address, Buffer.from(text, 'hex'))];
    }
    if (address.items.length === 0)
      throw new Fault('request.invalid', { pointer: '/body/fileAddress', detail: 'name the items to write' });
    return itemsIn(layout, address).map(({ item, occurrence, written }) => {
      const pointer = `/body/values/${at}`;
      const bytes = recordBytesOf(item.content, values[at++]!);
      if (!bytes) throw unfit(pointer);
      return () => writeRecord(chip, address, { item, occurrence, written }, bytes);
    });
  });
}

async function writeRecord(
  chip: ChipFiles,
  address: FileAddress,
  { item, occurrence, written }: WantedItem,
  bytes: Buffer,
): Promise<boolean> {
  await chip.select(address);
  const before = await chip.readRecord(item, occurrence);
  if (!before) throw noItem(address, { written });
  if (before.equals(bytes)) return false;
  await chip.writeRecord(item, occurrence, bytes);
  const after = await chip.readRecord(item, occurrence);
  if (!after?.equals(bytes)) throw chip.differs();
  return true;
}

async function writeBinary(chip: ChipFiles, address: FileAddress, content: Buffer): Promise<boolean> {
  await chip.select(address);
  if ((await chip.readBinary(content.length)).equals(content)) return false;
  await chip.writeBinary(content);
  if (!(await chip.readBinary(content.length)).equals(content)) throw chip.differs();
  return true;
}

/** Names the place alone: what was to be written is the person's. */
function unfit(pointer: string): Fault {
  return new Fault('request.invalid', { pointer, detail: 'the value does not fit its type or its length' });
}
