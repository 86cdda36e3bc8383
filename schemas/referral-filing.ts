import Type from 'typebox';
import { Id, Strict, Timestamp } from './common.ts';

/** The body of a referral.filing message: under which number an insurer has the referral on file (2501), or no more. */
export const FilingMessage = Strict({
  version: Type.Literal(1),
  caseId: Id,
  /** As the sender calls it. */
  insurer: Id,
  /** A later word of the same insurer stands for an earlier one, in whatever order they arrive. */
  revision: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  number: Type.Union([Type.String({ pattern: '^[0-9A-Za-z._-]{1,40}$' }), Type.Null()]),
  at: Timestamp,
});
