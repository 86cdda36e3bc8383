import type { Logger } from 'pino';
import type { CompatAnswer, CompatArguments } from '../../../schemas/compat.ts';
import { maskError } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import type { Timers } from '../timers.ts';
import type { LibraryFunctionName } from './functions.ts';

/** How long a card stays powered, and its reader taken, until the next step of a call comes. */
export const HOLD_MS = 30_000;

/** Answers the call under way, and waits for the arguments of the one that goes on. Throws when none comes in time. */
export type Ask = (answer: CompatAnswer, next: LibraryFunctionName) => Promise<CompatArguments>;

interface Waiting {
  readonly name: LibraryFunctionName;
  goOn(args: CompatArguments): void;
  giveUp(): void;
}

/**
 * A piece of work that takes several calls: step 1, the encryption machine, step 2 (LD/T 33 5.2).
 *
 *     working ──ask──► waiting for the next call ──goOn──► working ──► ended
 *                           └──time-out, giveUp──────────────────────────┘
 *
 * A call waits while it works; nobody does while it waits for one.
 */
class Dialogue {
  #call: PromiseWithResolvers<CompatAnswer> | undefined;
  #waiting: Waiting | undefined;
  #givenUp = false;
  readonly ended: Promise<void>;

  constructor(
    work: (ask: Ask) => Promise<CompatAnswer>,
    parts: { timers: Timers; tellBug: (error: unknown) => void },
    first: PromiseWithResolvers<CompatAnswer>,
  ) {
    this.#call = first;
    const ask: Ask = (answer, name) => this.#ask(answer, name, parts.timers);
    this.ended = work(ask)
      .then(
        (answer) => this.#take()?.resolve(answer),
        (error: unknown) => {
          const call = this.#take();
          if (call) call.reject(error);
          else if (!(error instanceof Fault)) parts.tellBug(error);
        },
      )
      // The reader may be lost while it waits: then the work is over, and what it waited for never comes.
      .finally(() => this.giveUp());
  }

  /** Goes on with the next call, if this is the one that is waited for. */
  goOn(name: LibraryFunctionName, args: CompatArguments): Promise<CompatAnswer> | undefined {
    const waiting = this.#waiting;
    if (waiting?.name !== name) return undefined;
    this.#call = Promise.withResolvers();
    const { promise } = this.#call;
    this.#waiting = undefined;
    waiting.goOn(args);
    return promise;
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#waiting?.giveUp();
    this.#waiting = undefined;
  }

  #take(): PromiseWithResolvers<CompatAnswer> | undefined {
    const call = this.#call;
    this.#call = undefined;
    return call;
  }

  #ask(answer: CompatAnswer, name: LibraryFunctionName, timers: Timers): Promise<CompatArguments> {
    return new Promise((resolve, reject) => {
      // No failure of the reader's: nobody came back to it.
      const none = () => reject(new Fault('card.none', { detail: `${name} did not come` }));
      if (this.#givenUp) return none();
      const cancel = timers.start(HOLD_MS, () => this.giveUp());
      this.#waiting = {
        name,
        goOn: (args) => {
          cancel();
          resolve(args);
        },
        giveUp: () => {
          cancel();
          none();
        },
      };
      this.#take()?.resolve(answer);
    });
  }
}

/** The dialogues under way, one for each reader and owner. */
export class Dialogues {
  readonly #timers: Timers;
  readonly #logger: Logger;
  readonly #byPlace = new Map<string, Dialogue>();

  constructor(parts: { readonly timers: Timers; readonly logger: Logger }) {
    this.#timers = parts.timers;
    this.#logger = parts.logger;
  }

  /**
   * Begins one; its first answer answers this call. It ends, too, when `cancelled` aborts between two calls. Fault
   * `reader.busy` where another is under way at this place.
   */
  begin(
    place: string,
    cancelled: AbortSignal,
    work: (ask: Ask) => Promise<CompatAnswer>,
  ): Promise<CompatAnswer> {
    // Two at once: one that took the place of the other would leave it waiting where no call can reach it.
    if (this.#byPlace.has(place)) throw new Fault('reader.busy', { retryAfterS: 1 });
    const first = Promise.withResolvers<CompatAnswer>();
    const tellBug = (error: unknown) =>
      this.#logger.error({ err: maskError(error) }, 'a call in steps failed');
    const dialogue = new Dialogue(work, { timers: this.#timers, tellBug }, first);
    const giveUp = () => dialogue.giveUp();
    cancelled.addEventListener('abort', giveUp, { once: true });
    this.#byPlace.set(place, dialogue);
    void dialogue.ended.then(() => {
      cancelled.removeEventListener('abort', giveUp);
      if (this.#byPlace.get(place) === dialogue) this.#byPlace.delete(place);
    });
    return first.promise;
  }

  /** Nothing where no dialogue at this place waits for this function. */
  goOn(place: string, name: LibraryFunctionName, args: CompatArguments): Promise<CompatAnswer> | undefined {
    return this.#byPlace.get(place)?.goOn(name, args);
  }

  /** Gives up the one that waits at this place, so that its reader is free again. */
  async giveUp(place: string): Promise<void> {
    const dialogue = this.#byPlace.get(place);
    dialogue?.giveUp();
    await dialogue?.ended;
  }
}
