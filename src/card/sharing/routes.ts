import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Id, Problem, Strict } from '../../../schemas/common.ts';
import {
  LEASE_HOLD_MS_DEFAULT,
  LeaseRenewal,
  LeaseRequest,
  Lease as LeaseView,
} from '../../../schemas/lease.ts';
import { timestampOf } from '../../clock.ts';
import { goneAway } from '../../http/gone-away.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import type { ReaderPool } from '../pool.ts';
import type { Lease } from './leases.ts';

const tags = ['读卡 Readers'];
const problems = { '4xx': Problem, '5xx': Problem };
const ofReader = Strict({ id: Id });
const ofLease = Strict({ id: Id, lease: Id });
const config = { scope: 'reading:write' } as const;

/** `/v1/readers/{id}/leases`: a desk sets a reader aside for its patient, queues for it, and gives it back. */
export function leaseRoutes({
  pool,
  idempotency,
}: {
  pool: ReaderPool;
  idempotency: Idempotency;
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/v1/readers/:id/leases',
      {
        config: { ...config, repeatable: 'may' },
        schema: {
          summary: '占用读卡器 / Set a reader aside',
          description:
            '为一位患者占用读卡器,其间只有带 lease 的请求能用它;被他人占用时可排队。/ While it is held, only requests that show the lease may use the reader.',
          tags,
          params: ofReader,
          body: LeaseRequest,
          response: { 201: LeaseView, ...problems },
        },
      },
      async (request, reply) => {
        const { holdMs = LEASE_HOLD_MS_DEFAULT, waitMs = 0 } = request.body;
        const cancelled = goneAway(reply);
        // The key is held to its form before the reader is looked for.
        const asked = () => ({
          readerId: pool.status(request.params.id).id,
          client: request.client.id,
          holdMs,
          waitMs,
          cancelled,
        });
        if (request.headers['idempotency-key'] === undefined) {
          return reply.code(201).send(leaseView(await pool.leases.ask(asked())));
        }
        return idempotency.run(request, reply, async ({ resourceId }) => ({
          status: 201,
          body: leaseView(await pool.leases.ask({ ...asked(), id: resourceId })),
        }));
      },
    );

    app.post(
      '/v1/readers/:id/leases/:lease/renew',
      {
        config,
        schema: {
          summary: '延长占用 / Hold it for longer',
          tags,
          params: ofLease,
          body: LeaseRenewal,
          response: { 200: LeaseView, ...problems },
        },
      },
      async (request) => {
        const { id, lease } = request.params;
        const { holdMs = LEASE_HOLD_MS_DEFAULT } = request.body;
        return leaseView(pool.leases.renew(id, lease, request.client.id, holdMs));
      },
    );

    app.delete(
      '/v1/readers/:id/leases/:lease',
      {
        config,
        schema: {
          summary: '归还读卡器 / Give it back',
          tags,
          params: ofLease,
          response: { 204: Type.Null(), ...problems },
        },
      },
      async (request, reply) => {
        const { id, lease } = request.params;
        pool.leases.release(id, lease, request.client.id);
        return reply.code(204).send(null);
      },
    );
  };
}

function leaseView({ id, readerId, since, until }: Lease): LeaseView {
  return { id, readerId, since: timestampOf(since), until: timestampOf(until) };
}
