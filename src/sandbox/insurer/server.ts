import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../clock.ts';
import { HEADERS, parseJson, readBody, sendJson } from '../serving.ts';
import { VirtualCentres } from './centres.ts';
import { type Answer, type Request, writeAnswer } from './envelope.ts';
import { FileContent, readMultipart, type UploadedFile } from './files.ts';
import { Misbehaviours, readMisbehaviour } from './misbehaviour.ts';
import { tampered, VirtualPlatform } from './platform.ts';
import type { InsurerObserver, Misbehaviour, VirtualInsurer, VirtualInsurerOptions } from './port.ts';
import { Swap } from './swap.ts';

export type { VirtualInsurer } from './port.ts';

/** Where the national platform has its one entry point. */
const PATH = '/fsi/api/rsfComIfsService/callService';
/** Below it, where a province has no single one, each transaction has its own. */
const PREFIX = '/fsi/api/';

/**
 * Starts a virtual national platform on the loopback interface. Transactions are posted to `url`;
 * `POST /sandbox/misbehave` and `GET /sandbox/ledger` steer and show it.
 */
export async function startVirtualInsurer(options: VirtualInsurerOptions): Promise<VirtualInsurer> {
  const clock = options.clock ?? systemClock;
  const platform = new VirtualPlatform({
    file: options.file,
    specification: options.specification,
    signing: options.signing ?? { kind: 'none' },
    clock,
    catalogues: options.catalogues,
  });
  const misbehaviours = new Misbehaviours();
  const centres = options.envelope && new VirtualCentres(options.envelope);
  const desk = new Desk(platform, misbehaviours, centres, () => clock.now(), options.observer);
  const server = createServer((request, response) => {
    desk.serve(request, response).catch((error: unknown) => {
      // A caller that hung up, or a fault of the sandbox: the next request is served all the same.
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, JSON.stringify({ code: 500, message: String(error) }));
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const close = async () => {
    desk.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    platform.close();
  };
  let closed: Promise<void> | undefined;
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    misbehave: (misbehaviour) => misbehaviours.add(misbehaviour),
    misbehaving: () => misbehaviours.list(),
    behave: (which) => misbehaviours.clear(which),
    ledger: () => platform.ledger(),
    orders: () => platform.orders(),
    tamper: (change) => platform.tamper(change),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Takes requests in and hands answers out, as well or as badly as it was told to. */
class Desk {
  readonly #platform: VirtualPlatform;
  readonly #misbehaviours: Misbehaviours;
  readonly #centres: VirtualCentres | undefined;
  readonly #now: () => number;
  readonly #observer: InsurerObserver | undefined;
  readonly #swap = new Swap();
  readonly #closing = new AbortController();

  constructor(
    platform: VirtualPlatform,
    misbehaviours: Misbehaviours,
    centres: VirtualCentres | undefined,
    now: () => number,
    observer: InsurerObserver | undefined,
  ) {
    this.#platform = platform;
    this.#centres = centres;
    this.#misbehaviours = misbehaviours;
    this.#now = now;
    this.#observer = observer;
  }

  close(): void {
    this.#closing.abort();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    if (request.method === 'GET' && path === '/sandbox/ledger') {
      return sendJson(response, 200, JSON.stringify({ settlements: this.#platform.ledger() }));
    }
    if (request.method !== 'POST') return sendJson(response, 404, '{"code":404,"message":"not found"}');
    if (path === PATH && request.headers['content-type']?.startsWith('multipart/')) {
      const parts = await readMultipart(request);
      if (!parts) return sendJson(response, 400, '{"code":400,"message":"jsonStr, file"}');
      return this.#transact(request, response, parts.envelope, parts.file);
    }
    const body = await readBody(request);
    if (body === undefined) return sendJson(response, 413, '{"code":413,"message":"too large"}');
    if (path === '/sandbox/misbehave') return this.#misbehave(request, response, body);
    const infno = this.#centres?.transactionAt(path);
    if (this.#centres && infno) return this.#transactSealed(this.#centres, infno, response, body);
    if (!path?.startsWith(PREFIX)) return sendJson(response, 404, '{"code":404,"message":"not found"}');
    return this.#transact(request, response, body);
  }

  #misbehave(request: IncomingMessage, response: ServerResponse, body: string): void {
    // A page in somebody's browser can't post JSON here without asking first.
    const json = request.headers['content-type']?.startsWith('application/json');
    const misbehaviour = json ? readMisbehaviour(parseJson(body)) : undefined;
    if (misbehaviour) {
      this.#misbehaviours.add(misbehaviour);
      sendJson(response, 202, JSON.stringify(misbehaviour));
    } else {
      sendJson(response, 400, '{"code":400,"message":"{infno?, kind, times?, delayMs?}"}');
    }
  }

  async #transact(
    incoming: IncomingMessage,
    response: ServerResponse,
    body: string,
    file?: UploadedFile,
  ): Promise<void> {
    const receivedAt = this.#now();
    response.setHeader('date', new Date(receivedAt).toUTCString());
    const request = this.#platform.read(body, file);
    const infno = 'infno' in request ? request.infno : '';
    const misbehaviour = infno === '' ? undefined : this.#misbehaviours.take(infno);
    if (misbehaviour) this.#observer?.misbehaved(infno, misbehaviour.kind);
    const gatewayRefusal =
      misbehaviour?.kind === '401-before' ? '签名不一致!' : this.#platform.gatewayRefusal(incoming.headers);
    if (gatewayRefusal)
      return sendJson(response, 200, JSON.stringify({ code: 401, message: gatewayRefusal }));
    if (await this.#failBefore(misbehaviour, response)) return;
    const answer = this.#answer(request, misbehaviour);
    if (answer.output instanceof FileContent) return handFile(answer.output, misbehaviour, response);
    const area = 'infno' in request ? request.area : '';
    const text = writeAnswer(answer, area, this.#platform.nextSerial(), receivedAt, this.#now());
    // A refusal does not say which request it answers: mixed up with another's, it could deceive anybody.
    if (misbehaviour?.kind === 'swap-answers' && answer.refusal === '') {
      const own = this.#wait(misbehaviour.delayMs ?? 0);
      sendJson(response, 200, await this.#swap.partner(infno, text, own));
      return;
    }
    await this.#hand(text, misbehaviour, response);
  }

  /** A transaction in the envelope of one of the centres. */
  async #transactSealed(
    centres: VirtualCentres,
    infno: string,
    response: ServerResponse,
    body: string,
  ): Promise<void> {
    const misbehaviour = this.#misbehaviours.take(infno);
    if (misbehaviour?.kind === '401-before') {
      return sendJson(response, 200, JSON.stringify({ code: 401, message: '签名不一致!' }));
    }
    if (await this.#failBefore(misbehaviour, response)) return;
    const request = centres.read(body);
    const later = misbehaviour?.kind === 'pay-later';
    const answer =
      'input' in request
        ? this.#misbehaving({ infno, input: request.input }, misbehaviour, () =>
            this.#platform.actSealed(infno, request.input, later),
          )
        : request;
    const encrypted = 'input' in request && request.encrypted;
    await this.#hand(centres.write(answer, encrypted, this.#now(), misbehaviour), misbehaviour, response);
  }

  /** True when the request goes no further. */
  async #failBefore(misbehaviour: Misbehaviour | undefined, response: ServerResponse): Promise<boolean> {
    switch (misbehaviour?.kind) {
      case 'lose-request':
        response.destroy();
        return true;
      case '5xx-before':
        sendJson(response, 502, '<html>Bad Gateway</html>');
        return true;
      case 'act-late':
        // The caller may be gone by then; a slow platform acts all the same.
        return !(await this.#wait(misbehaviour.delayMs ?? 0));
      default:
        return false;
    }
  }

  #answer(request: Request | Answer, misbehaviour: Misbehaviour | undefined): Answer {
    if (!('infno' in request)) return request;
    return this.#misbehaving(request, misbehaviour, () => this.#platform.act(request));
  }

  #misbehaving(
    { infno, input }: { readonly infno: string; readonly input: unknown },
    misbehaviour: Misbehaviour | undefined,
    act: () => Answer,
  ): Answer {
    if (misbehaviour?.kind === 'refuse') return { output: {}, refusal: '沙箱按要求拒绝了这笔业务' };
    const answer = act();
    this.#observer?.acted(infno, input);
    switch (misbehaviour?.kind) {
      case 'system-error':
        return { output: {}, refusal: '系统异常' };
      case 'wrong-msgid':
      case 'wrong-amounts':
        return tampered(answer, misbehaviour.kind);
      default:
        return answer;
    }
  }

  /** Hands over an answer to what has been done. */
  async #hand(text: string, misbehaviour: Misbehaviour | undefined, response: ServerResponse): Promise<void> {
    switch (misbehaviour?.kind) {
      case 'lose-answer':
        response.destroy();
        return;
      case 'rubbish':
        sendJson(response, 200, '\u0000<!-- {"infcode":');
        return;
      case '5xx-after':
        sendJson(response, 502, '<html>Bad Gateway</html>');
        return;
      case 'truncate':
        response.writeHead(200, { ...HEADERS, 'content-length': Buffer.byteLength(text) });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
        return;
      case 'answer-twice':
        response.once('finish', () => response.socket?.write(rawAnswer(text)));
        sendJson(response, 200, text);
        return;
      case 'delay':
        if (await this.#wait(misbehaviour.delayMs ?? 0)) sendJson(response, 200, text);
        return;
      default:
        sendJson(response, 200, text);
    }
  }

  /** False when the platform was closed meanwhile. */
  #wait(delayMs: number): Promise<boolean> {
    const { signal } = this.#closing;
    return new Promise((resolve) => {
      const closed = () => {
        clearTimeout(timer);
        resolve(false);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', closed);
        resolve(true);
      }, delayMs);
      signal.addEventListener('abort', closed, { once: true });
    });
  }
}

/** A file goes without an envelope; cut in the middle where it is to be truncated. */
function handFile(
  { bytes }: FileContent,
  misbehaviour: Misbehaviour | undefined,
  response: ServerResponse,
): void {
  if (misbehaviour?.kind === 'lose-answer') return void response.destroy();
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'application/octet-stream',
    'content-length': bytes.length,
  });
  if (misbehaviour?.kind !== 'truncate') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function rawAnswer(text: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
