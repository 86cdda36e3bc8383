import Type, { type Static, type TSchema } from 'typebox';
import { Id, Strict } from './common.ts';

/** A text that a C library can take: no NUL. */
const chars = (maxLength: number, description: string) =>
  Type.String({ maxLength, pattern: '^[^\\u0000]*$', description });

/** The arguments of the LD/T 33 functions, by the names the standard gives them. */
export const compatParameters = {
  iType: Type.Integer({
    minimum: 1,
    maximum: 4,
    description:
      '1 接触 2 非接触 3 自动(接触优先)4 自动(非接触优先)/ contact, contactless, either (contact first), either (contactless first)',
  }),
  iAuthType: Type.Integer({ minimum: 1, maximum: 2, description: '1 PIN 2 RK 密钥 / PIN, RK key' }),
  iTimeout: Type.Integer({ minimum: 1, maximum: 60, description: '秒 / seconds' }),
  pKey: chars(1_024, '加密机的应答,各项以 | 结束 / what the encryption machine answered'),
  pCardInfo: chars(200, '卡识别码|卡号|'),
  pFileAddr: chars(1_024, 'SSSEEF05|07|$SSSEEF06|08|09|$'),
  pWriteData: chars(8_192, '与地址各项一一对应的值,以 | 结束 / a value for each item of the address'),
  pPayInfo: chars(200, '交易信息 / the payment'),
} as const satisfies Record<string, TSchema>;

export type CompatParameter = keyof typeof compatParameters;

/** On which reader: the first that can do it unless it is named, since old systems know of one reader only. */
export const compatTarget = { reader: Type.Optional(Id), lease: Type.Optional(Id) };

export const CompatAnswer = Strict({
  pOutInfo: Type.String({ description: 'LD/T 33 规定的字符串,每项以 | 结束 / fields, each closed by |' }),
  ret: Type.Integer({ description: '0 成功,负数为错误码 / 0, or a negative error code' }),
});

/** The arguments of one call; those that its function takes are there. */
export type CompatArguments = {
  readonly [name in CompatParameter]?: Static<(typeof compatParameters)[name]>;
};
export type CompatAnswer = Static<typeof CompatAnswer>;
