import type { FastifyRequest } from 'fastify';

/** Who asks, and with which request: what the audit trail says of it. */
export interface Caller {
  /** The API client, or `gateway` for what the gateway does by itself. */
  readonly client: string;
  readonly requestId: string;
}

export function callerOf({ client, id }: Pick<FastifyRequest, 'client' | 'id'>): Caller {
  return { client: client.id, requestId: id };
}
