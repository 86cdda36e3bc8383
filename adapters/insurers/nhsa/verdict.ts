import { maskName, maskText } from '../../../src/access/masking.ts';
import type { KeptAnswer, Verdict } from '../../../src/settlement/port.ts';
import { isRecord, readEnvelope, textOf } from './envelope.ts';
import { parseExactly } from './exact-json.ts';
import type { Profile } from './profile.ts';

/**
 * HTTP's own refusals: whoever answers so has not handed the request on. 408 and everything else prove nothing.
 */
const NOT_HANDED_ON: ReadonlySet<number> = new Set([401, 403, 404, 405, 413, 415, 429]);

const REASON_LENGTH_MAX = 300;

/**
 * What an answer proves (接口规范 表 3, and the gateway's refusals). Only an infcode of the province is success, be it a
 * number or text, and only a negative infcode without a sign of a failing system is a refusal; anything else stays
 * unknown. `hide` masks what is known to be personal in a text of the platform.
 */
export function judgeAnswer(
  answer: KeptAnswer,
  { successCodes, systemErrors }: Pick<Profile, 'successCodes' | 'systemErrors'>,
  hide: (text: string) => string,
): Verdict {
  const text = answer.body.toString('utf8');
  const envelope = answer.status < 300 ? readEnvelope(text) : undefined;
  if (!envelope) return judgeOther(answer.status, text);

  const { infcode, theirId, message, output } = envelope;
  if (successCodes.includes(infcode)) {
    return { kind: 'accepted', output, ...(theirId ? { theirId } : {}) };
  }
  const reason = clean(hide(message)) || `infcode ${clean(infcode)}`;
  if (!/^-\d{1,9}$/.test(infcode)) return { kind: 'unknown', reason: `infcode ${clean(infcode)}: ${reason}` };
  return { kind: saysSystemFailed(message, systemErrors) ? 'unknown' : 'refused', reason };
}

/** Whether a message is a failing system's rather than a refusal; one that says nothing may be. */
export function saysSystemFailed(message: string, systemErrors: readonly string[]): boolean {
  const lower = message.toLowerCase();
  return message === '' || systemErrors.some((word) => lower.includes(word.toLowerCase()));
}

/** Whether the gateway refused an answer's request because its signature bore a time too far from its own. */
export function isSignatureTooOld({ status, body }: KeptAnswer): boolean {
  if (body.length > REFUSAL_BYTES_MAX || status >= 500) return false;
  const verdict = judgeOther(status, body.toString('utf8'));
  return verdict.kind === 'not-run' && verdict.reason.includes(TOO_OLD);
}

const TOO_OLD = '签名时间戳超时';
/** A gateway's refusal is a line. */
const REFUSAL_BYTES_MAX = 2_000;

/** An answer that is no envelope: the gateway's refusal, HTTP's, or nothing one can rely on. */
function judgeOther(status: number, text: string): Verdict {
  const body = parseExactly(text);
  const refusal = isRecord(body) && !Object.hasOwn(body, 'infcode') && textOf(body.code) === '401';
  if (refusal && status < 500) {
    return { kind: 'not-run', reason: `医保网关 401 ${clean(textOf(body.message))}`.trim() };
  }
  if (NOT_HANDED_ON.has(status)) return { kind: 'not-run', reason: `HTTP ${status}` };
  if (status >= 300) return { kind: 'unknown', reason: `HTTP ${status}` };
  return { kind: 'unknown', reason: '应答无法识别 / the answer cannot be read' };
}

/** Bounded, on one line, long numbers masked. */
export function clean(text: string): string {
  return maskText(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, REASON_LENGTH_MAX);
}

/** Fields of a request whose values an error message may repeat. */
const NAMES: ReadonlySet<string> = new Set([
  'psn_name',
  'coner_name',
  'patn_name',
  'psnName',
  'userName',
  'patnName',
  'prscDrName',
  'pharName',
  'undoDrName',
]);
const NUMBERS: ReadonlySet<string> = new Set([
  'certno',
  'psn_no',
  'mdtrt_cert_no',
  'card_sn',
  'tel',
  'addr',
  'certNo',
  'psnNo',
  'idNo',
  'ecToken',
  'payToken',
  'revsToken',
  'epcToken',
  'prscDrCertno',
  'pharCertno',
  'undoDrCertno',
  // A code of 6101.
  'businessInfo',
]);

/** Hides in a text every name and number that stands in the request it answers. */
export function hideFieldsOf(input: unknown): (text: string) => string {
  return (text) => {
    let hidden = text;
    for (const [field, value] of fieldsOf(input)) {
      if (value.length < 2 || !hidden.includes(value)) continue;
      if (NAMES.has(field)) hidden = hidden.replaceAll(value, maskName(value));
      if (NUMBERS.has(field)) hidden = hidden.replaceAll(value, '*'.repeat(6));
    }
    return hidden;
  };
}

function* fieldsOf(value: unknown): Generator<[string, string]> {
  if (Array.isArray(value)) {
    for (const item of value) yield* fieldsOf(item);
  } else if (isRecord(value)) {
    for (const [field, inner] of Object.entries(value)) {
      if (typeof inner === 'string') yield [field, inner];
      else yield* fieldsOf(inner);
    }
  }
}
