import { type Clock, chinaDate } from '../../src/clock.ts';

/** Whose session it is. */
export interface Holder {
  readonly no: string;
}

/** How signing in went: the session's number, or what came instead. */
export type SignedIn<F> =
  | {
      readonly signNo: string;
      /** sign_time: when the platform counts it from. */
      readonly signedAt?: string;
    }
  | { readonly failed: F };

interface Entry<F> {
  day: string;
  readonly result: Promise<SignedIn<F>>;
  signNo?: string;
}

/** Operators remembered at once; beyond it the oldest signs in again. */
const OPERATORS_MAX = 1_000;

/**
 * Sessions at an insurer, one per operator and day (9001 签到, S02), by the insurer's clock. One sign-in at a time per
 * operator: whoever comes meanwhile waits for the same one. Kept in memory only: after a restart the operator signs in
 * again.
 */
export class Sessions<F> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<F>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The operator's session of today; `signIn` is asked for one where there is none. */
  of(operator: Holder, signIn: () => Promise<SignedIn<F>>): Promise<SignedIn<F>> {
    const day = chinaDate(this.#clock.now());
    const known = this.#entries.get(operator.no);
    if (known?.day === day) return known.result;
    if (!known || known.signNo !== undefined) return this.#begin(operator.no, day, signIn);
    // Midnight passed while it signed in: its answer tells which day that became.
    const anew = () => this.of(operator, signIn);
    return known.result.then(anew, anew);
  }

  /** Forgets a session the platform no longer knows, unless a newer one has taken its place. */
  drop(operator: Holder, signNo: string): void {
    if (this.#entries.get(operator.no)?.signNo === signNo) this.#entries.delete(operator.no);
  }

  #begin(no: string, day: string, signIn: () => Promise<SignedIn<F>>): Promise<SignedIn<F>> {
    const result = signIn();
    const entry: Entry<F> = { day, result };
    const forget = () => {
      if (this.#entries.get(no) === entry) this.#entries.delete(no);
    };
    result.then((value) => {
      if ('failed' in value) return forget();
      entry.signNo = value.signNo;
      // Around midnight, and where the first answer tells how late it is there, the platform knows which day it took.
      const today = chinaDate(this.#clock.now());
      if (value.signedAt?.startsWith(today)) entry.day = today;
    }, forget);
    this.#entries.delete(no);
    this.#entries.set(no, entry);
    this.#forgetOldest();
    return result;
  }

  /** Those signed in longest ago. Who waits for a sign-in goes on doing so, and nobody signs in beside them. */
  #forgetOldest(): void {
    for (const [no, { signNo }] of this.#entries) {
      if (this.#entries.size <= OPERATORS_MAX) return;
      if (signNo !== undefined) this.#entries.delete(no);
    }
  }
}
