import Compile from 'typebox/compile';
import { LinkBatchAnswer } from '../../../schemas/delivery.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_CONTENT_TYPE,
  BATCH_HEADER,
  BATCH_MESSAGES_MAX,
} from '../../../src/delivery/batch.ts';
import { type Handed, LinkError, type Message, type Pack, type Receipt } from '../../../src/delivery/port.ts';
import { ANSWER_BYTES_MAX, answerError, outcomeOf, receiptOf } from './answers.ts';
import type { HttpAnswer, HttpClient } from './client.ts';

/** Messages on their way at once where they go together; with 128 the other side's commits are always full. */
const UNDER_WAY_MAX = 128;

/** What an envelope takes beside the body, and how much longer a sealed body is. */
const ENVELOPE_HEAD_BYTES = 2_048;
const SEALED_PER_PLAIN = 1.4;

/** Refused as a whole, for being what it is: its messages go one by one. */
const NOT_TOGETHER: ReadonlySet<number> = new Set([400, 404, 405, 409, 410, 413, 415, 422]);

const batchAnswer = Compile(LinkBatchAnswer);

/**
 * Hands messages over to another gateway: one in a request, or several where the other side has said, in the answer
 * to a single one, that it takes them so. An older gateway never says it. Who refuses several gets fewer from then on.
 */
export class HttpSender {
  readonly #client: HttpClient;
  readonly #pack: Pack;
  /** How many the other side takes at once, and how many it has not refused. */
  #theirMax = 1;
  #max = BATCH_MESSAGES_MAX;

  constructor(client: HttpClient, pack: Pack) {
    this.#client = client;
    this.#pack = pack;
  }

  get together(): { max: number; underWayMax: number } | undefined {
    const max = Math.min(this.#theirMax, this.#max);
    return max > 1 ? { max, underWayMax: UNDER_WAY_MAX } : undefined;
  }

  async send(message: Message, signal: AbortSignal): Promise<Receipt> {
    const options = { signal, answerBytesMax: ANSWER_BYTES_MAX };
    const answer = await this.#client.post('v1/link/messages', this.#pack(message), options);
    if (answer.status !== 200 && answer.status !== 201) throw answerError(answer);
    const receipt = receiptOf(answer.bytes, message.id);
    this.#theirMax = maxOf(answer);
    return receipt;
  }

  async sendAll(messages: readonly Message[], signal: AbortSignal): Promise<readonly Handed[]> {
    const parts = partsOf(messages, this.together?.max ?? 1);
    return (await Promise.all(parts.map((part) => this.#sendPart(part, signal)))).flat();
  }

  async #sendPart(messages: readonly Message[], signal: AbortSignal): Promise<readonly Handed[]> {
    const [first, ...more] = messages;
    if (!first) return [];
    if (more.length === 0) return [await this.#settled(first, signal)];
    try {
      const options = { signal, answerBytesMax: ANSWER_BYTES_MAX, contentType: BATCH_CONTENT_TYPE };
      const answer = await this.#client.post('v1/link/batches', this.#pack(first, ...more), options);
      if (answer.status === 200) return handedOf(answer, messages);
      if (!NOT_TOGETHER.has(answer.status)) throw answerError(answer);
    } catch (error) {
      const failure = failureOf(error);
      return messages.map(() => failure);
    }
    this.#max = Math.min(this.#max, Math.floor(messages.length / 2));
    return Promise.all(messages.map((message) => this.#settled(message, signal)));
  }

  #settled(message: Message, signal: AbortSignal): Promise<Handed> {
    return this.send(message, signal).catch(failureOf);
  }
}

function failureOf(error: unknown): LinkError {
  if (error instanceof LinkError) return error;
  throw error;
}

function maxOf({ headers }: HttpAnswer): number {
  const said = headers[BATCH_HEADER];
  return typeof said === 'string' && /^\d{1,4}$/.test(said) ? Number(said) : 1;
}

/** In their order, as many together as may be, and well below what is taken. */
function partsOf(messages: readonly Message[], max: number): Message[][] {
  const parts: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const length = message.body.length * SEALED_PER_PLAIN + ENVELOPE_HEAD_BYTES;
    bytes += length;
    const part = parts.at(-1);
    if (part && part.length < max && bytes <= BATCH_BYTES_MAX) part.push(message);
    else {
      parts.push([message]);
      bytes = length;
    }
  }
  return parts;
}

/** What an answer says of each message. One that makes no sense may hide receipts: all are sent again. */
function handedOf(answer: HttpAnswer, messages: readonly Message[]): readonly Handed[] {
  const value = jsonOf(answer.bytes);
  if (!batchAnswer.Check(value) || value.results.length !== messages.length)
    throw new LinkError('transient', 'the answer is no receipt of these messages');
  return messages.map(({ id }, i) => outcomeOf(value.results[i], id));
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
