import type { IncomingMessage, ServerResponse } from 'node:http';

const BODY_BYTES_MAX = 1024 * 1024;

/** Every answer of a virtual service says what it is. */
export const HEADERS = { 'content-type': 'application/json;charset=UTF-8', 'x-yikatong-sandbox': '1' };

export function sendJson(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

/** `undefined` when it is too large. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `undefined` when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
