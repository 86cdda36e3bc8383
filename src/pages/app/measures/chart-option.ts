import type { ChartData } from './figure.ts';

/** Told apart by their lightness as well: for old screens and for eyes that see fewer colours. */
const COLOURS = [
  '#0050b3',
  '#d46b08',
  '#08979c',
  '#9e1068',
  '#7cb305',
  '#531dab',
  '#874d00',
  '#8c8c8c',
  '#36cfc9',
  '#ff85c0',
];

const INK = '#262626';

/** What ECharts is told of a figure. Shares are drawn from 0 to 100 %, so that small differences look small. */
export function optionOf({ kind, stacked = false, unit, groups, series }: ChartData) {
  const isShare = unit === 'share';
  return {
    animation: false,
    color: COLOURS,
    textStyle: { color: INK, fontSize: 13 },
    // Drawn on the canvas: the page's policy lets nobody write styles into it.
    tooltip: {
      trigger: 'axis' as const,
      renderMode: 'richText' as const,
      valueFormatter: (value: unknown) => shown(value, unit),
    },
    legend: { type: 'scroll' as const, top: 0 },
    grid: { left: 8, right: 16, top: 40, bottom: 8, outerBoundsMode: 'same' as const },
    xAxis: { type: 'category' as const, data: [...groups], axisLabel: { color: INK, hideOverlap: true } },
    yAxis: {
      type: 'value' as const,
      min: 0,
      ...(isShare ? { max: 1 } : { minInterval: 1 }),
      axisLabel: { color: INK, formatter: (value: number) => shown(value, unit) },
    },
    series: series.map(({ name, values }) => ({
      name,
      type: kind,
      data: [...values],
      ...(stacked ? { stack: 'whole' } : {}),
      ...(kind === 'line' ? { connectNulls: false, symbolSize: 8 } : { barMaxWidth: 48 }),
    })),
  };
}

function shown(value: unknown, unit: ChartData['unit']): string {
  if (typeof value !== 'number') return '–';
  if (unit === 'share') return `${Math.round(value * 10_000) / 100} %`;
  return unit === 'yuan' ? value.toFixed(2) : String(value);
}
