import type { FastifyReply } from 'fastify';

/** Aborts when the caller hangs up before the answer, so that nobody waits for what nobody asks for any more. */
export function goneAway(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) controller.abort();
  });
  return controller.signal;
}
