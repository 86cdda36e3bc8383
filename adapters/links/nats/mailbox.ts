import { setTimeout as delay } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  type JsMsg,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { ENVELOPE_BYTES_MAX } from '../../../src/delivery/envelope.ts';
import { CONSUMER, mailboxOf } from './names.ts';
import { unlessStopped } from './stopping.ts';

/** Headers and names beside an envelope. */
const HEADER_BYTES_MAX = 8_192;
const DAY_MS = 24 * 3_600_000;

/** A sender gives a message up after nine days; what is older lies here for nobody. */
export const KEPT_MS = 10 * DAY_MS;
/** What one organisation's mail may take on the server's disk. When it is full, new messages are refused, none is dropped. */
const MAILBOX_BYTES_MAX = 1_073_741_824;
/** How long the server knows a message again by its id. Our inbox knows it for ninety days. */
const DUPLICATE_WINDOW_MS = 120_000;
/** How many messages may be with us unanswered. */
export const UNDER_WAY_MAX = 64;
/** A message that is not answered in this time, because its gateway died, goes to the next one. */
const ANSWER_WAIT_MS = 30_000;
/** One request for messages lasts so long; within half of it the server gives a sign of life. */
const PULL_MS = 10_000;
/** How long those under way may take when we stop; what is not answered then comes again. */
const STOP_GRACE_MS = 3_000;

export interface MailboxParts {
  readonly connection: NatsConnection;
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly stream: string;
  readonly domain: string | undefined;
  readonly replicas: number;
  /** Takes one message and answers it; never rejects. */
  handle(message: JsMsg): Promise<void>;
}

/**
 * Serves our own mailbox until `signal` ends it: makes the stream and its consumer where they are missing, and hands
 * each message to `handle`. Ends with an error when the server can't serve it; it may be served again then.
 */
export async function serveMailbox(parts: MailboxParts, signal: AbortSignal): Promise<void> {
  const consumer = await unlessStopped(prepare(parts), signal);
  if (consumer) await consume(consumer, parts, signal);
}

async function prepare(parts: MailboxParts): Promise<Consumer> {
  const { connection, stream, domain } = parts;
  const manager = await jetstreamManager(connection, domain === undefined ? {} : { domain });
  await ensureStream(manager, parts);
  await ensureConsumer(manager, stream);
  return manager.jetstream().consumers.get(stream, CONSUMER);
}

async function consume(consumer: Consumer, parts: MailboxParts, signal: AbortSignal): Promise<void> {
  const messages = await consumer.consume({
    max_messages: UNDER_WAY_MAX,
    expires: PULL_MS,
    abort_on_missing_resource: true,
  });
  const stop = () => messages.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const underWay = new Set<Promise<void>>();
  try {
    for await (const message of messages) {
      // What had come before we stopped goes to another gateway, or to us after the next start.
      if (signal.aborted) message.nak();
      else {
        const handled: Promise<void> = parts.handle(message).finally(() => underWay.delete(handled));
        underWay.add(handled);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    const grace = new AbortController();
    await Promise.race([
      Promise.all(underWay),
      delay(STOP_GRACE_MS, undefined, { signal: grace.signal }).catch(() => undefined),
    ]);
    grace.abort();
  }
}

/** Makes our stream where nobody has. One that is there is left as its operator has set it. */
async function ensureStream(manager: JetStreamManager, parts: MailboxParts): Promise<void> {
  const { stream, organisation, replicas } = parts;
  const subject = mailboxOf(organisation);
  const known = await unlessMissing(manager.streams.info(stream), JetStreamApiCodes.StreamNotFound);
  if (known) {
    if (!known.config.subjects.includes(subject))
      throw new Error(`the stream ${stream} does not take ${subject}`);
    return;
  }
  await manager.streams.add({
    name: stream,
    description: `what other organisations send to ${organisation}`,
    subjects: [subject],
    // A message is removed as soon as it was answered: patients' data lie here no longer than they must.
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    num_replicas: replicas,
    max_age: nanos(KEPT_MS),
    max_bytes: MAILBOX_BYTES_MAX,
    max_msg_size: ENVELOPE_BYTES_MAX + HEADER_BYTES_MAX,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  });
}

async function ensureConsumer(manager: JetStreamManager, stream: string): Promise<void> {
  const known = await unlessMissing(
    manager.consumers.info(stream, CONSUMER),
    JetStreamApiCodes.ConsumerNotFound,
  );
  if (known) return;
  await manager.consumers.add(stream, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ANSWER_WAIT_MS),
    max_ack_pending: UNDER_WAY_MAX,
    max_deliver: -1,
  });
}

async function unlessMissing<T>(asked: Promise<T>, code: number): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
}
