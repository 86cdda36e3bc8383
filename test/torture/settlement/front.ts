import { connect, createServer, type Socket } from 'node:net';
import { type Step, TRANSACTIONS } from './steps.ts';

/** A line in front of the insurer that tells when a chosen step of an exchange is reached. */
export interface Front {
  readonly port: number;
  /** The next exchange of the step's transaction stops there; `reached` is told, once. */
  arm(step: Step): void;
}

/** Requests are small; nobody sends more. */
const REQUEST_BYTES_MAX = 1024 * 1024;

export function startFront(insurerPort: number, reached: (step: Step) => void): Promise<Front> {
  let armed: Step | undefined;
  const take = (transaction: string | undefined) => {
    if (!armed || TRANSACTIONS[armed.flow] !== transaction) return undefined;
    const step = armed;
    armed = undefined;
    return step;
  };
  // An exchange that broke off before it came to the step leaves it to the next.
  const giveBack = (step: Step) => {
    armed ??= step;
  };
  const server = createServer((gateway) =>
    serve(gateway, connect(insurerPort, '127.0.0.1'), { take, giveBack, reached }),
  );
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({
        port,
        arm(step) {
          armed = step;
        },
      });
    });
  });
}

interface Watch {
  /** The armed step, where it is one of this transaction's. */
  take(transaction: string | undefined): Step | undefined;
  giveBack(step: Step): void;
  reached(step: Step): void;
}

function serve(gateway: Socket, insurer: Socket, { take, giveBack, reached }: Watch): void {
  let request: Buffer = Buffer.alloc(0);
  let awaited: Step | undefined;
  for (const [socket, other] of [
    [gateway, insurer],
    [insurer, gateway],
  ] as const) {
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      other.destroySoon();
      if (awaited) giveBack(awaited);
      awaited = undefined;
    });
  }
  gateway.on('data', (chunk) => {
    request = Buffer.concat([request, chunk]);
    if (!isWhole(request)) return;
    const step = take(/"infno":"(\w+)"/.exec(request.toString('latin1'))?.[1]);
    const bytes = request;
    request = Buffer.alloc(0);
    if (step?.moment === 'journaled') return reached(step);
    insurer.write(bytes, () => {
      if (step?.moment === 'sent') reached(step);
    });
    if (step?.moment !== 'sent') awaited = step;
  });
  insurer.on('data', (chunk) => {
    const step = awaited;
    awaited = undefined;
    if (step?.moment === 'acted') return reached(step);
    gateway.write(chunk, () => {
      if (step) reached(step);
    });
  });
}

/** Whether all of a request is there; a gateway sends the next only when it has the answer. */
function isWhole(bytes: Buffer): boolean {
  if (bytes.length > REQUEST_BYTES_MAX) return true;
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1] ?? '0';
  return bytes.length >= end + 4 + Number(length);
}
