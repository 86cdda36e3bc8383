import { cpus, totalmem } from 'node:os';

/** One measured ratio and the bound it must keep. */
export interface Ratio {
  readonly value: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a bench prints with --json. */
export interface Report {
  readonly name: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
  };
  readonly results: Readonly<Record<string, unknown>>;
  readonly ratios: Readonly<Record<string, Ratio>>;
}

export type Bench = () => Promise<Pick<Report, 'results' | 'ratios'>>;

export function reportOf(name: string, measured: Pick<Report, 'results' | 'ratios'>): Report {
  const processors = cpus();
  const machine = {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  return { name, machine, ...measured };
}

/** The names of the ratios that fall short. */
export function shortfalls(report: Report): string[] {
  return Object.entries(report.ratios)
    .filter(([, { value, atLeast, atMost }]) => {
      const held = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
      return !(held && Number.isFinite(value));
    })
    .map(([name]) => name);
}

/** The report as a person reads it. */
export function readable(report: Report): string {
  const { cpu, cores, memoryGb, node } = report.machine;
  const results = Object.entries(report.results).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  const ratios = Object.entries(report.ratios).map(([key, { value, atLeast, atMost }]) => {
    const bound = [
      atLeast === undefined ? '' : `≥ ${atLeast}`,
      atMost === undefined ? '' : `≤ ${atMost}`,
    ].join('');
    return `  ${key}: ${value} (${bound})`;
  });
  return [
    `${report.name} — ${cpu}, ${cores} cores, ${memoryGb} GB, Node ${node}`,
    ...results,
    ...ratios,
  ].join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/** Two warm-ups, then three counted runs. */
export const WARM_UPS = 2;
export const COUNTED_RUNS = 3;
