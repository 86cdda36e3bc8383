import { setTimeout as delay } from 'node:timers/promises';
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { nuid } from '@nats-io/transport-node';
import { ENVELOPE_BYTES_MAX, SENDER_HEADER } from '../../../src/delivery/envelope.ts';
import { type Link, LinkError, type Message, type Pack, type Receipt } from '../../../src/delivery/port.ts';
import type { NatsHub } from './hub.ts';
import { UNDER_WAY_MAX } from './mailbox.ts';
import { messagesTo } from './names.ts';

/**
 * A message that the stream has had before was perhaps answered to an earlier run of ours, which is no more. If no
 * answer comes in this time, we ask for another.
 */
const ASK_AGAIN_AFTER_MS = 1_000;

export interface NatsLinkParts {
  /** The code of the organisation at the other end. */
  readonly organisation: string;
  readonly pack: Pack;
  readonly hub: NatsHub;
  /** Called when the last link over the hub is closed. */
  closeHub(): Promise<void>;
}

/**
 * The way to another gateway over NATS JetStream. A message is put into the stream of its receiver; the stream is a
 * post office: that it has a message is not yet a receipt. The receiver answers each message after its commit, with a
 * message of its own, signed as ours is, and `send` waits for that. No answer in time is a failure like any other: the
 * message stays in our outbox and is sent again, and the receiver knows it by its id.
 */
export function createNatsLink({ organisation, pack, hub, closeHub }: NatsLinkParts): Link {
  hub.join(organisation, pack);

  async function send(message: Message, signal: AbortSignal): Promise<Receipt> {
    const late = hub.awaited.takeLate(organisation, message.id);
    if (late) return late;
    const packet = pack(message);
    if (packet.bytes.length > ENVELOPE_BYTES_MAX) throw new LinkError('permanent', '413 request.too-large');
    // Whoever hands it over is its sender here, though it may only pass it on.
    const subject = messagesTo(organisation, packet.headers[SENDER_HEADER] ?? '');
    const answer = hub.awaited.expect(organisation, message.id, signal);
    let answered = false;
    const outcome = answer.outcome.finally(() => {
      answered = true;
    });
    outcome.catch(() => undefined);

    async function post(): Promise<void> {
      const { duplicate } = await hub.post(subject, packet, message.id);
      if (!duplicate) return;
      await delay(ASK_AGAIN_AFTER_MS);
      if (!answered) await hub.post(subject, packet, `${message.id} ${nuid.next()}`);
    }

    try {
      // An answer may overtake the word of the stream, and the word of the stream may be lost.
      const posted = post().then(() => outcome);
      posted.catch(() => undefined);
      return await Promise.race([posted, outcome]);
    } catch (error) {
      throw error instanceof LinkError ? error : new LinkError('transient', reasonOf(error));
    } finally {
      answer.forget();
    }
  }

  return {
    organisation,
    // Each by itself, but as many on their way as the other side takes in at once.
    together: { max: 1, underWayMax: UNDER_WAY_MAX },
    send,
    listen: (take, open, heard) => hub.listen({ take, open, heard }),
    async close() {
      if (!hub.leave(organisation, pack)) await closeHub();
    },
  };
}

/** Why a stream did not take a message: the server's own words, which name no person. */
function reasonOf(error: unknown): string {
  if (error instanceof JetStreamApiError) return `not put into the stream: ${error.code}`;
  // No stream of theirs, or their server is away.
  if (error instanceof JetStreamError || (error as Error).name === 'JetStreamNotEnabled')
    return 'nobody takes messages for this organisation: no stream of theirs is reached';
  return `not put into the stream: ${(error as Error).name}`;
}
