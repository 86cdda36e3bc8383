import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import Compile from 'typebox/compile';
import {
  MAILBOX_MESSAGES_MAX,
  MailboxAnswer,
  type MailboxRequest,
  type MailboxResult,
} from '../../../schemas/mailbox.ts';
import { maskError } from '../../../src/access/masking.ts';
import { type Ids, timestampOf } from '../../../src/clock.ts';
import type { Link, Pack, Packet, Take } from '../../../src/delivery/port.ts';
import { Fault } from '../../../src/errors.ts';
import { answerError, PERMANENT } from '../http/answers.ts';
import { HttpClient } from '../http/client.ts';
import { HttpSender } from '../http/sender.ts';

/** How long the other side keeps a question waiting for mail, unless configured. */
const WAIT_S = 25;
/** An answer that is later than that is not coming: the connection is half open. */
const GRACE_MS = 10_000;
/** A batch of messages and their headers. */
const BATCH_BYTES_MAX = 4_194_304;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export interface FetchLinkParts {
  /** The code of the organisation at the other end, and of our own. */
  readonly organisation: string;
  readonly ownCode: string;
  readonly url: string;
  readonly waitS?: number | undefined;
  readonly pack: Pack;
  readonly gatewayId: string;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly random: () => number;
  readonly graceMs?: number;
}

const batch = Compile(MailboxAnswer);

/**
 * The link of a gateway that can't be reached from outside. It sends as over HTTP, and comes to the other side for its
 * own messages, one question after the other:
 *
 *     ask, with the results of the last batch ──► batch ──► each taken, its result noted after our commit ───────────┐
 *      ▲                └─ no answer, or nonsense: a pause, and the same results once more                           │
 *      └─────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */
export function createFetchLink(parts: FetchLinkParts): Link {
  const { organisation, pack, logger } = parts;
  const client = new HttpClient(parts.url);
  const sender = new HttpSender(client, pack);
  const ending = new AbortController();
  let collecting: Promise<void> | undefined;

  async function ask(results: readonly MailboxResult[]): Promise<MailboxAnswer['messages']> {
    const waitS = parts.waitS ?? WAIT_S;
    const question: MailboxRequest = {
      version: 1,
      collector: parts.gatewayId,
      waitS,
      max: MAILBOX_MESSAGES_MAX,
      results: [...results],
    };
    const id = parts.ids.next();
    const body = Buffer.from(JSON.stringify(question));
    const head = { id, correlationId: id, from: parts.ownCode, to: organisation, type: 'link.collect' };
    const timeoutMs = waitS * 1_000 + (parts.graceMs ?? GRACE_MS);
    const answer = await client.post('v1/link/mailbox', pack({ ...head, body }), {
      signal: AbortSignal.any([ending.signal, AbortSignal.timeout(timeoutMs + GRACE_MS)]),
      answerBytesMax: BATCH_BYTES_MAX,
      headersTimeoutMs: timeoutMs,
    });
    if (answer.status !== 200) throw answerError(answer);
    const value: unknown = JSON.parse(answer.bytes.toString('utf8'));
    if (!batch.Check(value)) throw new Error('the answer is no batch of messages');
    return value.messages;
  }

  async function collect(take: Take): Promise<void> {
    let results: MailboxResult[] = [];
    let failures = 0;
    while (!ending.signal.aborted) {
      try {
        const messages = await ask(results);
        if (failures > 0) logger.info({ organisation }, 'messages are collected again');
        failures = 0;
        // No two of them are of one case, so they may share their commits.
        results = await Promise.all(messages.map((message) => resultOf(message, take)));
      } catch (error) {
        if (ending.signal.aborted) return;
        // One line for each incident.
        if (failures === 0)
          logger.warn({ organisation, err: maskError(error) }, 'messages could not be collected');
        failures += 1;
        await pause(failures);
      }
    }
  }

  async function resultOf(
    { id, headers, body }: MailboxAnswer['messages'][number],
    take: Take,
  ): Promise<MailboxResult> {
    const packet: Packet = { headers, bytes: Buffer.from(body) };
    try {
      const { receivedAt, duplicate } = await take(packet);
      return { id, outcome: 'taken', receivedAt: timestampOf(receivedAt), duplicate };
    } catch (error) {
      if (!(error instanceof Fault)) {
        logger.error({ organisation, err: maskError(error) }, 'a message could not be taken');
        return { id, outcome: 'later', code: 'gateway.fault' };
      }
      return { id, outcome: PERMANENT.has(error.kind.status) ? 'refused' : 'later', code: error.code };
    }
  }

  async function pause(failures: number): Promise<void> {
    const whole = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
    const options = { signal: ending.signal };
    await sleep(whole * (1 - parts.random() / 2), undefined, options).catch(() => undefined);
  }

  return {
    organisation,
    get together() {
      return sender.together;
    },
    send: (message, signal) => sender.send(message, signal),
    sendAll: (messages, signal) => sender.sendAll(messages, signal),
    listen(take) {
      collecting ??= collect(take);
    },
    async close() {
      ending.abort();
      await client.close();
      await collecting;
    },
  };
}
