import type { FastifyRequest } from 'fastify';

/** What the gateway does by itself is done in this name; no client may have it. */
export const GATEWAY = 'gateway';

/** What a person at a page does is done in the name of `user:` and the person's own. */
export const USER_PREFIX = 'user:';

/** Who asks, and with which request: what the audit trail says of it. */
export interface Caller {
  /** The API client, or `gateway` for what the gateway does by itself. */
  readonly client: string;
  readonly requestId: string;
}

export function callerOf({ client, id }: Pick<FastifyRequest, 'client' | 'id'>): Caller {
  return { client: client.id, requestId: id };
}
