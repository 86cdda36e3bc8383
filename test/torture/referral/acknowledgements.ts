/** What was acknowledged, of each referral of one end by its id: how often each act, and who has taken it on. */
export class Acknowledgements {
  readonly #counts = new Map<string, Record<string, number>>();
  readonly #claims = new Map<string, string[]>();

  add(id: string, act: string): void {
    const counts = this.of(id);
    counts[act] = (counts[act] ?? 0) + 1;
    this.#counts.set(id, counts);
  }

  /** @param doctor the number of the one who was told that the referral is theirs */
  claimed(id: string, doctor: string): void {
    this.#claims.set(id, [...(this.#claims.get(id) ?? []), doctor]);
  }

  of(id: string): Record<string, number> {
    return this.#counts.get(id) ?? {};
  }

  /** The referrals whose creation was acknowledged. */
  get created(): string[] {
    return [...this.#counts].flatMap(([id, counts]) => (counts.create ? [id] : []));
  }

  /** Of each referral that was claimed, by which doctors. */
  get claims(): ReadonlyMap<string, readonly string[]> {
    return this.#claims;
  }
}
