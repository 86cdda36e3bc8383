import { isLosslessNumber, LosslessNumber, stringify } from 'lossless-json';
import type { NhsaConfiguration } from '../../../schemas/insurer-configuration.ts';
import { chinaDateTime } from '../../../src/clock.ts';
import { type Fen, yuanOf } from '../../../src/money.ts';
import type { Operator } from '../../../src/settlement/port.ts';
import { parseExactly } from './exact-json.ts';
import { lookUp, type Profile } from './profile.ts';

/** What changes from one request to the next. */
export interface RequestParts {
  readonly infno: string;
  readonly msgid: string;
  readonly insuredPlace: string;
  /** The insurance concerned, where one is: some provinces have a system for each. */
  readonly insutype?: string | undefined;
  readonly operator: Operator;
  /** From 9001; empty for 9001 itself. */
  readonly signNo: string;
  /** Epoch ms, by the platform's clock. */
  readonly at: number;
  /** The JSON text of `input`. */
  readonly input: string;
}

/** Makes request bodies (接口规范 表 2). What configuration and profile fix is written out once. */
export function envelopeWriter(
  configuration: NhsaConfiguration,
  profile: Profile,
): (parts: RequestParts) => Buffer {
  const { emptyAs, receivingSystems } = profile;
  const names = new Set(['infno', 'msgid', 'input']);
  const nameOf = (field: string) => {
    const name = lookUp(profile.fieldNames, field) ?? field;
    if (names.has(name)) throw new Error(`报文头重复 / the envelope has ${name} twice`);
    names.add(name);
    return `"${name}":`;
  };
  const text = (value: string) => JSON.stringify(value === '' ? emptyAs : value);
  const written = (fields: Readonly<Record<string, string>>) =>
    Object.entries(fields)
      .map(([field, value]) => `${nameOf(field)}${text(value)},`)
      .join('');
  const place = `${written({ mdtrtarea_admvs: configuration.mdtrtareaAdmvs })}${nameOf('insuplc_admdvs')}`;
  const receiving = nameOf('recer_sys_code');
  const device = written({
    dev_no: '',
    dev_safe_info: '',
    cainfo: '',
    signtype: '',
    infver: profile.infver,
    opter_type: profile.opterType,
  });
  const operatorNo = nameOf('opter');
  const operatorName = nameOf('opter_name');
  const time = nameOf('inf_time');
  const institution = written({
    fixmedins_code: configuration.fixmedinsCode,
    fixmedins_name: configuration.fixmedinsName,
  });
  const signNumber = nameOf('sign_no');
  const extra = written(profile.extraFields);
  const inputOf = profile.inputAs === 'text' ? JSON.stringify : (input: string) => input;
  const system = (insutype = '') => lookUp(receivingSystems, insutype) ?? configuration.recerSysCode;
  return ({ infno, msgid, insuredPlace, insutype, operator, signNo, at, input }) =>
    Buffer.from(
      `{"infno":${text(infno)},"msgid":${text(msgid)},${place}${text(insuredPlace)},` +
        `${receiving}${text(system(insutype))},${device}${operatorNo}${text(operator.no)},` +
        `${operatorName}${text(operator.name)},${time}"${chinaDateTime(at)}",${institution}` +
        `${signNumber}${text(signNo)},${extra}"input":${inputOf(input)}}`,
    );
}

/** A decimal on its way out: a JSON number with exactly these digits, or text, as the configuration says. */
export type Decimals = (text: string) => LosslessNumber | string;

export function decimalsOf({ amountsAs }: Pick<Profile, 'amountsAs'>): Decimals {
  return amountsAs === 'text' ? (text) => text : (text) => new LosslessNumber(text);
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
