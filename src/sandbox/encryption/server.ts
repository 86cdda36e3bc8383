import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import iconv from 'iconv-lite';
import { carriedOut, type Order } from './machine.ts';

const PATH = '/hsm';
const ORDER_BYTES_MAX = 16_384;

const parser = new XMLParser({ parseTagValue: false, processEntities: false, maxNestedTags: 8 });
const builder = new XMLBuilder();

export interface VirtualEncryptionMachine {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the sandbox's encryption machine on the loopback interface: the XML service of a card issuer with made-up
 * keys, answering in GBK as such services do.
 */
export async function startVirtualEncryptionMachine(port = 0): Promise<VirtualEncryptionMachine> {
  const server = createServer((request, response) => {
    // A caller that hung up needs no answer; the next one is served all the same.
    serve(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  const order = request.method === 'POST' && request.url === PATH && body ? orderOf(body) : undefined;
  if (!order) {
    response.writeHead(400).end();
    return;
  }
  const text = `<?xml version="1.0" encoding="GBK"?>${builder.build({ ROOT: carriedOut(order) })}`;
  response.writeHead(200, { 'content-type': 'text/xml', 'x-yikatong-sandbox': '1' });
  response.end(iconv.encode(text, 'gbk'));
}

/** Nothing where it is no XML with a ROOT. */
function orderOf(body: string): Order | undefined {
  try {
    const { ROOT } = parser.parse(body, true) as { ROOT?: unknown };
    if (typeof ROOT !== 'object' || ROOT === null) return undefined;
    const fields = Object.entries(ROOT as Record<string, unknown>);
    return new Map(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
  } catch {
    return undefined;
  }
}

/** `undefined` when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ORDER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
