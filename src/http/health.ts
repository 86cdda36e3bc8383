import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import type { Store } from '../store/port.ts';
import { query } from '../store/query.ts';

const alive = query<object, { one: number }>('store.alive', (db) =>
  db.selectNoFrom((eb) => eb.lit(1).as('one')),
);

/** Whether the process lives, and whether it can work: its store takes units of work. */
export function healthRoutes(parts: { store: Store; version: string }): FastifyPluginAsync {
  const schema = {
    tags: ['运行 Operations'],
    response: { 200: Type.Object({ status: Type.String(), version: Type.String() }) },
  };
  const config = { scope: 'public', rateLimit: false } as const;
  let looking: Promise<unknown> | undefined;
  /** As a unit of work, since a store whose disk has failed still reads but writes no more; one for all who ask. */
  const look = () => {
    looking ??= parts.store
      .write((unit) => unit.one(alive, {}))
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return async (app) => {
    app.get(
      '/health/live',
      { config, schema: { ...schema, summary: '进程是否存活 / is the process alive' } },
      async () => ({ status: 'live', version: parts.version }),
    );
    app.get(
      '/health/ready',
      { config, schema: { ...schema, summary: '能否工作 / can it work' } },
      async () => {
        await look();
        return { status: 'ready', version: parts.version };
      },
    );
  };
}
