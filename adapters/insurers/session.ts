import { type Clock, chinaDate } from '../../src/clock.ts';

/** Whose session it is. */
export interface Holder {
  readonly no: string;
}

/** How signing in went: the session's number, or what came instead. */
export type SignedIn<F> = { readonly signNo: string } | { readonly failed: F };

interface Entry<F> {
  readonly day: string;
  readonly result: Promise<SignedIn<F>>;
  signNo?: string;
}

/** Operators remembered at once; beyond it the oldest signs in again. */
const OPERATORS_MAX = 1_000;

/**
 * Sessions at an insurer, one per operator and day in China (9001 签到, S02). One sign-in at a time per operator: whoever
 * comes meanwhile waits for the same one. Kept in memory only: after a restart the operator signs in again.
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
    return known?.day === day ? known.result : this.#begin(operator.no, day, signIn);
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
      if ('signNo' in value) entry.signNo = value.signNo;
      else forget();
    }, forget);
    this.#entries.delete(no);
    this.#entries.set(no, entry);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > OPERATORS_MAX && !oldest.done) this.#entries.delete(oldest.value);
    return result;
  }
}
