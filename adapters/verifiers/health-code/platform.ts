import type { HealthCodeConfiguration } from '../../../schemas/configuration.ts';
import type { CodeContext, CodeHolder, CodeVerifier } from '../../../src/card/port.ts';
import { type Clock, chinaDateTime, type Ids } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { answerOf, JsonPost, objectOf } from '../json-post.ts';
import { type Parameters, signatureOf } from './signature.ts';

const TOKEN_PATH = '/rest/auth/HealthCard/HealthOpenAuth/AuthObj/getAppToken';
const VERIFY_PATH = '/rest/auth/HealthCard/HealthOpenPlatform/ISVOpenObj/verifyQRCode';

/** An appToken is good for two hours. */
const TOKEN_KEPT_MS = 110 * 60_000;

/** 当日挂号, and 人工窗口: codes of the platform's own dictionaries. */
const MEDICAL_STEP = '0101012';
const WINDOW = '0100';

/** Documents by the codes of WS 364.3 CV02.01.101; any other is told as such. */
const DOCUMENTS: ReadonlyMap<string, CodeHolder['documentType']> = new Map([
  ['01', 'resident-id'],
  // 居民户口簿: has the same number.
  ['02', 'resident-id'],
  ['03', 'passport'],
]);

export interface HealthCodeParts {
  readonly configuration: HealthCodeConfiguration;
  /** Already read; without it requests go unsigned. */
  readonly secret: string | undefined;
  readonly hospital: { readonly code: string; readonly name: string };
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The health-code platform as one asks it, and lets go of it. */
export interface HealthCodePlatform extends CodeVerifier {
  close(): Promise<void>;
}

/**
 * verifyQRCode of the health-card open platform. Signs in by application id when it has no token, and once more where
 * the platform no longer knows the one it has. Faults: `code.refused` with the platform's result code in facts.answer;
 * `code.unreachable`.
 */
export function healthCodePlatform(parts: HealthCodeParts): HealthCodePlatform {
  return new Platform(parts);
}

interface Answered {
  readonly resultCode: unknown;
  readonly isTokenTrouble: boolean;
  readonly rsp: Readonly<Record<string, unknown>>;
}

class Platform implements HealthCodePlatform {
  readonly kind = 'health-code';
  readonly #parts: HealthCodeParts;
  readonly #service: JsonPost;
  #token: { readonly text: string; readonly until: number } | undefined;

  constructor(parts: HealthCodeParts) {
    this.#parts = parts;
    this.#service = new JsonPost(parts.configuration.url);
  }

  async verify(code: string, { signal }: CodeContext) {
    const answered = await this.#verified(code, signal);
    if (!isZero(answered.resultCode)) throw refused(answered.resultCode);
    return { holder: holderOf(answered.rsp), verifiedBy: 'health-code-service' as const };
  }

  close(): Promise<void> {
    return this.#service.close();
  }

  async #verified(code: string, signal: AbortSignal): Promise<Answered> {
    const hadToken = this.#freshToken() !== undefined;
    const answered = await this.#ask(VERIFY_PATH, this.#request(code), signal, await this.#signedIn(signal));
    if (!answered.isTokenTrouble || !hadToken) return answered;
    this.#token = undefined;
    return this.#ask(VERIFY_PATH, this.#request(code), signal, await this.#signedIn(signal));
  }

  #request(code: string): Parameters {
    const { configuration, hospital, clock } = this.#parts;
    return {
      qrCodeText: code,
      time: chinaDateTime(clock.now()),
      medicalStep: configuration.medicalStep ?? MEDICAL_STEP,
      useChannel: configuration.useChannel ?? WINDOW,
      hospitalCode: hospital.code,
      hospitalName: hospital.name,
      ...(configuration.terminalId === undefined ? {} : { terminalId: configuration.terminalId }),
    };
  }

  #freshToken(): string | undefined {
    return this.#token && this.#token.until > this.#parts.clock.now() ? this.#token.text : undefined;
  }

  async #signedIn(signal: AbortSignal): Promise<string> {
    const fresh = this.#freshToken();
    if (fresh !== undefined) return fresh;
    const { configuration, clock } = this.#parts;
    const { resultCode, rsp } = await this.#ask(TOKEN_PATH, { appId: configuration.appId }, signal);
    const text = rsp.appToken;
    if (!isZero(resultCode) || typeof text !== 'string' || text === '') {
      const detail = `the platform gave no appToken: ${answerOf(resultCode)}`;
      throw new Fault('code.unreachable', { detail });
    }
    this.#token = { text, until: clock.now() + TOKEN_KEPT_MS };
    return text;
  }

  async #ask(path: string, req: Parameters, signal: AbortSignal, appToken?: string): Promise<Answered> {
    const { configuration, secret, hospital, clock, ids } = this.#parts;
    const commonIn: Parameters = {
      requestId: ids.next(),
      hospitalId: configuration.hospitalId ?? hospital.code,
      timestamp: String(Math.floor(clock.now() / 1_000)),
      ...(appToken === undefined ? {} : { channelNum: 0, appToken }),
    };
    const sign = secret === undefined ? {} : { sign: signatureOf({ ...req, ...commonIn }, secret) };
    const answer = await this.#service.post(path, { commonIn: { ...commonIn, ...sign }, req }, signal);
    const { resultCode, errMsg } = objectOf(answer.commonOut) ?? {};
    return {
      resultCode,
      isTokenTrouble: !isZero(resultCode) && /token/i.test(String(errMsg)),
      rsp: objectOf(answer.rsp) ?? {},
    };
  }
}

function isZero(resultCode: unknown): boolean {
  return resultCode === 0 || resultCode === '0';
}

function refused(resultCode: unknown): Fault {
  return new Fault('code.refused', { facts: { answer: answerOf(resultCode) } });
}

function holderOf(rsp: Readonly<Record<string, unknown>>): CodeHolder {
  const text = (field: string) => (typeof rsp[field] === 'string' ? rsp[field].trim() : '');
  return {
    documentType: DOCUMENTS.get(text('idType')) ?? 'other',
    number: text('idNumber'),
    name: text('name'),
    sex: text('gender'),
    birthDate: text('birthday'),
  };
}
