import { stringify } from 'csv-stringify/sync';
import type { ReferralMeasures } from '../../../schemas/measure.ts';
import { MEASURES } from '../../../schemas/measure.ts';

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

/**
 * One line for each number, its definition beside it. For spreadsheets: a byte order mark, so that Excel reads Chinese,
 * and no cell that begins like a formula.
 */
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
  return stringify([COLUMNS, ...lines], { bom: true, escape_formulas: true, record_delimiter: 'windows' });
}
