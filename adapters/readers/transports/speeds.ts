import type { Transport } from './line.ts';

/** The speeds that readers are set to, the usual first (GA 467 modules, command 60). */
const BAUD_RATES = [115_200, 57_600, 38_400, 19_200, 9_600];

/**
 * A line whose speed is looked for, the one given first. The speed at which a reader answered is where the next search
 * begins.
 */
export function searchingSpeed(baudRate: number, at: (baudRate: number) => Transport): Transport {
  let ways = [...new Set([baudRate, ...BAUD_RATES])].map(at);
  const first = ways[0]!;
  return {
    description: first.description,
    open: (signal) => ways[0]!.open(signal),
    speeds: {
      ways: () => ways,
      answered(way) {
        ways = [way, ...ways.filter((other) => other !== way)];
      },
    },
  };
}
