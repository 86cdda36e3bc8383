import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import type { Test } from 'tap';
import { Specification } from '../../adapters/insurers/nhsa/specification.ts';
import type { Configuration } from '../../schemas/configuration.ts';
import { startGateway } from '../../src/main.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { temporaryFolder, testLogger } from '../helper.ts';

export interface World extends RunningSandbox {
  readonly folder: string;
  /** How the clinic's gateway was configured: where its readers and its insurer are. */
  readonly clinic: Configuration;
}

/**
 * The whole sandbox in this process, on ports that are free; `clients` may call both gateways besides their own, no
 * `clerk` leaves the hospital to people, and `change` has the last word on how a gateway is configured.
 */
export async function startWorld(
  t: Test,
  more: {
    clients?: Configuration['clients'];
    logger?: Logger;
    clerk?: boolean;
    /** One of before, started again on what it kept. */
    again?: World;
    change?: (configuration: Configuration) => Configuration;
  } = {},
): Promise<World> {
  const { change = (configuration) => configuration } = more;
  const folder = more.again?.folder ?? temporaryFolder(t);
  const specification = new Specification();
  const configurations: Configuration[] = [];
  const sandbox = await startSandbox({
    folder,
    host: '127.0.0.1',
    port: more.again ? Number(new URL(more.again.url).port) : 0,
    logger: more.logger ?? testLogger(),
    specification,
    clerk: more.clerk ?? true,
    startGateway(configuration, options) {
      const clients = [...configuration.clients, ...(more.clients ?? [])];
      configurations.push(configuration);
      return startGateway(change({ ...configuration, clients }), { ...options, specification });
    },
  });
  t.teardown(() => sandbox.close());
  return { ...sandbox, folder, clinic: configurations[0]! };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  /** Sent as it is. */
  readonly body?: string;
}

/**
 * One HTTP request, as fetch would not send it: any method with any body, and answered though the body was never
 * sent (`content-length` without `body`).
 */
export function call({ method, url, key, headers = {}, body }: Call): Promise<Answer> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      headers: {
        ...authorization,
        ...(method === 'GET' && body === undefined
          ? {}
          : { 'content-length': String(Buffer.byteLength(body ?? '')) }),
        ...headers,
      },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        if (!request.writableEnded) request.destroy();
      });
    });
    request.flushHeaders();
    if (body !== undefined || headers['content-length'] === undefined) request.end(body);
  });
}
