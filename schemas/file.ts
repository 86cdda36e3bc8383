import Type, { type Static } from 'typebox';
import { Id, Strict } from './common.ts';
import { Operator } from './eligibility.ts';

const FileNumber = Type.String({
  minLength: 1,
  maxLength: 40,
  description: '文件查询号 / file_qury_no',
});
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: '文件的 SHA-256 / of the file' });

export const FileAnswer = Strict({
  fileNumber: FileNumber,
  exchangeId: Id,
  bytes: Type.Integer(),
  sha256: Sha256,
});

export const FileRequest = Strict({
  fileNumber: FileNumber,
  filename: Type.String({ minLength: 1, maxLength: 200 }),
  code: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Za-z]{1,30}$',
      description: '文件所属机构编号,目录文件为 plc,默认为本机构 / whose file it is; plc for catalogues',
    }),
  ),
  operator: Type.Optional(Operator),
});

export type FileAnswer = Static<typeof FileAnswer>;
export type FileRequest = Static<typeof FileRequest>;
