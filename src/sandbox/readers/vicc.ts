import { once } from 'node:events';
import { connect } from 'node:net';
import type { VirtualCard } from '../port.ts';

/** A virtual card that has dialled in to a virtual reader. */
export interface DialledCard {
  /** Resolves when the connection is gone, whoever ended it; never rejects. */
  readonly ended: Promise<void>;
  /** Takes the card away. */
  remove(): Promise<void>;
}

/** What a reader says with a single byte; power off, 00, needs no doing. */
const ON = 0x01;
const RESET = 0x02;
const ATR = 0x04;

const LENGTH_BYTES = 2;

/**
 * Dials in to a virtual reader as the virtual card of vsmartcard does: to the gateway's own, or to Debian's
 * vsmartcard-vpcd, through which every PC/SC program sees the card. Throws where nobody listens.
 */
export async function dialIn(card: VirtualCard, host: string, port: number): Promise<DialledCard> {
  const socket = connect({ host, port, noDelay: true });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  // An 'error' nobody listens to would end the process; 'close' always follows it.
  socket.on('error', () => {});
  const answer = answering(card);
  let held: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    held = Buffer.concat([held, bytes]);
    // A length of two bytes bounds what is held.
    while (held.length >= LENGTH_BYTES && held.length >= LENGTH_BYTES + held.readUInt16BE(0)) {
      const end = LENGTH_BYTES + held.readUInt16BE(0);
      const reply = answer(Buffer.from(held.subarray(LENGTH_BYTES, end)));
      if (reply) socket.write(messageOf(reply));
      held = held.subarray(end);
    }
  });
  const remove = async () => {
    socket.destroy();
    await ended;
  };
  return { ended, remove };
}

/** PC/SC asks for the answer to reset several times a second, to see whether the card is there: no reason to reset it. */
function answering(card: VirtualCard): (body: Buffer) => Buffer | undefined {
  let atr: Buffer | undefined;
  return (body) => {
    if (body.length > 1) return card.command(body);
    if (body[0] === ON || body[0] === RESET) atr = card.reset();
    if (body[0] !== ATR) return undefined;
    atr ??= card.reset();
    return atr;
  };
}

function messageOf(body: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16BE(body.length, 0);
  return Buffer.concat([length, body]);
}
