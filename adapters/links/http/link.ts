import type { Link, Message, Pack, Receipt } from '../../../src/delivery/port.ts';
import { ANSWER_BYTES_MAX, answerError, receiptOf } from './answers.ts';
import { HttpClient } from './client.ts';

export interface HttpLinkParts {
  /** The code of the organisation at the other end. */
  readonly organisation: string;
  readonly url: string;
  readonly pack: Pack;
}

/**
 * The way to another gateway over HTTP: `POST {url}/v1/link/messages`, signed as Standard Webhooks. What is personal
 * travels in the body, so in production the URL is https.
 */
export function createHttpLink({ organisation, url, pack }: HttpLinkParts): Link {
  const client = new HttpClient(url);
  return {
    organisation,
    send: (message, signal) => sendOver(client, pack, message, signal),
    close: () => client.close(),
  };
}

/** Hands one message over. */
export async function sendOver(
  client: HttpClient,
  pack: Pack,
  message: Message,
  signal: AbortSignal,
): Promise<Receipt> {
  const options = { signal, answerBytesMax: ANSWER_BYTES_MAX };
  const answer = await client.post('v1/link/messages', pack(message), options);
  if (answer.status !== 200 && answer.status !== 201) throw answerError(answer);
  return receiptOf(answer.bytes, message.id);
}
