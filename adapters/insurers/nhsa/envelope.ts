import { isLosslessNumber, LosslessNumber, stringify } from 'lossless-json';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { chinaDateTime } from '../../../src/clock.ts';
import { type Fen, yuanOf } from '../../../src/money.ts';
import type { Operator } from '../../../src/settlement/port.ts';
import { parseExactly } from './exact-json.ts';

/** What changes from one request to the next. */
export interface RequestParts {
  readonly infno: string;
  readonly msgid: string;
  readonly insuredPlace: string;
  readonly operator: Operator;
  /** From 9001; empty for 9001 itself. */
  readonly signNo: string;
  /** Epoch ms. */
  readonly at: number;
  /** The JSON text of `input`. */
  readonly input: string;
}

/** opter_type: the request comes from an operator's desk. */
const OPERATOR = '1';

/** Makes request bodies (接口规范 表 2). What the configuration fixes is written out once. */
export function envelopeWriter(configuration: NhsaConfiguration): (parts: RequestParts) => Buffer {
  const text = (value: string) => JSON.stringify(value);
  const place = `"mdtrtarea_admvs":${text(configuration.mdtrtareaAdmvs)},"insuplc_admdvs":`;
  const system =
    `,"recer_sys_code":${text(configuration.recerSysCode)},"dev_no":"","dev_safe_info":"","cainfo":"",` +
    `"signtype":"","infver":${text(configuration.infver)},"opter_type":"${OPERATOR}","opter":`;
  const institution =
    `","fixmedins_code":${text(configuration.fixmedinsCode)},` +
    `"fixmedins_name":${text(configuration.fixmedinsName)},"sign_no":`;
  const inputOf = configuration.inputAs === 'text' ? text : (input: string) => input;
  return ({ infno, msgid, insuredPlace, operator, signNo, at, input }) =>
    Buffer.from(
      `{"infno":${text(infno)},"msgid":${text(msgid)},${place}${text(insuredPlace)}${system}${text(operator.no)},` +
        `"opter_name":${text(operator.name)},"inf_time":"${chinaDateTime(at)}${institution}${text(signNo)},` +
        `"input":${inputOf(input)}}`,
    );
}

/** A decimal on its way out: a JSON number with exactly these digits, or text, as the configuration says. */
export type Decimals = (text: string) => LosslessNumber | string;

export function decimalsOf(configuration: NhsaConfiguration): Decimals {
  return configuration.amountsAs === 'text' ? (text) => text : (text) => new LosslessNumber(text);
}

/** The JSON text of an input made by the transformers, decimals to the digit. */
export function exactJson(value: unknown): string {
  return stringify(value) ?? 'null';
}

export function amountOf(decimals: Decimals, fen: Fen): LosslessNumber | string {
  return decimals(yuanOf(fen));
}

/** What an answer says, before anything is made of it. Every number is its source text. */
export interface AnswerEnvelope {
  readonly infcode: string;
  readonly theirId: string;
  readonly message: string;
  readonly output: unknown;
}

/**
 * Reads an answer's text; `undefined` when it isn't an answer envelope. `output` may come as an object or as JSON
 * text, and in either every number stays the text it was.
 */
export function readEnvelope(text: string): AnswerEnvelope | undefined {
  const body = parseExactly(text);
  if (!isRecord(body) || !Object.hasOwn(body, 'infcode')) return undefined;
  return {
    infcode: textOf(body.infcode).trim(),
    theirId: textOf(body.inf_refmsgid),
    message: textOf(body.err_msg) || textOf(body.message),
    output: outputOf(body.output),
  };
}

function outputOf(output: unknown): unknown {
  if (typeof output !== 'string') return output ?? {};
  if (output === '' || output === 'null') return {};
  const inner = parseExactly(output);
  return inner === undefined ? output : inner;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** A value's text, or nothing where it has none. The literal "null" is how some front ends write an empty value. */
export function textOf(value: unknown): string {
  return typeof value === 'string' && value !== 'null' ? value : '';
}
