import type { FastifyInstance } from 'fastify';
import { Fault } from '../errors.ts';

/** How deep a body may nest; the deepest of ours, a transaction of the national interface, has seven levels. */
const NESTING_MAX = 64;

/** A body shorter than this is not looked at: it can't nest deep enough to do harm. */
const SHORT_BYTES = 4_096;

/** Refuses bodies that nest so deep that whatever walks them by recursion would overflow the stack. */
export function refuseDeepBodies(app: FastifyInstance): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const bytes = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    const tooDeep = bytes > SHORT_BYTES && nestsTooDeep(request.body);
    done(
      tooDeep ? new Fault('request.invalid', { pointer: '/body', detail: 'nested too deeply' }) : undefined,
    );
  });
}

/** Level by level, since recursion is what deep nesting breaks. */
export function nestsTooDeep(body: unknown): boolean {
  let level = [body].filter(isTree);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= NESTING_MAX) return true;
    level = level.flatMap((each) => Object.values(each).filter(isTree));
  }
  return false;
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value);
}
