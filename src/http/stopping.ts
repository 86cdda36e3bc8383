import type { FastifyInstance } from 'fastify';
import { Fault } from '../errors.ts';

/** How soon a gateway that is started again may be tried. */
const RETRY_AFTER_S = 2;

/** Refuses what still arrives on open connections once the stop has begun; what is under way is answered. */
export function refuseWhenStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.addHook('onRequest', (_request, _reply, done) => {
    done(stopping ? new Fault('gateway.stopping', { retryAfterS: RETRY_AFTER_S }) : undefined);
  });
}
