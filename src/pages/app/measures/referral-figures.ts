import type { ReferralMeasures } from '../../../../schemas/measure.ts';
import type { Say } from '../words/texts.ts';
import { type Figure, percentOf, ratioText } from './figure.ts';
import type { Word } from './words.ts';

type Counts = ReferralMeasures['total'];
type Group = ReferralMeasures['groups'][number];

/** A group's name: an institution's, or the word for a key of ours. */
export function labelOf({ key, label }: { key: string; label?: string }, say: Say<Word>): string {
  if (label !== undefined) return label;
  const word = `key.${key}`;
  const said = say(word as Word);
  return said === word ? key : said;
}

/** How well the loop closes: each rate by group. */
export function loopFigure(data: ReferralMeasures, say: Say<Word>, language: 'zh' | 'en'): Figure {
  const { definitions, total, groups } = data;
  const cells = (counts: Counts) => [
    String(counts.referrals),
    ...definitions.map(({ measure }) => ratioText(counts[measure])),
  ];
  return {
    chart: {
      kind: isMonths(groups) ? 'line' : 'bar',
      unit: 'share',
      groups: groups.map((group) => labelOf(group, say)),
      series: definitions.map(({ measure, name }) => ({
        name: name[language],
        values: groups.map((group) => group[measure].rate ?? null),
      })),
    },
    columns: [say('group'), say('referrals'), ...definitions.map(({ name }) => name[language])],
    rows: rowsOf(total, groups, say, cells),
  };
}

/** How long answers take: how many came within each time, and the average. */
export function answerFigure(
  { definitions, total, groups }: ReferralMeasures,
  say: Say<Word>,
  language: 'zh' | 'en',
): Figure {
  const names = [
    ...total.answerTimes.within.map(({ minutes }) =>
      minutes < 60
        ? say('within', { n: minutes, unit: say('minutes') })
        : say('within', { n: minutes / 60, unit: say('hours') }),
    ),
    say('later'),
  ];
  const countsOf = ({ answerTimes: { within, later } }: Counts) => [
    ...within.map(({ referrals }) => referrals),
    later,
  ];
  const cells = (counts: Counts) => [
    String(counts.answerTimes.averageMinutes ?? '–'),
    ...countsOf(counts).map(String),
    ratioText(counts.answered),
  ];
  const inTime = definitions.find(({ measure }) => measure === 'answered')?.name[language] ?? '';
  return {
    chart: {
      kind: 'bar',
      stacked: true,
      unit: 'count',
      groups: groups.map((group) => labelOf(group, say)),
      series: names.map((name, index) => ({
        name,
        values: groups.map((group) => countsOf(group)[index] ?? null),
      })),
    },
    columns: [say('group'), say('average'), ...names, inTime],
    rows: rowsOf(total, groups, say, cells),
  };
}

export interface CountyMonth {
  readonly month: string;
  readonly county: ReferralMeasures['county'];
}

/** Who stayed in the county, month by month; the whole time's figures come last. */
export function countyFigure(
  months: readonly CountyMonth[],
  whole: ReferralMeasures['county'],
  say: Say<Word>,
): Figure {
  const cells = (county: ReferralMeasures['county']) => [
    String(county.outpatientVisits),
    String(county.stays),
    String(county.outwardReferrals),
    percentOf(county.inCountyShare),
    percentOf(county.outwardRate),
  ];
  const rate = (name: Word, of: (county: ReferralMeasures['county']) => number | undefined) => ({
    name: say(name),
    values: months.map(({ county }) => of(county) ?? null),
  });
  return {
    chart: {
      kind: 'line',
      unit: 'share',
      groups: months.map(({ month }) => month),
      series: [
        rate('share', ({ inCountyShare }) => inCountyShare),
        rate('outwardRate', ({ outwardRate }) => outwardRate),
      ],
    },
    columns: [say('group'), say('visits'), say('stays'), say('outward'), say('share'), say('outwardRate')],
    rows: [
      ...months.map(({ month, county }) => ({ key: month, label: month, cells: cells(county) })),
      { key: 'total', label: say('total'), cells: cells(whole) },
    ],
  };
}

function isMonths(groups: readonly Group[]): boolean {
  return groups.every(({ key }) => /^\d{4}-\d{2}$/.test(key));
}

function rowsOf(
  total: Counts,
  groups: readonly Group[],
  say: Say<Word>,
  cells: (counts: Counts) => readonly string[],
) {
  return [
    ...groups.map((group) => ({ key: group.key, label: labelOf(group, say), cells: cells(group) })),
    { key: 'total', label: say('total'), cells: cells(total) },
  ];
}
