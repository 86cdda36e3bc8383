import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';

/** A secret is never written in the configuration itself, only where it is found. */
export const Secret = Type.Union([
  Strict({ file: Type.String({ minLength: 1, description: '密钥文件的路径 / path of a file' }) }),
  Strict({ env: Type.String({ minLength: 1, description: '环境变量名 / name of an environment variable' }) }),
]);

export const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
export const Url = Type.String({ pattern: '^https?://[^\\s]+$', maxLength: 500 });
/** What somebody calls a part of his configuration. */
export const Name = Type.String({
  pattern: '^[a-z][a-z0-9-]{0,31}$',
  description: '小写字母、数字、连字符 / a-z 0-9 -',
});

export type Secret = Static<typeof Secret>;
