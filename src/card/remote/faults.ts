import Type, { type Static } from 'typebox';
import { Strict } from '../../../schemas/common.ts';
import { type ErrorCode, errorTable, Fault } from '../../errors.ts';

const Fact = Type.Union([Type.String({ maxLength: 200 }), Type.Number(), Type.Boolean()]);

/** A fault on its way to the other end: its code and what goes with it, never personal data. */
export const WireFault = Strict({
  code: Type.String({ maxLength: 64 }),
  detail: Type.Optional(Type.String({ maxLength: 300 })),
  facts: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z]{1,40}$' }), Fact, {
      additionalProperties: false,
      maxProperties: 10,
    }),
  ),
  retryAfterS: Type.Optional(Type.Number({ minimum: 0, maximum: 3_600 })),
});

export type WireFault = Static<typeof WireFault>;

export function wireOfFault({ code, context }: Fault): WireFault {
  const { detail, facts, retryAfterS } = context;
  return {
    code,
    ...(detail === undefined ? {} : { detail: detail.slice(0, 300) }),
    ...(facts === undefined ? {} : { facts: { ...facts } }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  };
}

/** The same fault on this side; a code that only a newer program knows is `desk.protocol`. */
export function faultOfWire({ code, ...context }: WireFault): Fault {
  if (!isErrorCode(code)) return new Fault('desk.protocol', { detail: 'a code that nobody knows here' });
  return new Fault(code, context);
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** The code of what was thrown; what is no fault is a bug. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof Fault ? error.code : 'gateway.fault';
}
