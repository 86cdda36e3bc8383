import { Fault } from '../../errors.ts';
import { exchange, SW, selectApplication, selectFile } from '../apdu.ts';
import type { CardSlot } from '../port.ts';
import type { FileLayout } from './layout.ts';

/** What the reading of files must know of a kind of card. */
export interface CardFiles {
  /** The application that every other is reached from: `SSSE` on a social-security card. */
  readonly root: string;
  /** P1 of SELECT that is tried first for a file. */
  readonly selectsBy: 0x00 | 0x02;
  /** Selects the root. Faults: those of the slot, `card.unknown`, `card.blocked`. */
  selectRoot(slot: CardSlot): Promise<void>;
  /** Name of an application below the root, for cards that do not take its file identifier; none for others. */
  nameOf(application: string): Buffer | undefined;
  /** What stands in a file: `SSSEEF05`. Nothing where no such file is known. */
  layoutOf(file: string, version: string): FileLayout | undefined;
  /** Where the number of the card and the version of its specification stand. */
  readonly identification: { readonly file: number; readonly cardId: number; readonly version: number };
}

/** `SSSEEF05`. */
export function fileName(application: string, file: number): string {
  return application + file.toString(16).toUpperCase().padStart(4, '0');
}

/**
 * Selects an application; one below the root only from the root. Its file identifier is unambiguous, so it comes
 * first, and its name where the card does not take that. Fault `card.file-not-found` where it has none of that kind.
 */
export async function selectFolder(
  slot: CardSlot,
  card: CardFiles,
  application: string,
  selected: string,
): Promise<void> {
  if (selected !== card.root || application === card.root) await card.selectRoot(slot);
  if (application === card.root) return;
  const name = card.nameOf(application);
  const ways = [
    selectFile(Number.parseInt(application, 16), 0x00),
    ...(name ? [selectApplication(name)] : []),
  ];
  for (const way of ways) {
    const { sw } = await exchange(slot, way, { fetch: false });
    if (sw === SW.done || sw >> 8 === 0x61) return;
  }
  throw new Fault('card.file-not-found', { facts: { file: application } });
}
