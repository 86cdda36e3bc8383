import type { NhsaConfiguration } from '../../../../schemas/insurer-configuration.ts';
import type { SmEnvelopeConfiguration } from '../../../../schemas/sm-envelope-configuration.ts';
import type { KeptAnswer, Verdict, WireAnswer } from '../../../../src/settlement/port.ts';
import { isRecord } from '../envelope.ts';
import type { Profile } from '../profile.ts';
import { Transport } from '../transport.ts';
import { clean, judgeAnswer, saysSystemFailed } from '../verdict.ts';
import { type Application, applicationOf, open, parseLossless, seal } from './message.ts';
import { publicKeyOf, signingKeyOf } from './sm2.ts';

/** 医保移动支付中心. */
export const MOBILE_PATHS: Readonly<Record<string, string>> = {
  '6201': '/org/local/api/hos/uldFeeInfo',
  '6202': '/org/local/api/hos/pay_order',
  '6203': '/org/local/api/hos/refund_Order',
  '6204': '/org/local/api/hos/sync',
  '6301': '/org/local/api/hos/query_order_info',
  '6401': '/org/local/api/hos/revoke_order',
};

/** 医保电子处方中心. */
export const PRESCRIPTION_PATHS: Readonly<Record<string, string>> = {
  '7101': '/epc/api/fixmedins/uploadChk',
  '7102': '/epc/api/fixmedins/rxFixmedinsSign',
  '7103': '/epc/api/fixmedins/rxFileUpld',
  '7104': '/epc/api/fixmedins/rxUndo',
  '7105': '/epc/api/fixmedins/hospRxDetlQuery',
  '7106': '/epc/api/fixmedins/rxChkInfoQuery',
  '7107': '/epc/api/fixmedins/rxSetlInfoQuery',
  '7211': '/epc/api/fixmedins/circDrugQuery',
};

/** What of a service's configuration is read from files and variables. */
export interface SmSecrets {
  readonly appSecret: string;
  readonly privateKey: string;
}

export interface SmChannelOptions {
  readonly configuration: SmEnvelopeConfiguration;
  readonly secrets: SmSecrets;
  readonly paths: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly systemErrors: readonly string[];
}

/** The ways of their own that a configuration names. `secretsOf` reads their secrets; a wrong key throws. */
export function smChannels(
  configuration: Pick<NhsaConfiguration, 'mobile' | 'prescriptions'>,
  { timeoutMs, systemErrors }: Pick<Profile, 'timeoutMs' | 'systemErrors'>,
  secretsOf: (service: SmEnvelopeConfiguration, name: 'mobile' | 'prescriptions') => SmSecrets,
): SmChannel[] {
  const services = [
    ['mobile', MOBILE_PATHS],
    ['prescriptions', PRESCRIPTION_PATHS],
  ] as const;
  return services.flatMap(([name, paths]) => {
    const service = configuration[name];
    if (!service) return [];
    return new SmChannel({
      configuration: service,
      secrets: secretsOf(service, name),
      paths,
      timeoutMs,
      systemErrors,
    });
  });
}

/**
 * A way of its own for some transactions: inside the SM2/SM4 envelope, each at a path of its own, without a session.
 * Throws where a key is none.
 */
export class SmChannel {
  readonly #application: Application;
  readonly #options: SmChannelOptions;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #transports = new Map<string, Transport>();

  constructor(options: SmChannelOptions) {
    this.#options = options;
    this.#application = readApplication(options);
    this.#paths = new Map(Object.entries({ ...options.paths, ...options.configuration.paths }));
  }

  carries(infno: string): boolean {
    return this.#paths.has(infno);
  }

  /** The body of a request. `input` is JSON text in the nodes of the specification. */
  body(input: string, at: number): Buffer {
    return Buffer.from(seal(flattened(parseLossless(input)), at, this.#application));
  }

  send(infno: string, body: Buffer, signal: AbortSignal): Promise<WireAnswer> {
    return this.#transport(infno).post({}, body, signal);
  }

  /**
   * What an answer proves. Only a signed answer accepts, and only a signed one refuses, unless the configuration says
   * that refusals come without; one whose signature is wrong proves nothing at all.
   */
  judge(answer: KeptAnswer, hide: (text: string) => string): Verdict {
    const { systemErrors, configuration } = this.#options;
    if (answer.status >= 300)
      return judgeAnswer(answer, { successCodes: [], systemErrors: [...systemErrors] }, hide);
    const opened = open(answer.body.toString('utf8'), this.#application);
    if ('fault' in opened) return { kind: 'unknown', reason: opened.fault };

    const { code, message } = opened;
    const reason = clean(hide(message)) || `code ${clean(code)}`;
    if ((configuration.successCodes ?? ['0']).includes(code)) {
      if (!opened.signed) return { kind: 'unknown', reason: '应答没有签名 / the answer is not signed' };
      return { kind: 'accepted', output: nodesOf(opened.data) };
    }
    // The gateway in front of the service, as in front of any other.
    if (!opened.signed && code === '401') return { kind: 'not-run', reason: `医保网关 401 ${reason}` };
    const believed = opened.codeSigned || configuration.unsignedRefusals === true;
    const explicit = /^-?\w{1,20}$/.test(code);
    if (!explicit || !believed || saysSystemFailed(message, systemErrors)) return { kind: 'unknown', reason };
    return { kind: 'refused', reason };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }

  #transport(infno: string): Transport {
    const path = this.#paths.get(infno);
    if (path === undefined) throw new Error(`no path for ${infno}`);
    let transport = this.#transports.get(path);
    if (!transport) {
      const { configuration, timeoutMs } = this.#options;
      transport = new Transport({ url: configuration.url.replace(/\/+$/, '') + path, timeoutMs });
      this.#transports.set(path, transport);
    }
    return transport;
  }
}

function readApplication({ configuration, secrets }: SmChannelOptions): Application {
  const { appId, platformPublicKey } = configuration;
  const signingKey = signingKeyOf(secrets.privateKey);
  if (!signingKey) throw new Error('SM2 私钥应为 32 字节的十六进制或 base64 / privateKey is no SM2 key');
  const platformKey = publicKeyOf(platformPublicKey);
  if (!platformKey) throw new Error('平台公钥不是 SM2 公钥 / platformPublicKey is no SM2 key');
  return applicationOf({ appId, appSecret: secrets.appSecret, signingKey, platformKey }, configuration);
}

/** The fields of the node `data` stand directly in the message, its other nodes beside them. */
function flattened(input: unknown): unknown {
  if (!isRecord(input) || !isRecord(input.data)) return input;
  const { data, ...others } = input;
  return { ...(data as object), ...others };
}

/** The way back: everything belongs to the node `data`. */
function nodesOf(data: unknown): unknown {
  if (!isRecord(data)) return {};
  return isRecord(data.data) ? data : { data };
}
