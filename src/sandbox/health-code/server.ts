import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { virtualCode } from '../codes/tray.ts';
import people from '../insurer/people.json' with { type: 'json' };
import { parseJson, readBody, sendJson } from '../serving.ts';

const TOKEN_PATH = '/rest/auth/HealthCard/HealthOpenAuth/AuthObj/getAppToken';
const VERIFY_PATH = '/rest/auth/HealthCard/HealthOpenPlatform/ISVOpenObj/verifyQRCode';

/** Result codes of this virtual platform; the real one's are not public. */
const RESULT = { done: 0, malformed: 1001, signature: 1002, token: 1003, code: 2001, expired: 2002 } as const;

/** The real platform takes signatures this far from its clock; how far is not public. */
const SKEW_MAX_S = 300;

export interface VirtualHealthCodesOptions {
  /** 0 for any free port. Listens on 127.0.0.1 only. */
  readonly port: number;
  readonly appId: string;
  /** Secrets of the sandbox are no secrets. */
  readonly secret: string;
  readonly now?: () => number;
}

export interface VirtualHealthCodes {
  /** What `cards.healthCode.url` takes. */
  readonly url: string;
  /** Makes all tokens invalid, as the real platform does after two hours. */
  forgetTokens(): void;
  close(): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Starts the sandbox's virtual health-card platform on the loopback interface: getAppToken and verifyQRCode for the
 * made-up codes of the sandbox. It stands for another organisation and is never part of the real path.
 */
export async function startVirtualHealthCodes(
  options: VirtualHealthCodesOptions,
): Promise<VirtualHealthCodes> {
  const platform = new Platform(options);
  const server = createServer((request, response) => {
    serve(platform, request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    forgetTokens: () => platform.forgetTokens(),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const body = await readBody(request);
  if (request.method !== 'POST' || ![TOKEN_PATH, VERIFY_PATH].includes(path)) {
    return sendJson(response, 404, '{}');
  }
  sendJson(response, 200, JSON.stringify(platform.answer(path, parseJson(body ?? ''))));
}

class Platform {
  readonly #options: VirtualHealthCodesOptions;
  #generation = 1;

  constructor(options: VirtualHealthCodesOptions) {
    this.#options = options;
  }

  forgetTokens(): void {
    this.#generation += 1;
  }

  answer(path: string, request: unknown): object {
    const { commonIn, req } = fieldsOf(request);
    const common = fieldsOf(commonIn);
    const asked = fieldsOf(req);
    const out = (resultCode: number, errMsg = '', rsp: object = {}) => ({
      commonOut: { requestId: String(common.requestId ?? ''), resultCode, errMsg },
      rsp,
    });
    if (!this.#isSigned(common, asked)) return out(RESULT.signature, '签名错误');
    if (path === TOKEN_PATH) {
      const known = asked.appId === this.#options.appId;
      return known
        ? out(RESULT.done, '', { appToken: this.#token() })
        : out(RESULT.malformed, 'appId 不存在');
    }
    if (common.appToken !== this.#token()) return out(RESULT.token, 'appToken 无效');
    const shown = virtualCode('health-code', String(asked.qrCodeText ?? ''));
    if (!shown) return out(RESULT.code, '二维码不存在');
    if (shown.state === 'expired') return out(RESULT.expired, '二维码已过期');
    return out(RESULT.done, '', holderOf(shown.certno));
  }

  #token(): string {
    return hash('sha256', `${this.#options.secret} ${this.#generation}`, 'hex').slice(0, 32).toUpperCase();
  }

  #isSigned({ sign, ...common }: Fields, req: Fields): boolean {
    const nowS = (this.#options.now ?? Date.now)() / 1_000;
    if (!(Math.abs(Number(common.timestamp) - nowS) <= SKEW_MAX_S)) return false;
    const said = Object.entries({ ...req, ...common }).filter(([, value]) => `${value}`.trim() !== '');
    said.sort(([a], [b]) => (a < b ? -1 : 1));
    const text = said.map(([key, value]) => `${key}=${value}`).join('&');
    return sign === hash('sha256', text + this.#options.secret, 'base64');
  }
}

function holderOf(certno: string): object {
  const person = people.find((each) => each.certno === certno);
  return {
    name: person?.psn_name,
    gender: person?.gend === '1' ? '男' : '女',
    nation: '汉族',
    birthday: person?.brdy,
    phone: '',
    address: '',
    idType: person?.psn_cert_type === '01' ? '01' : '03',
    idNumber: person?.certno,
    healthCardId: '',
    phid: '',
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
