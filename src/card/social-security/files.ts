import type { CardFiles } from '../files/card.ts';
import { EF05, items } from './items.ts';
import { firstGenerationLayouts, layouts } from './layouts.ts';
import { selectSocialSecurity } from './selection.ts';

/** Registered application provider of the applications on a social-security card. */
const PROVIDER = 'D156000005';

/**
 * The files of a social-security card. DF01 (公共应用) is the application D15600000500, DF02 (就业与失业) …01, and so on
 * (LD/T 32.2); each has its DF number less one, which public sources confirm as far as DF05.
 */
export const socialSecurityFiles: CardFiles = {
  root: 'SSSE',
  selectsBy: 0x02,
  identification: { file: EF05, cardId: items.cardId.tag, version: items.version.tag },
  async selectRoot(slot) {
    // Early cards do not know the name, and are in the application all the same.
    await selectSocialSecurity(slot);
  },
  nameOf(application) {
    const number = Number.parseInt(application.slice(2), 16);
    return Buffer.from(PROVIDER + (number - 1).toString(16).padStart(2, '0'), 'hex');
  },
  layoutOf: (file, version) => (version.startsWith('1') && firstGenerationLayouts[file]) || layouts[file],
};
