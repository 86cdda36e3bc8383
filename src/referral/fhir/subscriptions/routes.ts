import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Strict } from '../../../../schemas/common.ts';
import { callerOf } from '../../../access/caller.ts';
import { Fault } from '../../../errors.ts';
import { versionRead } from '../../../http/version.ts';
import { baseOf, sendResource, weakEtag } from '../face.ts';
import { listAt } from '../look-in.ts';
import { checked } from '../pack.ts';
import type { Resource } from '../resource.ts';
import { wrong } from '../search.ts';
import type { FhirSubscriptions } from './service.ts';

const tags = ['FHIR R4'];
const AnyResource = Type.Object({ resourceType: Type.String() }, { additionalProperties: true });
const ById = Strict({ id: Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$', description: 'FHIR id' }) });

/** Subscriptions for clients that would rather be told than ask. */
export function subscriptionRoutes(app: FastifyInstance, subscriptions: FhirSubscriptions): void {
  app.post(
    '/Subscription',
    {
      config: { scope: 'referral:write' },
      schema: {
        summary: '订阅转诊的变化 / Subscribe to changes of referrals',
        description:
          'R4 backport:rest-hook;id-only 或 full-resource;地址须为公网 https,或在 events.webhookHosts 中。',
        tags,
        body: AnyResource,
        response: { 201: AnyResource },
      },
    },
    async (request, reply) => {
      const posted = subscriptionIn(request.body);
      const created = await subscriptions.create(callerOf(request), posted, baseOf(request));
      reply.header('location', `${baseOf(request)}/Subscription/${created.id}/_history/1`);
      return send(reply.code(201), created);
    },
  );

  app.put(
    '/Subscription/:id',
    {
      config: { scope: 'referral:write', versioned: 'must' },
      schema: {
        summary: '修改、停止或重新启用订阅 / Change, stop or restart a subscription',
        description: '出错的订阅只有订阅者自己能重新启用:status 为 requested。',
        tags,
        params: ById,
        body: AnyResource,
        response: { 200: AnyResource },
      },
    },
    async (request, reply) => {
      const { id } = request.params as { id: string };
      const version = versionRead(request);
      const posted = subscriptionIn(request.body);
      return send(reply, await subscriptions.update(callerOf(request), id, version, posted, baseOf(request)));
    },
  );

  app.delete(
    '/Subscription/:id',
    {
      config: { scope: 'referral:write' },
      schema: {
        summary: '删除订阅 / Delete a subscription',
        tags,
        params: ById,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await subscriptions.remove(callerOf(request), (request.params as { id: string }).id);
      return reply.code(204).send();
    },
  );

  const reading = (summary: string) => ({
    config: { scope: 'referral:read' as const },
    schema: { summary, tags, params: ById, response: { 200: AnyResource } },
  });

  app.get('/Subscription/:id', reading('读取订阅 / Read a subscription'), async (request, reply) =>
    send(reply, await subscriptions.read(callerOf(request), (request.params as { id: string }).id)),
  );

  app.get(
    '/Subscription/:id/$status',
    reading('订阅的状态 / Status of a subscription'),
    async (request, reply) =>
      sendResource(
        reply,
        await subscriptions.status(callerOf(request), (request.params as { id: string }).id),
      ),
  );

  const events = async (request: FastifyRequest, reply: FastifyReply) => {
    const asked = askedFor(request);
    const since = numberOf(asked, 'eventsSinceNumber', 1);
    const until = numberOf(asked, 'eventsUntilNumber', Number.MAX_SAFE_INTEGER);
    const { id } = request.params as { id: string };
    return sendResource(reply, await subscriptions.events(callerOf(request), id, since, until));
  };
  app.get('/Subscription/:id/$events', reading('按编号补取事件 / Events by number'), events);
  app.post('/Subscription/:id/$events', reading('按编号补取事件 / Events by number'), events);
}

function subscriptionIn(body: unknown): Resource {
  const posted = checked(body, '/body');
  if (posted.resourceType === 'Subscription') return posted;
  throw new Fault('fhir.subscription', {
    pointer: '/body/resourceType',
    detail: 'a Subscription is expected',
  });
}

/** The parameters of $events, from the query or from a Parameters resource. */
function askedFor(request: FastifyRequest): Map<string, string> {
  const asked = new Map(new URLSearchParams(request.url.split('?')[1] ?? ''));
  for (const parameter of listAt(request.body, 'parameter')) {
    const value = Object.entries(parameter).find(([name]) => name.startsWith('value'))?.[1];
    asked.set(String(parameter.name), String(value));
  }
  return asked;
}

function numberOf(asked: Map<string, string>, name: string, without: number): number {
  const text = asked.get(name);
  if (text === undefined) return without;
  if (/^[0-9]{1,15}$/.test(text)) return Number(text);
  throw wrong(name, 'a number');
}

function send(reply: FastifyReply, resource: Resource): FastifyReply {
  return sendResource(reply.header('etag', weakEtag(resource.meta!.versionId!)), resource);
}
