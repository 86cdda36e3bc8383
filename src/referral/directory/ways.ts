import { err, ok, type Result } from '../../result.ts';

/** An organisation as far as ways go. */
export interface Place {
  readonly code: string;
  readonly parent?: string | undefined;
  readonly link?: object | undefined;
}

/**
 * Where messages go from here. An organisation with a link is reached over it. Others are reached through those they
 * belong to, since each gateway has a link to its parent and to its children:
 *
 *     1. straight, where there is a link;
 *     2. down, through the nearest of the receiver's parents, grandparents, … that we have a link to;
 *     3. up, through the nearest of our own that we have a link to, where the receiver is of the same tree.
 *
 * So a message climbs, crosses at most once, and descends: it can't go in a circle. A neighbour passes on to us what
 * comes from above when it is above us, and otherwise only what comes from its own descendants.
 */
export class WayMap {
  readonly #own: string;
  readonly #places: ReadonlyMap<string, Place>;

  constructor(own: string, places: ReadonlyMap<string, Place>) {
    this.#own = own;
    this.#places = places;
  }

  /** The next on the way to `to`. None of `passed` is gone to. */
  hopTo(to: string, passed: readonly string[] = []): Result<string, 'unknown' | 'no-way'> {
    if (!this.#places.has(to)) return err('unknown');
    if (to === this.#own) return err('no-way');
    const usable = (code: string) => this.#places.get(code)?.link !== undefined && !passed.includes(code);
    if (usable(to)) return ok(to);
    const above = this.#above(to);
    const ownAt = above.indexOf(this.#own);
    const between = ownAt < 0 ? above : above.slice(0, ownAt);
    const down = between.find(usable);
    if (down !== undefined) return ok(down);
    // What is below us is not looked for above us.
    if (ownAt >= 0) return err('no-way');
    const tree = new Set([to, ...above]);
    const ours = this.#above(this.#own);
    const up = ours.find(usable);
    if (up === undefined || !ours.some((code) => tree.has(code))) return err('no-way');
    return ok(up);
  }

  /** All that a message for `to` passes, the last is `to`; nothing where there is no way. */
  wayTo(to: string): string[] | undefined {
    const hop = this.hopTo(to);
    return hop.ok ? this.#treePath(hop.value, to) : undefined;
  }

  mayPassOn(neighbour: string, from: string): boolean {
    return this.#above(this.#own).includes(neighbour) || this.#above(from).includes(neighbour);
  }

  /** Parent, grandparent and so on, as far as they are known; a circle of parents ends where it closes. */
  #above(code: string): string[] {
    const chain: string[] = [];
    for (let at = this.#places.get(code)?.parent; at !== undefined; at = this.#places.get(at)?.parent) {
      if (at === code || chain.includes(at) || !this.#places.has(at)) break;
      chain.push(at);
    }
    return chain;
  }

  /** From one to the other over what they have in common. */
  #treePath(from: string, to: string): string[] {
    const ups = [from, ...this.#above(from)];
    const downs = [to, ...this.#above(to)];
    const meeting = ups.findIndex((code) => downs.includes(code));
    if (meeting < 0) return [from, to];
    const down = downs.slice(0, downs.indexOf(ups[meeting]!)).toReversed();
    return [...ups.slice(0, meeting + 1), ...down];
  }
}
