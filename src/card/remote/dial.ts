import { getCACertificates } from 'node:tls';
import { WebSocket } from 'ws';
import { type Line, SocketLine } from './line.ts';
import { CLOSE_WITHIN_MS, GREETING_MS } from './machine.ts';
import { MESSAGE_BYTES_MAX } from './wire.ts';

/** Where a desk says hello. */
export const DESK_PATH = '/v1/desks/connect';

export interface Dialled {
  opened(line: Line): void;
  /** Did not come about: the gateway did not let us in (`refused`), or could not be reached; with what it said. */
  failed(why: 'refused' | 'lost', detail: string): void;
}

/** Opens a line to the gateway; the answer gives the attempt up. Exactly one of `opened` and `failed` follows. */
export type Dial = (dialled: Dialled) => () => void;

/** Dials by WebSocket. */
export function socketDial({ gateway, key }: { readonly gateway: string; readonly key: string }): Dial {
  const options = {
    headers: { authorization: `Bearer ${key}` },
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handshakeTimeout: GREETING_MS,
    closeTimeout: CLOSE_WITHIN_MS,
    ...(gateway.startsWith('wss:') ? { ca: trustedAuthorities() } : {}),
  };
  return ({ opened, failed }) => {
    const socket = new WebSocket(`${gateway}${DESK_PATH}`, options);
    let settled = false;
    const fail = (why: 'refused' | 'lost', detail: string) => {
      if (settled) return;
      settled = true;
      failed(why, detail);
    };
    socket.on('error', (error) => fail('lost', (error as NodeJS.ErrnoException).code ?? error.name));
    socket.on('close', () => fail('lost', 'closed'));
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      const refused = statusCode === 401 || statusCode === 403 || statusCode === 404;
      fail(refused ? 'refused' : 'lost', `HTTP ${statusCode}`);
      request.destroy();
    });
    socket.on('open', () => {
      settled = true;
      opened(new SocketLine(socket));
    });
    return () => socket.terminate();
  };
}

/** Those that the machine trusts count too: a county's gateway often has a certificate of the county's own. */
function trustedAuthorities(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
