import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, call } from './world.ts';

export interface Act {
  readonly path: string;
  readonly key: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}

/** An act that was answered, and how. */
export interface Acknowledged {
  readonly act: Act;
  readonly answer: Answer;
}

/** How long a HIS keeps repeating one request before it tells the clerk, where nothing is said. */
const PATIENCE_MS = 60_000;

/**
 * A HIS that does what the documentation says: repeats a request under its Idempotency-Key until there is an answer.
 * Keeps every answer that it was given.
 */
export class PersistentClient {
  readonly acknowledged: Acknowledged[] = [];
  readonly #url: string;
  readonly #key: string;
  readonly #patienceMs: number;
  readonly #heard: (answer: Answer) => void;

  /** `heard` is told every answer, those that decide nothing, too. */
  constructor(
    url: string,
    key: string,
    {
      patienceMs = PATIENCE_MS,
      heard = () => undefined,
    }: { patienceMs?: number; heard?: (answer: Answer) => void } = {},
  ) {
    this.#url = url;
    this.#key = key;
    this.#patienceMs = patienceMs;
    this.#heard = heard;
  }

  async post<T>(act: Act): Promise<{ status: number; body: T }> {
    const answer = await this.#insist(act.key, () => this.send(act));
    if (answer.status < 300) this.acknowledged.push({ act, answer });
    return { status: answer.status, body: JSON.parse(answer.body) as T };
  }

  /** Once, as it is. */
  send({ path, key, body, headers = {} }: Act): Promise<Answer> {
    return call({
      method: 'POST',
      url: this.#url + path,
      key: this.#key,
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body ?? {}),
    });
  }

  async get<T>(path: string): Promise<T> {
    const { body } = await this.#insist(path, () =>
      call({ method: 'GET', url: this.#url + path, key: this.#key }),
    );
    return JSON.parse(body) as T;
  }

  /** Everything of a list, page by page. */
  async list<T>(path: string): Promise<T[]> {
    const all: T[] = [];
    let after: string | undefined;
    const start = `${path}${path.includes('?') ? '&' : '?'}limit=50`;
    do {
      const query: string = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
      const { items, next } = await this.get<{ items: T[]; next?: string }>(start + query);
      all.push(...items);
      after = next;
    } while (after !== undefined);
    return all;
  }

  async #insist(what: string, ask: () => Promise<Answer>): Promise<Answer> {
    const deadline = Date.now() + this.#patienceMs;
    while (Date.now() < deadline) {
      const answer = await ask().catch(() => undefined);
      if (answer) this.#heard(answer);
      if (answer && !mayPass(answer)) return answer;
      await sleep(40);
    }
    throw new Error(`no answer to ${what}`);
  }
}

/** Answers by which nothing is decided: another run of it is under way, or the gateway is going down. */
function mayPass({ status, body }: Answer): boolean {
  // Who was reminded a moment ago is not reminded again.
  if (body.includes('"referral.reminded"')) return false;
  return status >= 500 || status === 429 || (status === 409 && body.includes('"request.running"'));
}
