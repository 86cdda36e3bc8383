import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { parse, stringify } from 'lossless-json';
import { chinaDigits } from '../../clock.ts';
import type { UploadedFile } from './files.ts';
import type { Signing } from './port.ts';

/** A request as it came; a number is a `LosslessNumber`, which keeps its source text. */
export interface Request {
  readonly infno: string;
  readonly msgid: string;
  readonly area: string;
  readonly insuredPlace: string;
  readonly opter: string;
  readonly institution: string;
  readonly institutionName: string;
  readonly signNo: string;
  readonly input: unknown;
  /** Whether whoever is to pay by telephone takes their time. */
  readonly patientPaysLater?: boolean;
  /** The file that came with it: 9101. */
  readonly file?: UploadedFile;
}

/** A business refusal, in the words of err_msg. */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** A signature older or younger than this is refused. */
const SIGNATURE_AGE_MAX_MS = 30 * 60_000;

/**
 * Checks a gateway signature (TIF: SHA-256 of timestamp, secret, nonce, timestamp; CSB: HMAC-SHA1 of the sorted
 * headers). Answers the words of the refusal.
 */
export function signatureFault(
  headers: IncomingHttpHeaders,
  signing: Signing,
  now: number,
): string | undefined {
  if (signing.kind === 'none') return undefined;
  const of = (name: string) => String(headers[name] ?? '');
  if (signing.kind === 'plain') {
    if (!of('apikey')) return '缺少服务网关的请求头!';
    return same(signing.secret, of('apikey')) ? undefined : '非法用户!';
  }
  if (signing.kind === 'tif') {
    const [id, timestamp, nonce, signature] = [
      of('x-tif-paasid'),
      of('x-tif-timestamp'),
      of('x-tif-nonce'),
      of('x-tif-signature'),
    ];
    if (!id || !timestamp || !nonce || !signature) return '缺少服务网关的请求头!';
    if (!(Math.abs(Number(timestamp) * 1_000 - now) <= SIGNATURE_AGE_MAX_MS)) return '签名时间戳超时!';
    if (id !== signing.paasId) return '非法用户!';
    const expected = createHash('sha256')
      .update(timestamp + signing.secret + nonce + timestamp)
      .digest('hex');
    return same(expected, signature) ? undefined : '签名不一致!';
  }
  const names = ['_api_access_key', '_api_name', '_api_timestamp', '_api_version'];
  if (!of('_api_signature') || names.some((name) => !of(name))) return '缺少服务网关的请求头!';
  if (!(Math.abs(Number(of('_api_timestamp')) - now) <= SIGNATURE_AGE_MAX_MS)) return '签名时间戳超时!';
  if (of('_api_access_key') !== signing.accessKey) return '非法用户!';
  const text = names.map((name) => `${name}=${of(name)}`).join('&');
  const expected = createHmac('sha1', signing.secret).update(text).digest('base64');
  return same(expected, of('_api_signature')) ? undefined : '签名不一致!';
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Spellings that provinces have of fields of the request envelope. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  mdtrtarea_admvs: ['mdtrtarea_admdvs'],
  dev_no: ['devNo'],
  dev_safe_info: ['dev_safeInfo'],
};

/** Length and whether it is required, of each field of the request envelope (接口规范 表 2). */
const FIELDS: Readonly<Record<string, readonly [lengthMax: number, required: boolean]>> = {
  infno: [6, true],
  msgid: [30, true],
  mdtrtarea_admvs: [6, true],
  insuplc_admdvs: [6, false],
  recer_sys_code: [10, true],
  dev_no: [100, false],
  dev_safe_info: [2000, false],
  cainfo: [1024, false],
  signtype: [10, false],
  infver: [6, true],
  opter_type: [3, true],
  opter: [30, true],
  opter_name: [50, true],
  inf_time: [19, true],
  fixmedins_code: [12, true],
  fixmedins_name: [200, true],
  sign_no: [30, false],
};

const MSGID = /^[A-Z]\d{11}\d{14}\d{4}$/;

/** Reads and checks a request envelope; throws a `Refusal` that names the field. */
export function readRequest(text: string): Request {
  let body: unknown;
  try {
    body = parse(text);
  } catch {
    throw new Refusal('报文不是有效的JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal('报文格式错误');
  const record = spelledOut(body as Record<string, unknown>);
  for (const [field, [lengthMax, required]] of Object.entries(FIELDS)) {
    const value = record[field] ?? '';
    if (typeof value !== 'string') throw new Refusal(`报文头 ${field} 应为字符串`);
    if (required && value === '') throw new Refusal(`报文头 ${field} 不能为空`);
    if (value.length > lengthMax) throw new Refusal(`报文头 ${field} 超长`);
  }
  const of = (field: string) => String(record[field] ?? '');
  if (!MSGID.test(of('msgid')) || !of('msgid').startsWith(of('fixmedins_code')))
    throw new Refusal('msgid 格式错误');
  return {
    infno: of('infno'),
    msgid: of('msgid'),
    area: of('mdtrtarea_admvs'),
    insuredPlace: of('insuplc_admdvs'),
    opter: of('opter'),
    institution: of('fixmedins_code'),
    institutionName: of('fixmedins_name'),
    signNo: of('sign_no'),
    input: inputOf(record.input),
  };
}

/** A request with the spellings of 表 2; the text "null" is how some write an empty value. */
function spelledOut(body: Record<string, unknown>): Record<string, unknown> {
  const record = Object.fromEntries(
    Object.entries(body).map(([field, value]) => [field, value === 'null' ? '' : value]),
  );
  for (const [field, spellings] of Object.entries(SPELLINGS)) {
    record[field] ??= spellings.map((spelling) => record[spelling]).find((value) => value !== undefined);
  }
  return record;
}

/** `input` is an object, or where the caller's province has it so, JSON text. */
function inputOf(input: unknown): unknown {
  if (typeof input !== 'string') return input ?? {};
  try {
    return parse(input);
  } catch {
    throw new Refusal('input 不是有效的JSON');
  }
}

export interface Answer {
  readonly output: unknown;
  /** Empty for success. */
  readonly refusal: string;
}

/** Writes an answer envelope (接口规范 表 3). `serial` counts the platform's own messages. */
export function writeAnswer(
  answer: Answer,
  area: string,
  serial: number,
  receivedAt: number,
  now: number,
): string {
  const time = chinaDigits(now);
  const envelope = {
    infcode: answer.refusal ? -1 : 0,
    inf_refmsgid: (area || '000000') + time.slice(0, 14) + String(serial % 1e10).padStart(10, '0'),
    refmsg_time: chinaDigits(receivedAt).slice(0, 17),
    respond_time: time.slice(0, 17),
    err_msg: answer.refusal,
    warn_msg: '沙箱 / sandbox',
    cainfo: '',
    signtype: '',
    output: answer.output,
  };
  return stringify(envelope) ?? '';
}
