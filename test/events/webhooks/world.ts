import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpWebhookCaller } from '../../../adapters/webhooks/http.ts';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { composeEvents, openEvents } from '../../../src/events/compose.ts';
import type { WebhookCaller } from '../../../src/events/port.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import type { Store } from '../../../src/store/port.ts';
import { testParts } from '../../helper.ts';

export interface Received {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

type Answering = (response: ServerResponse, count: number) => void;

/** The HIS that is called. It answers as it is told to, 204 otherwise. */
export async function startHis(t: { teardown(work: () => unknown): void }) {
  const received: Received[] = [];
  const his = { answer: ((response) => response.writeHead(204).end()) as Answering };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      his.answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(his, { received, port, url: `http://127.0.0.1:${port}/hook` });
}

/** A gateway's event side, its workers run by hand. */
export async function gatewayTelling(
  t: Parameters<typeof testParts>[0],
  options: { hosts?: string[]; store?: Store; gatewayId?: string; caller?: WebhookCaller } = {},
) {
  const made = await testParts(t);
  const parts = { ...made, store: options.store ?? made.store, gatewayId: options.gatewayId ?? 'here' };
  const { log, events } = openEvents(parts);
  const side = composeEvents({
    ...parts,
    events,
    log,
    random: () => 0.5,
    caller: options.caller ?? new HttpWebhookCaller(parts.clock),
    webhookHosts: options.hosts ?? ['127.0.0.1'],
    worker: { callTimeoutMs: 500 },
  });
  t.teardown(() => side.stop());
  const [his, other] = [newKey('his'), newKey('other')];
  const idempotency = new Idempotency(parts);
  const app = await buildGateway({
    logger: parts.logger,
    ids: parts.ids,
    clients: new ClientDirectory([
      { id: 'his', keyHash: his.hash, scopes: new Set(SCOPES) },
      { id: 'other', keyHash: other.hash, scopes: new Set(SCOPES) },
    ]),
    requestsPerMinuteMax: 100_000,
    sandbox: false,
    version: 'test',
    features: side.routes(idempotency),
  });
  t.teardown(() => app.close());

  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: object,
    { key = his.key, ...headers }: Record<string, string> = {},
  ) {
    const answer = await app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${key}`,
        ...(method === 'POST' ? { 'idempotency-key': parts.ids.next() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
  }

  /** Something happens and is numbered. */
  async function happen(subject: string, type: 'referral.state' | 'delivery.state' = 'referral.state') {
    await parts.store.write((unit) => events.keep(unit, type, subject, { state: 'received' }));
    await side.numbering.runOnce();
  }

  return { ...parts, events, log, side, call, happen, otherKey: other.key };
}
