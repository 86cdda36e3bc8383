import type { FastifyError, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { LinkBatchAnswer, LinkReceipt } from '../../schemas/delivery.ts';
import { MailboxAnswer } from '../../schemas/mailbox.ts';
import { timestampOf } from '../clock.ts';
import { failureOf } from '../http/problem.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_CONTENT_TYPE,
  BATCH_HEADER,
  BATCH_MESSAGES_MAX,
  receiptedOf,
  refusalOf,
} from './batch.ts';
import { ENVELOPE_BYTES_MAX } from './envelope.ts';
import type { Mailbox } from './mailbox.ts';
import type { Open, Packet, Take, TakeAll } from './port.ts';

export interface LinkRouteParts {
  readonly take: Take;
  readonly takeAll: TakeAll;
  /** Keeps the mail of those who come for it; without one, nobody may. */
  readonly mailbox?: { readonly open: Open; readonly box: Mailbox } | undefined;
}

/** Where other organisations' gateways hand their messages over. */
export function linkRoutes({ take, takeAll, mailbox }: LinkRouteParts): FastifyPluginAsync {
  return async (app) => {
    // The signature covers the bytes as they came, so they are not parsed before it holds.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      ['application/json', BATCH_CONTENT_TYPE],
      { parseAs: 'buffer' },
      async (_: FastifyRequest, bytes: Buffer) => bytes,
    );
    app.post(
      '/v1/link/messages',
      {
        config: { scope: 'link' },
        bodyLimit: ENVELOPE_BYTES_MAX,
        schema: {
          summary:
            '接收其他机构网关的消息(Standard Webhooks 签名) / A message of another organisation’s gateway',
          tags: ['投递 Delivery'],
          response: { 200: LinkReceipt, 201: LinkReceipt },
        },
      },
      async (request, reply) => {
        const receipt = await take(packetOf(request));
        return reply
          .code(receipt.duplicate ? 200 : 201)
          .header(BATCH_HEADER, BATCH_MESSAGES_MAX)
          .send({ ...receipt, receivedAt: timestampOf(receipt.receivedAt) });
      },
    );
    app.post(
      '/v1/link/batches',
      {
        config: { scope: 'link' },
        bodyLimit: BATCH_BYTES_MAX,
        schema: {
          summary: '一次接收多条消息,每行一条 / Several messages at once, one on each line',
          description:
            '整批签名,逐条接收或拒收,结果按序返回。单条消息的应答头 yikatong-batch 说明一次最多几条。/ Signed as a whole; each is taken or refused by itself, and answered in order. The header yikatong-batch of the answer to a single message says how many are taken at once.',
          tags: ['投递 Delivery'],
          response: { 200: LinkBatchAnswer },
        },
      },
      async (request) => {
        const taken = await takeAll(packetOf(request));
        const results = taken.map((each) =>
          each.status === 'fulfilled'
            ? receiptedOf(each.value)
            : refusalOf(failureOf(each.reason as FastifyError, request)),
        );
        return { results };
      },
    );
    if (!mailbox) return;
    // A question that waits would hold up the gateway's stop.
    app.addHook('preClose', async () => mailbox.box.close());
    app.post(
      '/v1/link/mailbox',
      {
        config: { scope: 'link' },
        bodyLimit: ENVELOPE_BYTES_MAX,
        schema: {
          summary: '不能从外部访问的机构来取自己的消息(长轮询,签名) / An organisation comes for its mail',
          description:
            '正文为 link.collect 消息,签名同上。逐条按序交付,收到结果之前会再次交付。/ The body is a link.collect message, signed as above. Messages come in order, again and again until their results.',
          tags: ['投递 Delivery'],
          response: { 200: MailboxAnswer },
        },
      },
      async (request, reply) => {
        const gone = new AbortController();
        reply.raw.once('close', () => gone.abort());
        return mailbox.box.collect(mailbox.open(packetOf(request)), gone.signal);
      },
    );
  };
}

/** A header given twice is no header of ours. */
function packetOf(request: FastifyRequest): Packet {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : undefined,
    ]),
  );
  return { headers, bytes };
}
