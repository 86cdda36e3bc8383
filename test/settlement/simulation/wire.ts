import { type WireAnswer, WireError } from '../../../src/settlement/port.ts';
import type { Chance } from '../../end-to-end/random.ts';
import type { Answer, ModelInsurer, Request } from './insurer.ts';
import type { Trouble } from './plan.ts';
import type { Life, Schedule } from './schedule.ts';

/** What may befall a request. Those that only a person can clear up come seldom. */
const WIRE_TROUBLES: readonly Trouble[] = [
  'unreachable',
  'lose-request',
  'lose-answer',
  'act-late',
  'answer-late',
  'truncate',
  'rubbish',
  '5xx-before',
  '5xx-after',
  'system-error-before',
  'system-error-after',
  'turn-away',
  'swap-answers',
  'answer-twice',
  'refuse',
  'differ',
  'faulty',
];
const SELDOM: ReadonlySet<Trouble> = new Set(['refuse', 'differ', 'faulty']);
const SELDOM_CHANCE = 0.15;

/** A late request or answer is at most this late. */
const LATE_MAX_MS = 30 * 60_000;
const LATENCY_MAX_MS = 400;
/** How long a line mixes up answers: one waits so long for another to be taken for. */
const SWAP_WITHIN_MS = 3_000;

interface Waiting {
  readonly tell: (text: string) => void;
  readonly text: string;
  readonly cancel: () => void;
}

export interface WireParts {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly insurer: ModelInsurer;
  readonly troubles: readonly Trouble[];
  /** How likely a request is to meet trouble now. */
  readonly weather: () => number;
  readonly met: (trouble: Trouble) => void;
  readonly log: ((line: string) => void) | undefined;
}

/** The line to one insurer, shared by all gateways. */
export class Wire {
  readonly #parts: WireParts;
  readonly #troubles: readonly Trouble[];
  /** An answer that waits to be taken for another's. */
  #held: Waiting | undefined;
  /** By life: an answer that came a second time, and stands in the line before the next. */
  readonly #stale = new WeakMap<Life, string>();
  /** Requests and answers that are still under way, however late. */
  underWay = 0;

  constructor(parts: WireParts) {
    this.#parts = parts;
    this.#troubles = WIRE_TROUBLES.filter((trouble) => parts.troubles.includes(trouble));
  }

  send(life: Life, body: Buffer, signal: AbortSignal): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const request = JSON.parse(body.toString()) as Request;
      const answer = (status: number, text: string) =>
        this.#later(() => {
          if (life.alive) life.after(0, () => resolve({ status, contentType: '', body: Buffer.from(text) }));
        });
      const breakOff = (sent: 'nothing' | 'maybe') =>
        life.after(this.#latency(), () => reject(new WireError(sent, 'the connection broke')));
      signal.addEventListener('abort', () => reject(new WireError('maybe', 'given up')), { once: true });
      this.#meet(this.#trouble(request), request, { life, answer, breakOff });
    });
  }

  #meet(
    trouble: Trouble | undefined,
    request: Request,
    to: {
      readonly life: Life;
      readonly answer: (status: number, text: string) => void;
      readonly breakOff: (sent: 'nothing' | 'maybe') => void;
    },
  ): void {
    const { log, insurer, chance } = this.#parts;
    log?.(`${insurer.rules.id} gets ${request.transaction} ${request.ownId}: ${trouble ?? 'fine'}`);
    if (trouble === 'unreachable' || trouble === 'lose-request') {
      to.breakOff(trouble === 'unreachable' ? 'nothing' : 'maybe');
      return;
    }
    const lateMs = trouble === 'act-late' ? chance.between(1_000, LATE_MAX_MS) : this.#latency();
    if (trouble === 'act-late' && chance.next() < 0.5) to.breakOff('maybe');
    this.#later(() => {
      const { status, text } = this.#acted(trouble, request);
      switch (trouble) {
        case 'lose-answer':
          return to.breakOff('maybe');
        case 'answer-late':
          return this.#later(() => to.answer(status, text), chance.between(1_000, LATE_MAX_MS));
        case 'swap-answers':
          return this.#swap((other) => to.answer(200, other), text);
        case 'answer-twice':
          this.#stale.set(to.life, text);
          return to.answer(status, text);
        default: {
          const stale = this.#stale.get(to.life);
          this.#stale.delete(to.life);
          return to.answer(status, stale ?? text);
        }
      }
    }, lateMs);
  }

  /** What the insurer does about it, and says. */
  #acted(trouble: Trouble | undefined, request: Request): { status: number; text: string } {
    const { insurer, log } = this.#parts;
    const say = (answer: Answer, status = 200) => ({ status, text: JSON.stringify(answer) });
    const to = request.ownId;
    if (trouble === '5xx-before') return { status: 502, text: '' };
    if (trouble === 'turn-away') return say({ to, said: 'not-run', words: 'sign in first' });
    if (trouble === 'refuse') return say({ to, said: 'refused', words: 'not entitled' });
    if (trouble === 'system-error-before') return say({ to, said: 'failed', words: 'busy' });
    const whim = trouble === 'differ' || trouble === 'faulty' ? trouble : undefined;
    const answer = insurer.act(request, whim);
    const { said, words, output } = answer;
    log?.(`${insurer.rules.id} ${request.transaction} ${to}: ${said} ${words ?? JSON.stringify(output)}`);
    if (trouble === '5xx-after') return { status: 502, text: '' };
    if (trouble === 'system-error-after') return say({ to, said: 'failed', words: 'busy' });
    if (trouble === 'rubbish') return { status: 200, text: '<html>' };
    const { text } = say(answer);
    return { status: 200, text: trouble === 'truncate' ? text.slice(0, text.length / 2) : text };
  }

  /** Hands each of two callers the answer to the other; an answer that finds no other is lost. */
  #swap(tell: (text: string) => void, text: string): void {
    const other = this.#held;
    if (other) {
      this.#held = undefined;
      other.cancel();
      other.tell(text);
      tell(other.text);
      return;
    }
    const cancel = this.#parts.schedule.after(SWAP_WITHIN_MS, () => {
      this.#held = undefined;
    });
    this.#held = { tell, text, cancel };
  }

  #trouble({ transaction }: Request): Trouble | undefined {
    const { chance, weather, met } = this.#parts;
    if (chance.next() >= weather() || this.#troubles.length === 0) return undefined;
    const trouble = chance.oneOf(this.#troubles);
    if (SELDOM.has(trouble) && chance.next() >= SELDOM_CHANCE) return undefined;
    if (trouble === 'refuse' && !['quote', 'settle', 'reverse'].includes(transaction)) return undefined;
    if ((trouble === 'differ' || trouble === 'faulty') && !['settle', 'reverse'].includes(transaction))
      return undefined;
    met(trouble);
    return trouble;
  }

  #latency(): number {
    return this.#parts.chance.between(1, LATENCY_MAX_MS);
  }

  #later(work: () => void, ms = this.#latency()): void {
    this.underWay += 1;
    this.#parts.schedule.after(ms, () => {
      this.underWay -= 1;
      work();
    });
  }
}
