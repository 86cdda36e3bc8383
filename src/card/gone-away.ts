import type { FastifyReply } from 'fastify';

/** Aborts when the caller hangs up before the answer, so that the reader doesn't wait for a card nobody asks for. */
export function goneAway(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
