/** What a chart shows, and the numbers behind it. */
export interface Figure {
  readonly chart: ChartData;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly key: string;
  readonly label: string;
  readonly cells: readonly string[];
}

export interface Series {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  readonly kind: 'line' | 'bar';
  /** Bars of one group on top of each other: their parts make a whole. */
  readonly stacked?: boolean;
  readonly unit: 'share' | 'count' | 'yuan';
  readonly groups: readonly string[];
  readonly series: readonly Series[];
}

/** 0.6667 as 66.67 %; nothing where there is no rate. */
export function percentOf(rate: number | undefined): string {
  return rate === undefined ? '–' : `${(rate * 100).toFixed(2)} %`;
}

/** 12 of 14, with the rate: both are needed to know what a rate is worth. */
export function ratioText({
  numerator,
  denominator,
  rate,
}: {
  readonly numerator: number;
  readonly denominator: number;
  readonly rate?: number;
}): string {
  return `${percentOf(rate)} (${numerator}/${denominator})`;
}
