import type { Logger } from 'pino';
import { maskError } from '../../access/masking.ts';
import type { Vault } from '../../access/vault.ts';
import { type Clock, type Ids, timestampOf } from '../../clock.ts';
import type { Store } from '../../store/port.ts';
import { type WebhookAnswer, WebhookCallError, type WebhookCaller } from '../port.ts';
import { secretPurpose } from './model.ts';
import {
  type CallRow,
  dueCalls,
  dueWebhooks,
  insertAttempt,
  leaseCall,
  pauseWebhook,
  releaseCall,
  releaseHeldCalls,
  setWebhook,
  type WebhookRow,
} from './queries.ts';
import { verdictOf, webhookUrlOf } from './rules.ts';

export interface WebhookWorkerOptions {
  /** Calls under way at once, in all and to one webhook. */
  readonly parallelMax: number;
  readonly parallelPerWebhookMax: number;
  /** How long an answer is waited for. */
  readonly callTimeoutMs: number;
  /** How long a call is ours; past it another gateway may take it over. Longer than `callTimeoutMs`. */
  readonly leaseMs: number;
  readonly pollMs: number;
}

const defaults: WebhookWorkerOptions = {
  parallelMax: 16,
  parallelPerWebhookMax: 4,
  callTimeoutMs: 15_000,
  leaseMs: 60_000,
  pollMs: 1_000,
};

export interface WebhookWorkerParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly random: () => number;
  readonly gatewayId: string;
  readonly caller: WebhookCaller;
  /** Hosts that may be called wherever they are. */
  readonly hosts: readonly string[];
  readonly options?: Partial<WebhookWorkerOptions>;
}

/**
 * Calls webhooks until each call is delivered or dead.
 *
 *     queued ──lease──► under way ──2xx──► delivered
 *        ▲                  ├──410──► dead, and the webhook disabled
 *        └──lease expired,  └──ten failures over three days──► dead ──replay──► a new call for the same event
 *           any other answer, none
 */
export class WebhookWorker {
  readonly #parts: WebhookWorkerParts;
  readonly #options: WebhookWorkerOptions;
  readonly #underWay = new Map<Promise<void>, string>();
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #again = false;

  constructor(parts: WebhookWorkerParts) {
    this.#parts = parts;
    this.#options = { ...defaults, ...parts.options };
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), this.#options.pollMs);
    this.#timer.unref();
    this.#turning = this.#takeOver().finally(() => {
      this.#turning = undefined;
      this.wake();
    });
  }

  /** Takes no more work; calls under way are cut off and made again, which a receiver knows by their id. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#turning;
    await Promise.allSettled(this.#underWay.keys());
  }

  /** Looks for due calls now, once it is started. */
  wake(): void {
    if (this.#timer === undefined || this.#stopping.signal.aborted) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** One round: makes all calls that are due and waits for them. Answers how many there were. */
  async runOnce(): Promise<number> {
    const leased = await this.#lease();
    await Promise.all(leased.map(([webhook, row]) => this.#launch(webhook, row)));
    return leased.length;
  }

  /** What an earlier run of this gateway held is ours again. */
  async #takeOver(): Promise<void> {
    const { store, gatewayId, logger } = this.#parts;
    try {
      await store.write((unit) => unit.run(releaseHeldCalls, { held: `${gatewayId} %` }));
    } catch (error) {
      logger.error({ err: maskError(error) }, 'earlier webhook calls could not be taken over');
    }
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopping.signal.aborted) {
        this.#again = false;
        for (const [webhook, row] of await this.#lease()) {
          void this.#launch(webhook, row).then(() => this.wake());
        }
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'webhook calls could not be read');
    } finally {
      this.#turning = undefined;
    }
  }

  async #lease(): Promise<[WebhookRow, CallRow][]> {
    const { store, clock, ids, gatewayId } = this.#parts;
    const now = clock.now();
    const webhooks = await store.all(dueWebhooks, { now });
    if (webhooks.length === 0 || this.#underWay.size >= this.#options.parallelMax) return [];
    return store.write(async (unit) => {
      const leased: [WebhookRow, CallRow][] = [];
      for (const webhook of webhooks) {
        const limit = this.#room(webhook.id, leased.length);
        if (limit <= 0) continue;
        for (const row of await unit.all(dueCalls, { webhook_id: webhook.id, now, limit })) {
          const lease = `${gatewayId} ${ids.next()}`;
          const until = now + this.#options.leaseMs;
          const taken = await unit.run(leaseCall, { id: row.id, lease, until, now });
          if (taken === 1) leased.push([webhook, { ...row, lease, attempts: row.attempts + 1 }]);
        }
      }
      return leased;
    });
  }

  #room(webhook: string, taken: number): number {
    const calls = [...this.#underWay.values()].filter((id) => id === webhook).length;
    const left = this.#options.parallelMax - this.#underWay.size - taken;
    return Math.min(this.#options.parallelPerWebhookMax - calls, left);
  }

  /** Never rejects: what can't be recorded is called again after its lease. */
  #launch(webhook: WebhookRow, row: CallRow): Promise<void> {
    const attempt = this.#attempt(webhook, row)
      .catch((error: unknown) =>
        this.#parts.logger.error({ err: maskError(error), call: row.id }, 'a webhook call was not recorded'),
      )
      .finally(() => this.#underWay.delete(attempt));
    this.#underWay.set(attempt, webhook.id);
    return attempt;
  }

  async #attempt(webhook: WebhookRow, row: CallRow): Promise<void> {
    const { clock, random } = this.#parts;
    const startedAt = clock.now();
    let answer: WebhookAnswer | undefined;
    let failure: string | null = null;
    try {
      answer = await this.#call(webhook, row);
      if (answer.status >= 300 && answer.status < 400) failure = 'redirects are not followed';
    } catch (error) {
      if (this.#stopping.signal.aborted) return this.#giveBack(row);
      if (!(error instanceof WebhookCallError)) throw error;
      failure = error.message;
    }
    const verdict = verdictOf(answer, row.attempts, random());
    const now = clock.now();
    await this.#parts.store.write(async (unit) => {
      const state = verdict.is === 'delivered' ? 'delivered' : verdict.is === 'retry' ? 'queued' : 'dead';
      const next_at = verdict.is === 'retry' ? now + verdict.delayMs : row.next_at;
      const { id, attempts } = row;
      await unit.run(insertAttempt, {
        delivery_id: id,
        number: attempts,
        at: startedAt,
        status: answer?.status ?? null,
        error: failure,
        duration_ms: Math.max(0, now - startedAt),
      });
      await unit.run(releaseCall, { id, state, next_at, attempts, lease: row.lease ?? '', now });
      if (verdict.is === 'gone') {
        await unit.run(setWebhook, { id: webhook.id, state: 'disabled', cause: 'gone', now });
      }
      if (verdict.is === 'retry' && verdict.pauseMs > 0) {
        await unit.run(pauseWebhook, { id: webhook.id, resume_at: now + verdict.pauseMs });
      }
    });
    if (verdict.is === 'gone' || verdict.is === 'dead') {
      this.#parts.logger.warn({ webhook: webhook.id, call: row.id, is: verdict.is }, 'a webhook gave up');
    }
  }

  async #call(webhook: WebhookRow, row: CallRow): Promise<WebhookAnswer> {
    const { vault, caller, hosts } = this.#parts;
    const allowed = webhookUrlOf(webhook.url, hosts);
    if (!allowed.ok) throw new WebhookCallError(`not called: the address ${allowed.error}`);
    const late = AbortSignal.timeout(this.#options.callTimeoutMs);
    return caller.call(
      {
        ...allowed.value,
        id: row.event_id,
        body: bodyOf(row),
        secret: vault.open(secretPurpose(webhook.id), webhook.secret),
      },
      AbortSignal.any([late, this.#stopping.signal]),
    );
  }

  /** The attempt was cut off by our own stop, so it does not count. */
  async #giveBack(row: CallRow): Promise<void> {
    const now = this.#parts.clock.now();
    const { id, lease, attempts, next_at } = row;
    await this.#parts.store.write((unit) =>
      unit.run(releaseCall, {
        id,
        state: 'queued',
        next_at,
        attempts: attempts - 1,
        lease: lease ?? '',
        now,
      }),
    );
  }
}

/** The body, in the form that Standard Webhooks recommends; a repeat is the same to the byte. */
function bodyOf({ seq, at, type, subject, data }: CallRow): Buffer {
  const content = { seq: String(seq), subject, ...(JSON.parse(data) as object) };
  return Buffer.from(JSON.stringify({ type, timestamp: timestampOf(at), data: content }));
}
