import { Fault } from '../../errors.ts';
import { exchange, SW, selectFile } from '../apdu.ts';
import type { CardFiles } from '../files/card.ts';
import type { CardSlot } from '../port.ts';
import { findTag } from '../tlv.ts';
import { layouts } from './layouts.ts';

/** The application of a resident health card, and the name its file control information gives. */
const ROOT_FILE = 0xddf1;
const ROOT_NAME = 'WS.SYS.DDF01';
const DF_NAME = 0x84;

/** Selects the health card's application. Answers whether the card has it. Faults: those of the slot. */
export async function selectHealthCard(slot: CardSlot): Promise<boolean> {
  const { sw, data } = await exchange(slot, selectFile(ROOT_FILE, 0x00));
  // Other cards have a DDF1 too; the name tells them apart.
  return sw === SW.done && findTag(data, DF_NAME)?.toString('latin1') === ROOT_NAME;
}

/** The files of a resident health card. */
export const healthCardFiles: CardFiles = {
  root: 'DDF1',
  selectsBy: 0x00,
  identification: { file: 0xef05, cardId: 0x08, version: 0x02 },
  async selectRoot(slot) {
    if (!(await selectHealthCard(slot))) throw new Fault('card.unknown');
  },
  nameOf: () => undefined,
  layoutOf: (file) => layouts[file],
};
