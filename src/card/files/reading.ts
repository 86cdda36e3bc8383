import { Fault } from '../../errors.ts';
import type { CardSlot } from '../port.ts';
import { type FileAddress, type ItemAddress, parseFileAddress } from './address.ts';
import { type CardFiles, fileName } from './card.ts';
import { type Authenticate, ChipFiles } from './chip-files.ts';
import { cyclicItemOf, itemOf, nameOf, type ReadFile, type ReadItem, tagText } from './contents.ts';
import { type FileLayout, type LayoutItem, occurrencesOf } from './layout.ts';

export interface FileOptions {
  readonly authenticate?: Authenticate;
  /** The card that is meant: another one is refused. */
  readonly cardId?: string;
}

export interface FilesRead {
  /** 卡识别码, or the number of a health card. */
  readonly cardId: string;
  readonly files: ReadFile[];
}

type Records = Extract<FileLayout, { kind: 'records' }>;

/**
 * Reads what a file address names, in its order. An item that this card has not got is empty; a file that it has not
 * got is not. Faults: those of the slot; `request.invalid`, `card.file-not-found`, `card.locked-data`, `card.other`,
 * `card.blocked`, `card.unknown`, `card.refused`.
 */
export async function readFiles(
  slot: CardSlot,
  card: CardFiles,
  address: string,
  options: FileOptions = {},
): Promise<FilesRead> {
  const wanted = parseFileAddress(address, card.root);
  const chip = new ChipFiles(slot, card, options);
  const cardId = await identified(chip, options);
  const files: ReadFile[] = [];
  for (const each of wanted) files.push(...(await readFile(chip, each)));
  return { cardId, files };
}

async function readFile(chip: ChipFiles, address: FileAddress): Promise<ReadFile[]> {
  const layout = chip.layoutOf(address);
  const items = layout.kind === 'records' ? itemsIn(layout, address) : [];
  await chip.select(address);
  if (layout.kind === 'cyclic') return readCyclic(chip, address, layout);
  if (layout.kind === 'binary') {
    if (address.record !== undefined || address.items.length > 1) throw noItem(address, address.items[1]);
    const content = await chip.readBinary(layout.bytes);
    const tag = address.items[0]?.written ?? '-';
    const item = { tag, name: layout.name, value: content.toString('hex').toUpperCase() };
    return [{ file: address.written, items: [item] }];
  }
  const read: ReadItem[] = [];
  for (const { written, item, occurrence } of items) {
    const bytes = await chip.readRecord(item, occurrence);
    read.push(
      bytes
        ? itemOf(written, item.content, layout.name, bytes)
        : { tag: written, name: nameOf(item.content, layout.name), value: '' },
    );
  }
  return [{ file: address.written, items: read }];
}

async function readCyclic(
  chip: ChipFiles,
  { written, record, items }: FileAddress,
  layout: Extract<FileLayout, { kind: 'cyclic' }>,
): Promise<ReadFile[]> {
  if (items.length > 0) throw new Fault('card.file-not-found', { facts: { file: written } });
  const bytes = layout.fields.reduce((sum, field) => sum + field.bytes, 0);
  const files: ReadFile[] = [];
  const [first, last] = record === undefined ? [1, layout.records] : [record, record];
  for (let number = first; number <= last; number++) {
    const found = await chip.readCyclic(number, bytes);
    // Records are missing from some number on.
    if (!found && record === undefined) break;
    const name = record === undefined ? `${written}:${tagText(number)}` : written;
    const item = found
      ? cyclicItemOf(layout.fields, layout.name, found)
      : { tag: '-', name: layout.name, value: '' };
    files.push({ file: name, items: [item] });
  }
  return files;
}

export async function identified(chip: ChipFiles, { cardId }: FileOptions): Promise<string> {
  const { cardId: found } = await chip.identify();
  if (cardId !== undefined && cardId.toUpperCase() !== found.toUpperCase()) throw new Fault('card.other');
  return found;
}

export interface WantedItem {
  readonly written: string;
  readonly item: LayoutItem;
  readonly occurrence: number;
}

/** The items that an address names in a file of records; all of them where it names none. */
export function itemsIn({ items }: Records, address: FileAddress): WantedItem[] {
  if (address.record !== undefined) throw noItem(address);
  if (address.items.length > 0) {
    return address.items.map((wanted) => {
      const { written, tag, occurrence } = wanted;
      const item = items.get(tag);
      if (!item || occurrence > occurrencesOf(item.content)) throw noItem(address, wanted);
      return { written, item, occurrence };
    });
  }
  return [...items.values()].flatMap((item) => {
    const tag = tagText(item.content.tag);
    const count = occurrencesOf(item.content);
    if (count === 1) return [{ written: tag, item, occurrence: 1 }];
    return Array.from({ length: count }, (_, at) => ({
      written: `${tag}:${tagText(at + 1)}`,
      item,
      occurrence: at + 1,
    }));
  });
}

export function noItem({ application, file }: FileAddress, item?: Pick<ItemAddress, 'written'>): Fault {
  const facts = { file: fileName(application, file), ...(item ? { item: item.written } : {}) };
  return new Fault('card.file-not-found', { facts });
}
