import Type, { type Static } from 'typebox';
import { OneOf, Strict, Text } from './common.ts';
import { Name } from './configuration-words.ts';
import { DIRECTIONS } from './organisation.ts';

/** A receiver as the insurer knows it. */
const Receiver = Strict({
  code: Type.String({ pattern: '^[0-9A-Za-z]{4,12}$', description: '定点医药机构编号' }),
  division: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
});

/** Which referrals an insurer is told of by itself (2501), and with what words. */
export const ReportRule = Strict({
  insurer: Name,
  /** outside: where the receiver is outside our county; always: every referral that is taken up. */
  when: OneOf(['outside', 'always']),
  directions: Type.Optional(Type.Array(OneOf(DIRECTIONS), { minItems: 1, uniqueItems: true })),
  /** 险种, where people have more than one. */
  insutype: Type.Optional(Type.String({ pattern: '^[0-9]{3,6}$' })),
  /** The code that stands for what the referring doctor wrote, who writes no code: 2501 wants one. */
  diagnosisCode: Type.String({ pattern: '^[0-9A-Za-z._-]{1,20}$' }),
  /** 转院意见. */
  opinion: Type.Optional(Text(200)),
  /** How many days the filing holds; without it the insurer's own rule does. */
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366 })),
  /** By the code that the directory gives an organisation, where the insurer has another or its division is unknown. */
  receivers: Type.Optional(
    Type.Record(Type.String({ pattern: '^[A-Za-z0-9]{4,30}$' }), Receiver, {
      maxProperties: 2_000,
      additionalProperties: false,
    }),
  ),
});

export type ReportRule = Static<typeof ReportRule>;
