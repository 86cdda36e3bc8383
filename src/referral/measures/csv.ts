import type { ReferralMeasures } from '../../../schemas/measure.ts';
import { MEASURES } from '../../../schemas/measure.ts';
import { tableOf } from '../../http/table.ts';

const COLUMNS = [
  '期间 from',
  '至 to',
  '分组 group',
  '名称 name',
  '指标 measure',
  '分子 numerator',
  '分母 denominator',
  '率 rate',
  '定义 definition',
];

/** One line for each number, its definition beside it. */
export function csvOf({ from, to, total, groups, definitions, county }: ReferralMeasures): string {
  const lines = [{ key: '合计 total', label: '', ...total }, ...groups].flatMap((group) => [
    [from, to, group.key, group.label ?? '', '转诊数 referrals', group.referrals, '', '', ''],
    ...MEASURES.map((measure) => {
      const { numerator, denominator, rate } = group[measure];
      const { name, definition } = definitions.find((each) => each.measure === measure)!;
      return [
        ...[from, to, group.key, group.label ?? '', `${name.zh} ${name.en}`],
        ...[numerator, denominator, rate ?? '', `${definition.zh} ${definition.en}`],
      ];
    }),
    ...answerLines(group.answerTimes).map(([name, count]) => [
      ...[from, to, group.key, group.label ?? '', name, count, '', '', ANSWER_TIME],
    ]),
  ]);
  const visits = county.outpatientVisits + county.stays;
  const meaning = `${county.definition.zh}${county.unseen.zh} ${county.definition.en}; ${county.unseen.en}`;
  const { outwardReferrals: outward, inCountyShare, outwardRate } = county;
  lines.push(
    [
      from,
      to,
      '合计 total',
      '',
      '县域内就诊率 in-county share',
      visits,
      visits + outward,
      inCountyShare ?? '',
      meaning,
    ],
    [from, to, '合计 total', '', '外转率 outward rate', outward, visits, outwardRate ?? '', meaning],
  );
  return tableOf([COLUMNS, ...lines]);
}

const ANSWER_TIME = '从送达到接收方第一次应答 from delivery to the recipient’s first act';

/** How many answers took how long. */
function answerLines({
  averageMinutes,
  within,
  later,
}: ReferralMeasures['total']['answerTimes']): [name: string, count: number | ''][] {
  return [
    ['平均应答分钟 average minutes to the answer', averageMinutes ?? ''],
    ...within.map(({ minutes, referrals }): [string, number] => [
      `${minutes} 分钟内应答 answered within ${minutes} minutes`,
      referrals,
    ]),
    ['更晚应答 answered later', later],
  ];
}
