import { Ajv, type ErrorObject } from 'ajv';
import { isLosslessNumber } from 'lossless-json';
import type { DecimalLimits, JsonSchema } from './schema.ts';

/** What is wrong with a message, and where: a JSON pointer below `input` or `output`. Never holds the value. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

export type Check = (value: unknown) => readonly Problem[];

/** Makes checks of schemas. `all` reports every problem, up to a bound, instead of the first. */
export class Checks {
  readonly #ajv: Ajv;

  constructor({ all }: { all: boolean }) {
    this.#ajv = new Ajv({
      allErrors: all,
      verbose: true,
      strict: true,
      strictRequired: false,
      strictTypes: false,
    });
    this.#ajv.addFormat('china-time', isChinaTime);
    this.#ajv.addFormat('china-time-or-empty', (text: string) => text === '' || isChinaTime(text));
    this.#ajv.addKeyword({
      keyword: 'decimal',
      compile: (limits: DecimalLimits) => (value: unknown) => isDecimal(value, limits),
    });
  }

  check(schema: JsonSchema): Check {
    const validate = this.#ajv.compile(schema);
    return (value) => {
      if (validate(value)) return [];
      const errors = (validate.errors ?? []).filter((error) => error.keyword !== 'if');
      // What is there and wrong tells more than what is missing, of which there may be a lot.
      const present = errors.filter((error) => error.keyword !== 'required');
      const missing = errors.filter((error) => error.keyword === 'required');
      return [...present, ...missing].slice(0, PROBLEMS_MAX).map(problemOf);
    };
  }
}

/** Enough to see what is the matter. */
const PROBLEMS_MAX = 20;
const NAME_LENGTH_MAX = 40;

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.\d{1,3})?)?$/;

/** yyyy-MM-dd, with or without HH:mm:ss: what is printed as a date comes with a time in the edition's own examples. */
function isChinaTime(text: string): boolean {
  const match = TIME.exec(text);
  if (!match) return false;
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = match;
  const days = daysOf(Number(year), Number(month));
  return (
    Number(day) >= 1 && Number(day) <= days && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
  );
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days of a month; 0 for a month that doesn't exist. */
function daysOf(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (MONTH_DAYS[month - 1] ?? 0) + (leap ? 1 : 0);
}

const DECIMAL = /^-?(\d+)(?:\.(\d+))?$/;
const LOOSE_DECIMAL = /^-?(\d+)(?:\.(\d+))?[eE][+-]?\d{1,2}$/;

/** A number as JSON text or as a string, within n(precision, scale). */
function isDecimal(value: unknown, limits: DecimalLimits): boolean {
  const text = decimalText(value);
  if (text === undefined) return false;
  if (text === '') return limits.mayBeEmpty;
  const match = DECIMAL.exec(text);
  if (!match) return limits.loose && LOOSE_DECIMAL.test(text);
  const whole = (match[1] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = limits.loose ? (match[2] ?? '').replace(/0+$/, '') : (match[2] ?? '');
  return fraction.length <= limits.scale && whole.length <= limits.whole;
}

/** More digits than this and a JSON number may already have lost some on its way here: it must come as text. */
const EXACT_DIGITS_MAX = 15;

function decimalText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return isExact(value) ? String(value) : undefined;
  return isLosslessNumber(value) ? value.value : undefined;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && String(value).replace(/\D/g, '').length <= EXACT_DIGITS_MAX;
}

const INEXACT = '数值超过 15 位,请改为字符串 / a number of more than 15 digits must come as text';
/** No message of the specification nests a quarter as deep. */
const DEPTH_MAX = 32;

/** The first thing in plain JSON that can't be passed on as it was meant, whatever the specification says of it. */
export function plainProblem(input: unknown): Problem | undefined {
  const waiting: { pointer: string; value: unknown; depth: number }[] = [
    { pointer: '', value: input, depth: 0 },
  ];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { pointer, value, depth } = next;
    if (typeof value === 'number' && !isExact(value)) return { pointer, message: INEXACT };
    if (typeof value !== 'object' || value === null) continue;
    if (depth === DEPTH_MAX) return { pointer, message: '嵌套过深 / nested too deep' };
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'object' || typeof inner === 'number') {
        const name = key.slice(0, NAME_LENGTH_MAX).replace(/[~/]/g, '_');
        waiting.push({ pointer: `${pointer}/${name}`, value: inner, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

function problemOf(error: ErrorObject): Problem {
  const at = error.instancePath;
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${at}/${error.params.missingProperty}`,
        message: '缺少必填项 / required but missing',
      };
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty).slice(0, NAME_LENGTH_MAX);
      return {
        pointer: `${at}/${name.replace(/[~/]/g, '_')}`,
        message: '接口规范中没有这一项 / not in the specification',
      };
    }
    case 'maxLength':
      return {
        pointer: at,
        message: `超过 ${error.params.limit} 个字符 / longer than ${error.params.limit} characters`,
      };
    case 'maxItems':
      return { pointer: at, message: `超过 ${error.params.limit} 行 / more than ${error.params.limit} rows` };
    case 'minLength':
      return { pointer: at, message: '必填项为空 / required but empty' };
    case 'enum':
      return { pointer: at, message: '不在代码表中 / not in its code table' };
    case 'format':
      return { pointer: at, message: '应为 yyyy-MM-dd 或 yyyy-MM-dd HH:mm:ss / not a date or time' };
    case 'decimal': {
      const { precision, scale } = error.schema as DecimalLimits;
      const form = `n(${precision},${scale})`;
      const isTooLong = typeof error.data === 'number' && !isExact(error.data);
      return {
        pointer: at,
        message: isTooLong ? `${INEXACT}: ${form}` : `应为十进制数 ${form} / not a decimal ${form}`,
      };
    }
    default:
      return { pointer: at, message: `类型应为 ${error.params.type ?? ''} / wrong type` };
  }
}
