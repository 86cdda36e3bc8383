import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CodeContext } from '../../../src/card/port.ts';

/** What a service in a test answers: JSON of an object, text as it is, or nothing at all. */
export type Answering = (body: unknown, path: string) => object | string | 'hang' | 'break';

/** A service on this machine that keeps what it was asked. */
export async function serviceOf(
  t: { teardown(work: () => unknown): void },
  answering: Answering,
  status = 200,
) {
  const asked: { path: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    asked.push({ path, body });
    const answer = answering(body, path);
    if (answer === 'hang') return;
    if (answer === 'break') return response.destroy();
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    return;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`, asked };
}

export function contextOf(signal = new AbortController().signal): CodeContext {
  return { businessType: '01101', client: 'his', requestId: 'r', signal };
}
