import type { FastifyInstance } from 'fastify';
import { Fault } from '../errors.ts';

/** How soon a gateway that is started again may be tried. */
const RETRY_AFTER_S = 2;

/** Within this, what is under way is answered; a connection that is open then has nobody at its other end. */
const ANSWERED_WITHIN_MS = 15_000;

/**
 * Refuses what still arrives on open connections once the stop has begun; what is under way is answered. A line that
 * went silent while a request came over it would otherwise keep its connection, and with it the gateway, open.
 */
export function refuseWhenStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
    setTimeout(() => app.server.closeAllConnections(), ANSWERED_WITHIN_MS).unref();
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    done(stopping ? new Fault('gateway.stopping', { retryAfterS: RETRY_AFTER_S }) : undefined);
  });
}
