import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Misbehaviours } from '../insurer/misbehaviour.ts';
import type { Misbehaviour } from '../insurer/port.ts';
import { readBody } from '../serving.ts';

/** A virtual service without its wire. */
export interface Business {
  /** The operation that a request asks for; nothing where it can't be read. */
  operationOf(body: string): string | undefined;
  /** Does what is asked, all of it or nothing, and answers. */
  act(body: string): string;
  /** The same answer as a service would give it that has mixed up its amounts. */
  tampered(answer: string): string;
  /** A refusal in these words. */
  refusal(words: string): string;
}

export interface VirtualService {
  readonly url: string;
  misbehave(misbehaviour: Misbehaviour): void;
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** 0 for any free port. Listens on 127.0.0.1 only. */
  readonly port: number;
  readonly path: string;
  readonly contentType: string;
}

/** Starts a virtual web service of the sandbox on the loopback interface, as ill-behaved as it is told to be. */
export async function startVirtualService(
  business: Business,
  options: ServiceOptions,
): Promise<VirtualService> {
  const misbehaviours = new Misbehaviours();
  const desk = new Desk(business, misbehaviours, options);
  const server = createServer((request, response) => {
    desk.serve(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${options.path}`,
    misbehave: (misbehaviour) => misbehaviours.add(misbehaviour),
    async close() {
      desk.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const RUBBISH = '\u0000<!-- <result>';
const BAD_GATEWAY = '<html>Bad Gateway</html>';

class Desk {
  readonly #business: Business;
  readonly #misbehaviours: Misbehaviours;
  readonly #options: ServiceOptions;
  readonly #waiting = new Set<() => void>();

  constructor(business: Business, misbehaviours: Misbehaviours, options: ServiceOptions) {
    this.#business = business;
    this.#misbehaviours = misbehaviours;
    this.#options = options;
  }

  /** Lets go of everybody who is kept waiting. */
  close(): void {
    for (const give of this.#waiting) give();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (request.method !== 'POST' || request.url?.split('?')[0] !== this.#options.path) {
      return this.#send(response, 404, 'not found');
    }
    if (body === undefined) return this.#send(response, 413, 'too large');
    const operation = this.#business.operationOf(body);
    const misbehaviour = operation === undefined ? undefined : this.#misbehaviours.take(operation);
    switch (misbehaviour?.kind) {
      case '401-before':
        return this.#send(response, 401, 'unauthorized');
      case '5xx-before':
        return this.#send(response, 502, BAD_GATEWAY);
      case 'lose-request':
        response.destroy();
        return;
      case 'refuse':
        return this.#send(response, 200, this.#business.refusal('沙箱按要求拒绝了这笔业务'));
      case 'act-late':
        // The caller may be gone by then; a slow service acts all the same.
        await this.#wait(misbehaviour.delayMs ?? 0);
    }
    await this.#hand(this.#business.act(body), misbehaviour, response);
  }

  /** Hands over an answer to what has been done. */
  async #hand(
    answer: string,
    misbehaviour: Misbehaviour | undefined,
    response: ServerResponse,
  ): Promise<void> {
    switch (misbehaviour?.kind) {
      case 'lose-answer':
        response.destroy();
        return;
      case 'rubbish':
        return this.#send(response, 200, RUBBISH);
      case 'system-error':
        return this.#send(response, 200, this.#business.refusal('系统异常'));
      case '5xx-after':
        return this.#send(response, 502, BAD_GATEWAY);
      case 'truncate':
        response.writeHead(200, { ...this.#headers(), 'content-length': Buffer.byteLength(answer) });
        response.write(answer.slice(0, answer.length / 2), () => response.destroy());
        return;
      case 'answer-twice':
        response.once('finish', () => response.socket?.write(`HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`));
        return this.#send(response, 200, answer);
      case 'wrong-amounts':
        return this.#send(response, 200, this.#business.tampered(answer));
      case 'delay':
        await this.#wait(misbehaviour.delayMs ?? 0);
    }
    this.#send(response, 200, answer);
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer);
        this.#waiting.delete(over);
        resolve();
      };
      const timer = setTimeout(over, delayMs);
      this.#waiting.add(over);
    });
  }

  #send(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { ...this.#headers(), 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }

  #headers() {
    return { 'content-type': this.#options.contentType, 'x-yikatong-sandbox': '1' };
  }
}
