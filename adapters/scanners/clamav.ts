import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ScanVerdict, VirusScanner } from '../../src/referral/attachments/port.ts';

const TIMEOUT_MS = 60_000;
/** clamd's own limit of one piece is its StreamMaxLength; small pieces keep memory low at both ends. */
const PIECE_BYTES = 65_536;
const ANSWER_BYTES_MAX = 4_096;

/**
 * clamd over TCP, INSTREAM (clamd(8)): `zINSTREAM\0`, pieces each with its length before it, a zero length; the answer
 * is `stream: OK` or `stream: <name> FOUND`. Anything else is no answer.
 */
export function createClamavScanner(options: {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs?: number | undefined;
}): VirusScanner {
  const { host, port, timeoutMs = TIMEOUT_MS } = options;
  return {
    async scan(content) {
      const socket = connect({ host, port });
      const limit = setTimeout(() => socket.destroy(new Error('clamd gave no answer in time')), timeoutMs);
      const answer = answerOf(socket);
      // Awaited below; until then its failure is nobody's.
      answer.catch(() => undefined);
      try {
        await Promise.race([send(socket, content), answer]);
        return verdictOf(await answer);
      } finally {
        clearTimeout(limit);
        socket.destroy();
      }
    },
  };
}

async function send(socket: Socket, content: AsyncIterable<Uint8Array>): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0'));
  for await (const chunk of content) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const piece = chunk.subarray(from, from + PIECE_BYTES);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(piece.length);
      await write(socket, Buffer.concat([length, piece]));
    }
  }
  await write(socket, Buffer.alloc(4));
}

/** Waits where the other side is slower; ends when it has gone, as the answer then says why. */
async function write(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed) throw new Error('clamd closed the connection');
  if (!socket.write(bytes)) await once(socket, 'drain');
}

async function answerOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.length > ANSWER_BYTES_MAX) throw new Error('clamd says too much');
    if (text.includes('\0')) break;
  }
  return text.replace(/\0[\s\S]*$/, '').trim();
}

function verdictOf(answer: string): ScanVerdict {
  if (answer === 'stream: OK') return { clean: true };
  if (/^stream: .+ FOUND$/.test(answer)) return { clean: false };
  throw new Error('clamd could not look into the file');
}
