import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { ReferralAct } from '../../../schemas/referral.ts';
import type { StateName } from '../../referral/machine.ts';
import { defaultScript, type Script } from './script.ts';

/** One request to the hospital's own gateway. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: object,
) => Promise<{ status: number; body: unknown }>;

export interface ClerkOptions {
  /** The hospital's gateway and the key of its HIS; or a `call` that needs neither. */
  readonly baseUrl?: string;
  readonly key?: string;
  readonly call?: Call;
  /** What the clerk does in which state, and how long it takes. */
  readonly script?: Script;
  /** How often the clerk looks at the list. */
  readonly pollMs?: number;
  /** Epoch ms; appointments are made for the day after. */
  readonly now?: () => number;
  /** Hears of a look that failed; the clerk tries again at the next one. */
  readonly onTrouble?: (reason: string) => void;
}

const POLL_MS = 500;
const REQUEST_TIMEOUT_MS = 10_000;

/** Open referrals the clerk looks after at once; more wait. */
const REFERRALS_MAX = 200;

interface Listed {
  readonly id: string;
  readonly state: StateName;
  readonly version: number;
}

/**
 * The clerk of the sandbox hospital: a plain client of its gateway's public API, which answers referrals by a script.
 * It keeps nothing that matters: after a restart it goes on from what the gateway says. Answers how to stop it.
 */
export function startClerk(options: ClerkOptions): () => Promise<void> {
  const clerk = new Clerk(options);
  clerk.start();
  return () => clerk.stop();
}

class Clerk {
  readonly #call: Call;
  readonly #script: Script;
  readonly #pollMs: number;
  readonly #now: () => number;
  readonly #onTrouble: (reason: string) => void;
  /** When the clerk first saw a referral in the state it is in. */
  readonly #seen = new Map<string, { state: StateName; at: number }>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: ClerkOptions) {
    this.#call = options.call ?? overHttp(options.baseUrl ?? '', options.key ?? '');
    this.#script = options.script ?? defaultScript;
    this.#pollMs = options.pollMs ?? POLL_MS;
    this.#now = options.now ?? Date.now;
    this.#onTrouble = options.onTrouble ?? (() => undefined);
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
        .catch((error: unknown) => this.#onTrouble(error instanceof Error ? error.message : 'unknown'))
        .then(() => {
          if (!this.#stopped) this.start();
        });
    }, this.#pollMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const answer = await this.#call(
      'GET',
      `/v1/referrals?role=recipient&state=open&limit=${REFERRALS_MAX}`,
      {},
    );
    if (answer.status !== 200) throw new Error(`the list answered ${answer.status}`);
    const { items } = answer.body as { items: Listed[] };
    const open = new Set(items.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!open.has(id)) this.#seen.delete(id);
    for (const referral of items) if (!this.#stopped) await this.#attend(referral);
  }

  async #attend({ id, state, version }: Listed): Promise<void> {
    const step = this.#script[state];
    if (!step) return;
    const now = this.#now();
    const seen = this.#seen.get(id);
    if (seen?.state !== state) this.#seen.set(id, { state, at: now });
    if (now - (this.#seen.get(id)?.at ?? now) < step.afterMs) return;
    const act: ReferralAct = typeof step.act === 'function' ? step.act(now) : step.act;
    // A version that moved on meanwhile is refused; the next look sees the new state.
    const headers = { 'if-match': `"${version}"`, 'idempotency-key': `clerk-${randomUUID()}` };
    const answer = await this.#call('POST', `/v1/referrals/${id}/events`, headers, act);
    if (answer.status !== 200 && answer.status !== 412)
      this.#onTrouble(`${act.type} answered ${answer.status}`);
  }
}

/** Calls the gateway over HTTP, as a HIS does. */
function overHttp(baseUrl: string, key: string): Call {
  return async (method, path, headers, body) => {
    const { statusCode, body: answer } = await request(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status: statusCode, body: await answer.json() };
  };
}
