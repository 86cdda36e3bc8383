import type { Direction, Level } from '../../schemas/organisation.ts';
import { err, ok, type Result } from '../result.ts';

/** An organisation as routing sees it. */
export interface RoutedOrganisation {
  readonly code: string;
  readonly name: string;
  readonly level: Level;
}

const ranks: Record<Level, number> = { village: 0, township: 1, county: 2, city: 3, province: 4 };

/**
 * Finds the way to the receiving organisation. The direction is what the caller says, or else follows from the two
 * levels: 上转 up, 下转 down, across between equals.
 */
export function route<O extends RoutedOrganisation & { readonly link?: object | undefined }>(
  own: RoutedOrganisation,
  organisations: readonly O[],
  to: string,
  direction?: Direction,
): Result<{ readonly peer: O; readonly direction: Direction }, 'to-self' | 'no-route'> {
  if (to === own.code) return err('to-self');
  const peer = organisations.find(({ code }) => code === to);
  if (!peer?.link) return err('no-route');
  return ok({ peer, direction: direction ?? directionBetween(own.level, peer.level) });
}

function directionBetween(from: Level, to: Level): Direction {
  const climb = ranks[to] - ranks[from];
  if (climb === 0) return 'across';
  return climb > 0 ? 'up' : 'down';
}
