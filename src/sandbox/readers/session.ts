import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { Misbehaviour } from './misbehaviour.ts';
import { PacedLine, type Pacing } from './pacing.ts';

/** On a paced line the host sees an answer grow, as through a serial chip's FIFO. */
const PACED_PIECE_BYTES = 64;

export interface SessionParts {
  /** Takes bytes as they come; answers the frames they bring about. */
  receive(bytes: Buffer, nowMs: number): Buffer[];
  /** What is done to the next answer, once. */
  nextMisbehaviour(): Misbehaviour | undefined;
  /** Told of all bytes that pass, in either direction. */
  onBytes(count: number): void;
  readonly pacing: Pacing | undefined;
}

/** Lets a device talk over the stream until it ends; the host's next bytes wait until it has answered. */
export async function serve(stream: Duplex, parts: SessionParts): Promise<void> {
  const line = parts.pacing && new PacedLine(parts.pacing);
  const send = async (bytes: Buffer) => {
    parts.onBytes(bytes.length);
    const pieceBytes = line ? PACED_PIECE_BYTES : Math.max(1, bytes.length);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      await line?.pass(piece.length);
      stream.write(piece);
    }
  };
  // An 'error' nobody listens to would end the process; the loop below ends with the stream.
  stream.on('error', () => {});
  try {
    for await (const chunk of stream) {
      parts.onBytes(chunk.length);
      line?.receive();
      await line?.pass(chunk.length);
      for (const answer of parts.receive(chunk, performance.now())) {
        const misbehave = parts.nextMisbehaviour();
        if (!misbehave) {
          await send(answer);
          continue;
        }
        const changed = await misbehave(answer);
        line?.begin();
        await send(changed);
      }
    }
  } catch (error) {
    if (!stream.destroyed) throw error;
  } finally {
    stream.destroy();
  }
}
