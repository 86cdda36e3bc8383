import { maskText } from '../../../src/access/masking.ts';
import type { Verdict } from '../../../src/settlement/port.ts';

/** HTTP's own refusals: whoever answers so has not handed the request on. Everything else proves nothing. */
const NOT_HANDED_ON: ReadonlySet<number> = new Set([401, 403, 404, 405, 413, 415, 429]);

/** Words by which such services say that they failed: what was asked may have run. */
export const SYSTEM_ERRORS: readonly string[] = [
  '系统异常',
  '系统错误',
  '系统繁忙',
  '内部错误',
  '超时',
  '服务不可用',
  '调用失败',
  '网络',
  '数据库',
  '稍后',
  '处理中',
  'exception',
  'timeout',
  'timed out',
  'service unavailable',
];

const REASON_LENGTH_MAX = 300;

/** What the texts of a refusal tell, by parts of them. */
export interface Words {
  /** The system failed: what was asked may have run. */
  readonly failing: readonly string[];
  /** Turned away before anything ran: the ticket is no longer valid. */
  readonly turnedAway: readonly string[];
  /** It is so already, and nobody but this very request was to bring it about. */
  readonly happened: readonly string[];
}

/** What an HTTP status proves by itself; nothing where the body decides. */
export function judgeStatus(status: number): Verdict | undefined {
  if (status >= 200 && status < 300) return undefined;
  return { kind: NOT_HANDED_ON.has(status) ? 'not-run' : 'unknown', reason: `HTTP ${status}` };
}

/** What the insurer's word that it did not do it proves. Without words it proves nothing. */
export function judgeRefusal(message: string, words: Words, hidden: readonly string[]): Verdict {
  const reason = cleaned(message, hidden) || '医保没有说明原因 / it gave no reason';
  const says = (parts: readonly string[]) =>
    parts.some((part) => message.toLowerCase().includes(part.toLowerCase()));
  if (says(words.turnedAway)) return { kind: 'not-run', reason };
  const proves = message.trim() !== '' && !says(words.failing) && !says(words.happened);
  return { kind: proves ? 'refused' : 'unknown', reason };
}

export const UNREADABLE: Verdict = { kind: 'unknown', reason: '应答无法识别 / the answer cannot be read' };

/** Bounded, on one line, without what the request told of the person and without long numbers. */
export function cleaned(text: string, hidden: readonly string[]): string {
  const bare = hidden
    .filter((value) => value.length > 1)
    .reduce((rest, value) => rest.replaceAll(value, '***'), text);
  return maskText(bare)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, REASON_LENGTH_MAX);
}
