import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { LinkReceipt } from '../../schemas/delivery.ts';
import { timestampOf } from '../clock.ts';
import { ENVELOPE_BYTES_MAX } from './envelope.ts';
import type { Packet, Take } from './port.ts';

export interface LinkRouteParts {
  readonly take: Take;
}

/** Where other organisations' gateways hand their messages over. */
export function linkRoutes({ take }: LinkRouteParts): FastifyPluginAsync {
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
        const receipt = await take(packetOf(request));
        return reply
          .code(receipt.duplicate ? 200 : 201)
          .send({ ...receipt, receivedAt: timestampOf(receipt.receivedAt) });
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
