import type { Link, Pack } from '../../../src/delivery/port.ts';
import { HttpClient } from './client.ts';
import { HttpSender } from './sender.ts';

export interface HttpLinkParts {
  /** The code of the organisation at the other end. */
  readonly organisation: string;
  readonly url: string;
  readonly pack: Pack;
}

/**
 * The way to another gateway over HTTP: `POST {url}/v1/link/messages`, signed as Standard Webhooks, or `batches` for
 * several at once. What is personal travels in the body, so in production the URL is https.
 */
export function createHttpLink({ organisation, url, pack }: HttpLinkParts): Link {
  const client = new HttpClient(url);
  const sender = new HttpSender(client, pack);
  return {
    organisation,
    get together() {
      return sender.together;
    },
    send: (message, signal) => sender.send(message, signal),
    sendAll: (messages, signal) => sender.sendAll(messages, signal),
    close: () => client.close(),
  };
}
