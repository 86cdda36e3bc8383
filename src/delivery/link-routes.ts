import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { LinkReceipt } from '../../schemas/delivery.ts';
import { type Clock, timestampOf } from '../clock.ts';
import { Fault } from '../errors.ts';
import { decodeEnvelope, ENVELOPE_BYTES_MAX, RECEIVER_HEADER, SENDER_HEADER } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import type { Message } from './port.ts';
import { verifySignature } from './signature.ts';

export interface LinkRouteParts {
  readonly inbox: Inbox;
  readonly clock: Clock;
  /** The code of our own organisation. */
  readonly organisation: string;
  /** The secret shared with each organisation that may send to us, by its code. */
  readonly secrets: ReadonlyMap<string, Buffer>;
}

/** Where other organisations' gateways hand their messages over. */
export function linkRoutes(parts: LinkRouteParts): FastifyPluginAsync {
  return async (app) => {
    // The signature covers the bytes as they came, so they are not parsed before it holds.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/json',
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
        const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const message = accept(request, bytes, parts);
        const receipt = await parts.inbox.receive(message, bytes);
        return reply
          .code(receipt.duplicate ? 200 : 201)
          .send({ ...receipt, receivedAt: timestampOf(receipt.receivedAt) });
      },
    );
  };
}

/** The message, when its sender is known, its signature holds, and it is for us. */
function accept(request: FastifyRequest, bytes: Buffer, parts: LinkRouteParts): Message {
  const sender = headerOf(request, SENDER_HEADER);
  const headers = {
    id: headerOf(request, 'webhook-id'),
    timestamp: headerOf(request, 'webhook-timestamp'),
    signature: headerOf(request, 'webhook-signature'),
  };
  const secret = parts.secrets.get(sender);
  if (!secret || !verifySignature(secret, headers, bytes, parts.clock.now()))
    throw new Fault('link.unknown-sender');
  const decoded = decodeEnvelope(bytes);
  if (!decoded.ok) throw new Fault('request.invalid', { pointer: decoded.error.pointer, detail: 'envelope' });
  const message = decoded.value;
  if (message.from !== sender) throw new Fault('request.invalid', { pointer: '/body/from' });
  if (message.id !== headers.id) throw new Fault('request.invalid', { pointer: '/body/id' });
  const receiver = headerOf(request, RECEIVER_HEADER);
  if (message.to !== parts.organisation || receiver !== parts.organisation)
    throw new Fault('link.not-for-us');
  return message;
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
