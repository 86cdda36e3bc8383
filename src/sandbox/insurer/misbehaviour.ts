import { Fault } from '../../errors.ts';
import { MISBEHAVIOURS, type Misbehaviour } from './port.ts';

/** Misbehaviours waiting for their transaction. */
const WAITING_MAX = 1_000;
const DELAY_MAX_MS = 600_000;

/** What is to go wrong, in the order it was asked for. */
export class Misbehaviours {
  #waiting: { misbehaviour: Misbehaviour; left: number }[] = [];

  /** Fault `sandbox.misbehaving` when too many wait already. */
  add(misbehaviour: Misbehaviour): void {
    if (this.#waiting.length >= WAITING_MAX) throw new Fault('sandbox.misbehaving');
    this.#waiting.push({ misbehaviour, left: misbehaviour.times ?? 1 });
  }

  /** What is still to go wrong, and how often. */
  list(): Misbehaviour[] {
    return this.#waiting.map(({ misbehaviour, left }) => ({ ...misbehaviour, times: left }));
  }

  /** Nothing more is to go wrong, or nothing more of this. */
  clear({ infno, kind }: Partial<Misbehaviour> = {}): void {
    this.#waiting = this.#waiting.filter(
      ({ misbehaviour }) =>
        (infno !== undefined && infno !== misbehaviour.infno) ||
        (kind !== undefined && kind !== misbehaviour.kind),
    );
  }

  /** The one that befalls this transaction now, if any. */
  take(infno: string): Misbehaviour | undefined {
    const next = this.#waiting.find(({ misbehaviour }) => (misbehaviour.infno ?? infno) === infno);
    if (!next) return undefined;
    next.left -= 1;
    if (next.left <= 0) this.#waiting = this.#waiting.filter((other) => other !== next);
    return next.misbehaviour;
  }
}

/** Reads what was posted to /sandbox/misbehave; `undefined` when it makes no sense. */
export function readMisbehaviour(body: unknown): Misbehaviour | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { infno, kind, times = 1, delayMs = 0 } = body as Record<string, unknown>;
  const known = MISBEHAVIOURS.find((name) => name === kind);
  if (!known) return undefined;
  if (infno !== undefined && (typeof infno !== 'string' || infno.length > 6)) return undefined;
  if (!isCount(times, 1, WAITING_MAX) || !isCount(delayMs, 0, DELAY_MAX_MS)) return undefined;
  return { kind: known, times, delayMs, ...(infno === undefined ? {} : { infno }) };
}

function isCount(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
