import Type, { type Static } from 'typebox';
import { Day, Id, OneOf, Strict, Text } from './common.ts';
import { REFERRAL_SOURCES } from './settlement-words.ts';

/** A referral that the visit follows. */
export const ReferralNote = Strict({
  number: Type.String({
    pattern: '^[0-9A-Za-z._-]{1,40}$',
    description: '转诊单号或医保备案号 / referral or filing',
  }),
  direction: OneOf(['up', 'down', 'across']),
  fromCode: Type.String({ pattern: '^[0-9A-Za-z]{4,30}$', description: '转出机构编码' }),
  fromName: Text(200, '转出机构名称'),
  date: Day,
});

/** How a request says which referral the visit or stay follows. */
export const WhichReferral = {
  referral: Type.Optional(ReferralNote),
  referralId: Type.Optional(
    Type.String({
      ...Id,
      description: '本网关的转诊编号,指定用哪一份转诊 / our id of the referral that is meant',
    }),
  ),
  useReferral: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        '没有给出转诊时,是否自动使用患者转到本机构、已接收且有效的转诊 / where none is given: whether the referral on file is used by itself',
    }),
  ),
};

/** Which referral was used, and where it comes from. */
export const UsedReferral = Strict(
  {
    source: OneOf(REFERRAL_SOURCES, {
      description:
        'told 请求中给出;named 请求指定;on-file 网关自动使用 / told by the request, named by it, or found on file',
    }),
    id: Type.Optional(Type.String({ ...Id, description: '本网关的转诊编号 / our id' })),
    number: Type.String({ description: '转诊编号,或医保备案号 / the referral’s number, or the insurer’s' }),
    direction: OneOf(['up', 'down', 'across']),
    fromCode: Type.String(),
    fromName: Type.String(),
    date: Day,
  },
  { description: '使用的转诊 / the referral that was used' },
);

export type UsedReferral = Static<typeof UsedReferral>;
