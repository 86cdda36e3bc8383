import type { Socket } from 'node:net';
import { type ErrorCode, Fault } from '../errors.ts';
import { problemOf } from './problem.ts';

/** What Node's HTTP parser found, by its code; anything else is not HTTP. */
const parserCodes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'request.headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.slow',
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers what never became a request: there is no route and no reply, only a connection, which ends. */
export function answerUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  parts: { requestId: string; sandbox: boolean },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const fault = new Fault(parserCodes[error.code ?? ''] ?? 'request.unreadable');
  const { status } = fault.kind;
  const body = JSON.stringify(problemOf(fault, { id: parts.requestId, headers: {} }, parts.sandbox));
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Bad Request'}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${parts.requestId}`,
    ...(parts.sandbox ? ['x-yikatong-sandbox: true'] : []),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
