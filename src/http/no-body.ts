import type { FastifyRequest } from 'fastify';
import { Fault } from '../errors.ts';

/** An act says all in its path; a body that says more was meant for something else. Fault `request.invalid`. */
export function assertNoBody({ body }: FastifyRequest): void {
  if (body === undefined || body === null) return;
  if (typeof body === 'object' && Object.keys(body).length === 0) return;
  throw new Fault('request.invalid', { pointer: '/body', detail: 'takes no body' });
}
