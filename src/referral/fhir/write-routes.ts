import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import { versionOf } from '../../http/version.ts';
import type { ReferralService } from '../service.ts';
import { baseOf, FHIR_JSON } from './face.ts';
import { listAt, textAt } from './look-in.ts';
import type { FhirMessages } from './messages.ts';
import { checked, packageOfOne } from './pack.ts';
import { headersOf, inOneUnit, inSteps, type RepeatingParts } from './repeating.ts';
import type { Resource } from './resource.ts';
import { referenceId } from './search.ts';
import type { FhirReads } from './service.ts';
import { serviceRequestOf } from './service-request.ts';
import { updateTask } from './task-updates.ts';
import { planTransaction } from './transaction.ts';
import type { FhirWrites } from './writes.ts';

export interface FhirWriteRouteParts extends RepeatingParts {
  readonly reads: FhirReads;
  readonly writes: FhirWrites;
  readonly messages: FhirMessages;
  readonly referrals: ReferralService;
}

const tags = ['FHIR R4'];
const AnyResource = Type.Object({ resourceType: Type.String() }, { additionalProperties: true });
const described = (summary: string, description: string, status: 200 | 201) => ({
  summary,
  description,
  tags,
  body: AnyResource,
  response: { [status]: AnyResource },
});

/** Creates and updates, all through the machine that /v1/referrals uses. */
export function fhirWriteRoutes(app: FastifyInstance, parts: FhirWriteRouteParts): void {
  const { reads, writes, messages, referrals } = parts;

  app.post(
    '/',
    {
      config: { scope: 'referral:write', repeatable: 'may' },
      schema: described(
        '以 transaction Bundle 创建转诊 / Create a referral by a transaction Bundle',
        'ServiceRequest、Task、Patient 及随附资源;全部成功或全部不成功。重发时用 Idempotency-Key 或 request.ifNoneExist。',
        200,
      ),
    },
    (request, reply) =>
      inOneUnit(parts, request, reply, () => planTransaction(writes, callerOf(request), request.body)),
  );

  app.post(
    '/ServiceRequest',
    {
      config: { scope: 'referral:write', repeatable: 'may' },
      schema: described(
        '创建转诊 / Create a referral',
        '患者与医生放在 contained 中,或引用已知患者。重发时用 Idempotency-Key 或 If-None-Exist: identifier=system|value。',
        201,
      ),
    },
    (request, reply) =>
      inOneUnit(parts, request, reply, async () => {
        const by = callerOf(request);
        const condition = request.headers['if-none-exist'];
        const conditions = typeof condition === 'string' ? [`ServiceRequest?${condition}`] : [];
        const plan = await writes.plan(by, packageOfOne(request.body), conditions);
        const answerWith = (status: 200 | 201, body: Resource) => {
          return { status, body, headers: headersOf(request, 201, body) };
        };
        if (plan.known) {
          const there = await reads.read(by, 'ServiceRequest', plan.known.row.id);
          return async () => ({ answer: answerWith(200, there), after: () => undefined });
        }
        return async (unit, id) => {
          const { dossier, after } = await plan.place(unit, id);
          return { answer: answerWith(201, serviceRequestOf(await dossier())), after };
        };
      }),
  );

  app.post(
    '/$process-message',
    {
      config: { scope: 'referral:write' },
      schema: described(
        '处理 BSeR 转诊消息 / Process a BSeR referral message',
        'MessageHeader.event 为 v2-0003#I12。同一 Bundle.identifier 重发得到第一次的应答;内容不同为 409。',
        200,
      ),
    },
    async (request, reply) => {
      const english = /^\s*en\b/i.test(request.headers['accept-language'] ?? '');
      const { status, text } = await messages.process(
        callerOf(request),
        request.body,
        baseOf(request),
        english,
      );
      return reply
        .code(status)
        .type(FHIR_JSON)
        .serializer((payload: unknown) => payload as string)
        .send(text);
    },
  );

  app.put(
    '/Task/:id',
    {
      config: { scope: 'referral:write', repeatable: 'may', versioned: 'must' },
      schema: {
        ...described(
          '更新任务,即对转诊执行一个动作 / Update a task: one act on the referral',
          'status 与 businessStatus 指出要到达的状态;需要 If-Match。不允许的转换为 422,版本过期为 412。',
          200,
        ),
        params: Strict({ id: Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$' }) }),
      },
    },
    (request, reply) =>
      inSteps(parts, request, reply, async (eventId) => {
        const { id } = request.params as { id: string };
        const wanted = checked(request.body, '/body');
        if (wanted.resourceType !== 'Task' || wanted.id !== id) {
          throw new Fault('fhir.resource', { pointer: '/body/id', detail: `Task/${id} is expected` });
        }
        const task = await updateTask(parts, callerOf(request), {
          ...{ id, eventId, version: versionOf(request) },
          change: () => wanted,
        });
        reply.headers(headersOf(request, 200, task));
        return { status: 200, body: task };
      }),
  );

  app.post(
    '/Communication',
    {
      config: { scope: 'referral:write', repeatable: 'may' },
      schema: described(
        '发出病情记录 / Send an interim note',
        'partOf 指向 Task,或 basedOn 指向 ServiceRequest;payload.contentString 为内容。带 identifier 或 Idempotency-Key 时可安全重发。',
        201,
      ),
    },
    (request, reply) =>
      inSteps(parts, request, reply, async (fresh) => {
        const by = callerOf(request);
        const communication = checked(request.body, '/body');
        const id = referralIn(communication);
        const text = listAt(communication, 'payload')
          .flatMap((each) => textAt(each, 'contentString') ?? [])
          .join('\n');
        if (text === '')
          throw new Fault('fhir.resource', { pointer: '/body/payload', detail: 'no contentString' });
        const eventId = eventIdOf(by.client, id, communication) ?? fresh;
        const { version } = await referrals.get(by, id);
        await referrals.act(by, eventId, id, version, { type: 'note', text });
        const resource = await reads.read(by, 'Communication', eventId);
        reply.headers(headersOf(request, 201, resource));
        return { status: 201, body: resource };
      }),
  );
}

function referralIn(communication: Resource): string {
  const task = textAt(communication, 'partOf', 0, 'reference');
  if (task !== undefined) return referenceId('partOf', task, 'Task');
  const request = textAt(communication, 'basedOn', 0, 'reference');
  if (request !== undefined) return referenceId('basedOn', request, 'ServiceRequest');
  throw new Fault('fhir.resource', { pointer: '/body/partOf', detail: 'partOf names the Task' });
}

/** The same business identifier makes the same event, so that a repeat finds what it had done. */
function eventIdOf(client: string, referral: string, communication: Resource): string | undefined {
  const system = textAt(communication, 'identifier', 0, 'system');
  const value = textAt(communication, 'identifier', 0, 'value');
  if (system === undefined || value === undefined) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([client, referral, system, value]))
    .digest('hex');
}
