import { NatsLinks } from '../../../../adapters/links/nats/links.ts';
import type { NatsNetwork } from '../../../../schemas/nats-configuration.ts';
import { Door, type DoorParts } from '../../../../src/delivery/door.ts';
import { packWith } from '../../../../src/delivery/packing.ts';
import { LinkError, type Message, type Receipt } from '../../../../src/delivery/port.ts';
import { TestClock, testLogger } from '../../../helper.ts';

export const clinic = 'CLINIC0001';
export const hospital = 'HOSPITAL01';
export const secret = Buffer.alloc(32, 3);

export const clock = new TestClock();

export const messageOf = (id: string, change: Partial<Message> = {}): Message => ({
  id,
  correlationId: 'c-1',
  from: clinic,
  to: hospital,
  type: 'referral.request',
  body: Buffer.from('{"a":"一"}'),
  ...change,
});

export interface Side {
  /** What this side has taken, by message id; the number tells how often it came. */
  readonly taken: Map<string, number>;
  /** Who was heard of late. */
  readonly heard: string[];
  readonly link: ReturnType<NatsLinks['linkOf']>;
  /** What `take` does instead, for as long as it is set. */
  instead: ((message: Message) => Promise<Receipt>) | undefined;
  send(message: Message, timeoutMs?: number): Promise<Receipt>;
  /** How the sending of a message fails. */
  failure(
    message: Message,
    timeoutMs?: number,
  ): Promise<Pick<LinkError, 'kind' | 'message' | 'retryAfterMs'>>;
}

/** One end of a link over NATS, with an inbox that remembers in memory. */
export function side(
  t: { teardown(work: () => unknown): void },
  own: string,
  peer: string,
  network: NatsNetwork,
  options: { secret?: Buffer; relay?: DoorParts['relay'] } = {},
): Side {
  const keys = { secrets: [options.secret ?? secret] };
  const taken = new Map<string, number>();
  const links = new NatsLinks({
    organisation: own,
    gatewayId: own.toLowerCase(),
    logger: testLogger(),
    random: () => 1,
    secretOf: (from) => ('env' in from ? (process.env[from.env] ?? from.env) : from.file),
  });
  const link = links.linkOf(peer, network, packWith(keys, clock));
  const made: Side = {
    taken,
    heard: [],
    link,
    instead: undefined,
    async send(message, timeoutMs = 5_000) {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new LinkError('transient', 'no answer in time')), timeoutMs);
      try {
        return await link.send(message, limit.signal);
      } finally {
        clearTimeout(timer);
      }
    },
    async failure(message, timeoutMs) {
      const error = await made.send(message, timeoutMs).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof LinkError)) throw new Error(`expected a LinkError, got ${String(error)}`);
      return { kind: error.kind, message: error.message, retryAfterMs: error.retryAfterMs };
    },
  };
  const inbox = {
    async receive(message: Message): Promise<Receipt> {
      if (made.instead) return made.instead(message);
      const times = (taken.get(message.id) ?? 0) + 1;
      taken.set(message.id, times);
      return { messageId: message.id, receivedAt: clock.now(), duplicate: times > 1 };
    },
    receiveAll: () => Promise.reject(new Error('not over this link')),
  };
  const { relay } = options;
  const door = new Door({
    ...{ inbox, clock, organisation: own, keys: new Map([[peer, keys]]) },
    ...(relay ? { relay } : {}),
  });
  link.listen?.(door.take, door.open, (organisation) => made.heard.push(organisation));
  t.teardown(() => link.close());
  return made;
}

/** Tries until the first connection stands and the other side's stream is there. */
export async function untilSent(from: Side, message: Message): Promise<Receipt> {
  for (let tries = 1; ; tries++) {
    try {
      return await from.send(message, 2_000);
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
