import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Strict } from '../../../schemas/common.ts';
import { callerOf } from '../../access/caller.ts';
import { Fault } from '../../errors.ts';
import { versionOf } from '../../http/version.ts';
import type { AttachmentService } from '../attachments/service.ts';
import { addressed, attachDocument } from './attachment-documents.ts';
import { type BatchParts, runBatch } from './batch.ts';
import { planServiceRequest, sendNote } from './creations.ts';
import { baseOf, FHIR_JSON } from './face.ts';
import type { FhirMessages } from './messages.ts';
import { checked } from './pack.ts';
import { JsonPatch, patched } from './patch.ts';
import { headersOf, inOneUnit, inSteps } from './repeating.ts';
import type { Resource } from './resource.ts';
import { requestCancellation, updateTask } from './task-updates.ts';
import { planTransaction } from './transaction.ts';

export interface FhirWriteRouteParts extends BatchParts {
  readonly messages: FhirMessages;
  readonly attachments: AttachmentService;
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

const ById = Strict({ id: Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$' }) });

/** Creates and updates, all through the machine that /v1/referrals uses. */
export function fhirWriteRoutes(app: FastifyInstance, parts: FhirWriteRouteParts): void {
  const { writes, messages } = parts;
  documentRoute(app, parts);
  const update = (request: FastifyRequest, reply: FastifyReply, change: (task: Resource) => Resource) =>
    inSteps(parts, request, reply, async (eventId) => {
      const { id } = request.params as { id: string };
      const wanted = { id, eventId, version: versionOf(request), change };
      const task = await updateTask(parts, callerOf(request), wanted);
      reply.headers(headersOf(baseOf(request), 200, task));
      return { status: 200, body: task };
    });

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
      isBatch(request.body)
        ? inSteps(parts, request, reply, async (id) => ({
            status: 200,
            body: await runBatch(parts, request, id),
          }))
        : inOneUnit(parts, request, reply, () => planTransaction(writes, callerOf(request), request.body)),
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
      inOneUnit(parts, request, reply, () => {
        const header = request.headers['if-none-exist'];
        const condition = typeof header === 'string' ? header : undefined;
        const where = { condition, base: baseOf(request) };
        return planServiceRequest(parts, callerOf(request), request.body, where);
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
        params: ById,
      },
    },
    (request, reply) => {
      const wanted = checked(request.body, '/body');
      return update(request, reply, (task) => {
        if (wanted.resourceType === 'Task' && wanted.id === task.id) return wanted;
        throw new Fault('fhir.resource', { pointer: '/body/id', detail: `Task/${task.id} is expected` });
      });
    },
  );

  app.patch(
    '/Task/:id',
    {
      config: { scope: 'referral:write', repeatable: 'may', versioned: 'must' },
      schema: {
        ...described(
          '以 JSON Patch 更新任务 / Update a task by a JSON Patch',
          'application/json-patch+json;与 PUT 相同,一次一个动作,需要 If-Match。',
          200,
        ),
        body: JsonPatch,
        params: ById,
      },
    },
    (request, reply) =>
      update(request, reply, (task) => patched(task, request.body as Static<typeof JsonPatch>)),
  );

  app.post(
    '/Task',
    {
      config: { scope: 'referral:write', repeatable: 'may', versioned: 'may' },
      schema: described(
        '申请撤销转诊(CancellationRequest)/ Ask to call a referral off',
        'code 为 abort,focus 指向转诊的 Task;接收方以 accepted 或 rejected 答复此任务。',
        201,
      ),
    },
    (request, reply) =>
      inSteps(parts, request, reply, async (eventId) => {
        const task = checked(request.body, '/body');
        const version = versionOf(request);
        const by = callerOf(request);
        return created(request, reply, await requestCancellation(parts, by, task, { eventId, version }));
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
        const communication = checked(request.body, '/body');
        return created(request, reply, await sendNote(parts, callerOf(request), communication, fresh));
      }),
  );
}

/** A file, as far as a body of JSON carries it. */
function documentRoute(app: FastifyInstance, parts: FhirWriteRouteParts): void {
  app.post(
    '/DocumentReference',
    {
      config: { scope: 'referral:write', repeatable: 'may' },
      schema: described(
        '给转诊附上文件 / Attach a file to a referral',
        'context.related 指向 Task 或 ServiceRequest;content.attachment 有 title 和 data(base64)。较大的文件用 /v1 上传。',
        201,
      ),
    },
    (request, reply) =>
      inSteps(parts, request, reply, async () => {
        const by = callerOf(request);
        const { id, created: fresh } = await attachDocument(
          parts.attachments,
          by,
          checked(request.body, '/body'),
        );
        const document = await parts.reads.read(by, 'DocumentReference', id);
        const answer = created(request, reply, addressed(document, baseOf(request)));
        return { ...answer, status: fresh ? 201 : 200 };
      }),
  );
}

function created(request: FastifyRequest, reply: FastifyReply, body: Resource) {
  reply.headers(headersOf(baseOf(request), 201, body));
  return { status: 201, body };
}

function isBatch(body: unknown): boolean {
  return (body as Resource).resourceType === 'Bundle' && (body as Resource).type === 'batch';
}
