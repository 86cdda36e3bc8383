import { setTimeout as delay } from 'node:timers/promises';
import { type JsMsg, jetstream, type PubAck } from '@nats-io/jetstream';
import { connect, type Msg, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { NatsNetwork } from '../../../schemas/nats-configuration.ts';
import { maskError, maskText } from '../../../src/access/masking.ts';
import { SENDER_HEADER } from '../../../src/delivery/envelope.ts';
import {
  LinkError,
  type Message,
  type Open,
  type Pack,
  type Packet,
  type Take,
} from '../../../src/delivery/port.ts';
import { Fault } from '../../../src/errors.ts';
import { ANSWER_TYPE, outcomeOf } from './answer.ts';
import { AwaitedAnswers } from './awaited.ts';
import { reconnectWaitMs } from './connecting.ts';
import { serveMailbox } from './mailbox.ts';
import { answersOf, answersTo, senderOf, streamOf } from './names.ts';
import { natsHeadersOf, packetOf } from './packet.ts';
import { receive } from './receiving.ts';
import { unlessStopped } from './stopping.ts';

/** How long the end of the connection may take once all is answered. */
const DRAIN_TIMEOUT_MS = 2_000;
const REASON_LENGTH_MAX = 200;
/** The wait before the mailbox is tried again, as that after so many failures to connect: a second or two. */
const MAILBOX_FAILURES = 3;

export interface NatsHubParts {
  readonly network: NatsNetwork;
  readonly options: NodeConnectionOptions;
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly logger: Logger;
  /** From 0 to 1; spreads the tries to connect. */
  readonly random: () => number;
}

/** What a link is given to listen with. */
interface Door {
  readonly take: Take;
  readonly open: Open;
  heard(organisation: string): void;
}

/**
 * One NATS network as this gateway uses it, shared by all links over it: a connection that is made anew for good, the
 * answers to what we sent, and our own mailbox.
 *
 *     no connection ──connect──► connected ⇄ reconnecting (by the client) ──closed by an error──► no connection
 *
 * Nothing is sent while there is no connection: messages wait in our outbox, not in a buffer.
 */
export class NatsHub {
  readonly awaited = new AwaitedAnswers();
  readonly #parts: NatsHubParts;
  readonly #packs = new Map<string, Pack>();
  readonly #stop = new AbortController();
  readonly #door = Promise.withResolvers<Door>();
  #connection: NatsConnection | undefined;
  #connected = false;
  #running: Promise<void> | undefined;

  constructor(parts: NatsHubParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** From now on this organisation is written to, and answered, with `pack`. */
  join(organisation: string, pack: Pack): void {
    this.#packs.set(organisation, pack);
  }

  /** Forgets an organisation, unless another link to it has taken its place. Says whether anybody is left. */
  leave(organisation: string, pack: Pack): boolean {
    if (this.#packs.get(organisation) === pack) this.#packs.delete(organisation);
    return this.#packs.size > 0;
  }

  /** From now on our mailbox is served. */
  listen(door: Door): void {
    this.#door.resolve(door);
  }

  /** Puts a packet into a stream; resolves when the stream has it. `id` is what it knows a repeat by. */
  async post(subject: string, packet: Packet, id: string): Promise<PubAck> {
    const connection = this.#connection;
    if (!connection || !this.#connected)
      throw new LinkError('transient', 'no connection to the NATS servers');
    return jetstream(connection).publish(subject, packet.bytes, {
      msgID: id,
      headers: natsHeadersOf(packet),
    });
  }

  /** Stops serving the mailbox, lets what is under way be answered, and ends the connection. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const connection = await this.#connect();
        if (!connection) return;
        failures = 0;
        const error = await this.#serve(connection);
        if (error) throw error;
      } catch (error) {
        this.#warn(error, 'no connection to the NATS servers');
      }
      await this.#pause(failures);
    }
  }

  /** Undefined when we are to stop meanwhile. */
  async #connect(): Promise<NatsConnection | undefined> {
    const connecting = connect(this.#parts.options);
    const connection = await unlessStopped(connecting, this.#stop.signal);
    if (!connection) {
      connecting.then(
        (late) => late.close(),
        () => undefined,
      );
    }
    return connection;
  }

  /** Uses a connection until it is closed, by an error or by us. */
  async #serve(connection: NatsConnection): Promise<Error | undefined> {
    this.#connection = connection;
    this.#connected = true;
    try {
      this.#watch(connection).catch(() => undefined);
      connection.subscribe(answersOf(this.#parts.organisation), {
        callback: (error, message) => {
          if (error) {
            // Not allowed to hear answers: of no use until the servers' settings are mended, so begin anew and see.
            this.#warn(error, 'the answers can’t be listened to');
            void connection.close();
          } else void this.#answered(message);
        },
      });
      const closed = connection.closed();
      await Promise.race([this.#serveMailbox(connection), closed]);
      if (!connection.isClosed()) await drained(connection);
      return (await closed) ?? undefined;
    } finally {
      this.#connected = false;
      this.#connection = undefined;
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'reconnect') {
        this.#connected = status.type === 'reconnect';
        this.#parts.logger.info({ state: status.type }, 'NATS connection');
      } else if (status.type === 'error') this.#warn(status.error, 'the NATS server refused something');
    }
  }

  /** Serves the mailbox until we stop or the connection is closed, over and over: a server may be set up late. */
  async #serveMailbox(connection: NatsConnection): Promise<void> {
    const { signal } = this.#stop;
    const door = await unlessStopped(this.#door.promise, signal);
    while (door && !signal.aborted && !connection.isClosed()) {
      const { network, organisation } = this.#parts;
      const parts = {
        connection,
        organisation,
        stream: network.stream ?? streamOf(organisation),
        domain: network.domain,
        replicas: network.replicas ?? 1,
        handle: (message: JsMsg) => this.#receive(message, door.take),
      };
      try {
        await serveMailbox(parts, signal);
      } catch (error) {
        this.#warn(error, 'the mailbox can’t be served');
      }
      if (!signal.aborted) await this.#pause(MAILBOX_FAILURES);
    }
  }

  #receive(message: JsMsg, take: Take): Promise<void> {
    const { organisation, logger } = this.#parts;
    const answer = (to: string, made: Message) => {
      const pack = this.#packs.get(to);
      if (!pack || !this.#connection) throw new LinkError('transient', 'the answer can’t be sent');
      const packet = pack(made);
      this.#connection.publish(answersTo(to, organisation), packet.bytes, { headers: natsHeadersOf(packet) });
    };
    return receive(message, { organisation, logger, take, answer, knows: (code) => this.#packs.has(code) });
  }

  /** An answer to something we sent. What can't be proved to be one only makes whoever waits try again. */
  async #answered(message: Msg): Promise<void> {
    const by = senderOf(message.subject);
    const packet = packetOf(message);
    const id = packet.headers['webhook-id'];
    if (!by || !id || packet.headers[SENDER_HEADER] !== by) return;
    const { open, heard } = await this.#door.promise;
    try {
      const answer = open(packet);
      if (answer.type !== ANSWER_TYPE) return;
      if (this.awaited.settle(by, answer.id, outcomeOf(answer)) === 'late') heard(by);
    } catch (error) {
      const why = error instanceof Fault ? { code: error.code } : { err: maskError(error) };
      this.#parts.logger.warn({ organisation: by, ...why }, 'an answer was not accepted');
      this.awaited.settle(by, id, new LinkError('transient', 'the answer is not signed as agreed'));
    }
  }

  #pause(failures: number): Promise<void> {
    const { signal } = this.#stop;
    return delay(reconnectWaitMs(failures, this.#parts.random()), undefined, { signal }).catch(
      () => undefined,
    );
  }

  /** What the servers say of themselves is told in their words; nothing of a message is among it. */
  #warn(error: unknown, what: string): void {
    const reason = error instanceof Error ? maskText(error.message).slice(0, REASON_LENGTH_MAX) : '';
    this.#parts.logger.warn({ err: maskError(error), reason }, what);
  }
}

/** Sends what is still to be sent, and ends the connection; without a server to send it to, it just ends. */
async function drained(connection: NatsConnection): Promise<void> {
  const limit = new AbortController();
  await Promise.race([
    connection.drain().catch(() => undefined),
    delay(DRAIN_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined),
  ]);
  limit.abort();
  await connection.close();
}
