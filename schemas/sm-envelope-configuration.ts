import Type, { type Static } from 'typebox';
import { OneOf, Strict } from './common.ts';
import { Secret, Url } from './configuration-words.ts';

/** A service behind the SM2/SM4 envelope (医保移动支付中心, 电子处方中心): whose keys, and how they write it. */
export const SmEnvelopeConfiguration = Strict({
  /** Up to the host; the transaction's path is added. */
  url: Url,
  appId: Type.String({
    pattern: '^[\\x21-\\x7e]{16,64}$',
    description: '应用ID,至少 16 个字符 / at least 16 characters',
  }),
  appSecret: Secret,
  /** Ours, hex or base64. */
  privateKey: Secret,
  /** Theirs, hex or base64. */
  platformPublicKey: Type.String({ minLength: 1, maxLength: 200 }),
  /** Whether the data goes out encrypted (encData) or in the clear (data). */
  encrypted: Type.Optional(Type.Boolean()),
  /** Whether numbers and booleans are written as such or as text. */
  scalars: Type.Optional(OneOf(['native', 'text'])),
  /** Whether Chinese is encrypted as it is or as \\u escapes. */
  chinese: Type.Optional(OneOf(['plain', 'escaped'])),
  timestamp: Type.Optional(OneOf(['ms', 's', 'yyyyMMddHHmmss'])),
  version: Type.Optional(Type.String({ minLength: 1, maxLength: 10 })),
  /** Codes of an answer that mean success. */
  successCodes: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 20 }), { minItems: 1, maxItems: 10 }),
  ),
  /** Fields of an answer that the platform's signature leaves out. */
  unsignedFields: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 30 }), { maxItems: 20 })),
  /** Whether a refusal without a signature is believed. An answer that accepts never is. */
  unsignedRefusals: Type.Optional(Type.Boolean()),
  /** Further or other paths, by transaction. */
  paths: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[0-9]{4}$' }),
      Type.String({ pattern: '^/[0-9A-Za-z/_.-]{1,100}$' }),
      {
        maxProperties: 40,
      },
    ),
  ),
});

export type SmEnvelopeConfiguration = Static<typeof SmEnvelopeConfiguration>;
