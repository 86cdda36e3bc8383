import type { CompatAnswer } from '../../../schemas/compat.ts';
import { Fault } from '../../errors.ts';
import { isLibraryFunction, libraryFunctions } from './functions.ts';
import { meaningOf, RET, returnCodeOf } from './return-codes.ts';

/**
 * The two forms in which browser pages speak to the services that vendors put beside their libraries.
 *
 *     named   {"function":"iReadCardBas","iType":3}      {"functionName":"iReadCardBas","success":true,"pOutInfo":"…"}
 *     listed  {"func":"iReadCardBas","in":["3"]}         {"result":"0","out":["…"]}
 */
export type Form = 'named' | 'listed';

export interface Asked {
  readonly form: Form;
  readonly name: string;
  /** As they came, a number written as text made one. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly reader?: unknown;
  readonly lease?: unknown;
}

/** Takes a message apart. Fault `request.malformed` for what is neither form. */
export function messageOf(text: string): Asked {
  const message = jsonOf(text);
  if (typeof message.function === 'string') {
    const { reader, lease } = message;
    return { form: 'named', name: message.function, args: namedArgs(message), reader, lease };
  }
  if (typeof message.func === 'string') {
    return { form: 'listed', name: message.func, args: listedArgs(message.func, message.in ?? []) };
  }
  throw new Fault('request.malformed', { detail: '{"function":…} or {"func":…,"in":[…]} is expected' });
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw new Fault('request.malformed', { detail: 'a JSON object is expected' });
}

/** Only what the function takes: pages put other things beside it. */
function namedArgs(message: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const name = message.function as string;
  const takes = isLibraryFunction(name) ? libraryFunctions[name].takes : [];
  return Object.fromEntries(
    takes.filter((each) => message[each] !== undefined).map((each) => [each, argOf(each, message[each])]),
  );
}

function listedArgs(name: string, given: unknown): Record<string, unknown> {
  const takes = isLibraryFunction(name) ? libraryFunctions[name].takes : [];
  if (!Array.isArray(given)) throw new Fault('request.malformed', { detail: '"in" is a list' });
  return Object.fromEntries(
    takes.slice(0, given.length).map((each, at) => [each, argOf(each, given[at] as unknown)]),
  );
}

function argOf(parameter: string, value: unknown): unknown {
  const isNumber = parameter.startsWith('i') && typeof value === 'string' && /^-?\d{1,9}$/.test(value);
  return isNumber ? Number(value) : value;
}

/** The answer in the form that was asked in. */
export function answerText({ form, name }: Pick<Asked, 'form' | 'name'>, answer: CompatAnswer): string {
  const { ret, pOutInfo } = answer;
  if (form === 'listed') return JSON.stringify({ result: String(ret), out: [pOutInfo] });
  const success = ret === RET.done;
  const told = success ? {} : { message: meaningOf(ret).zh };
  return JSON.stringify({ functionName: name, success, pOutInfo, ret, ...told });
}

/** What the caller did wrong, in the form he asked in; in one that pages of neither form mistake for a success. */
export function refusalText(asked: Pick<Asked, 'form' | 'name'> | undefined, fault: Fault): string {
  const { code, kind, context } = fault;
  const ret = returnCodeOf(fault) ?? (code === 'compat.unknown' ? RET.unsupported : RET.wrongParameters);
  const error = {
    code,
    message: kind.zh[0],
    ...(context.detail === undefined ? {} : { detail: context.detail }),
  };
  if (asked?.form === 'listed') return JSON.stringify({ result: String(ret), out: [''], ...error });
  const name = asked === undefined ? {} : { functionName: asked.name.slice(0, 64) };
  return JSON.stringify({ ...name, success: false, pOutInfo: '', ret, ...error });
}
