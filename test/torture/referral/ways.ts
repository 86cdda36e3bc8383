import { Chance } from '../../end-to-end/random.ts';
import type { Scene } from '../../setup/process.ts';
import { type Line, startLine } from './line.ts';
import { otherSide, type Side } from './steps.ts';

/** The way between the two gateways. */
export interface Way {
  /** The line over which the messages of a side leave it. */
  readonly lines: Readonly<Record<Side, Line>>;
  /** What a side has in its configuration as `link` to the other. */
  linkOf(side: Side, secretFile: string): string;
}

interface WayParts {
  readonly seed: number;
  /** Where each gateway listens. */
  readonly ports: Readonly<Record<Side, number>>;
}

/** Each gateway calls the other, through a line of its own. */
async function http(scene: Scene, { seed, ports }: WayParts): Promise<Way> {
  const lineFrom = (side: Side, chance: Chance) =>
    startLine(scene, { targetPort: ports[otherSide(side)], chance, messagesGo: 'there', repeatable: true });
  const lines = {
    clinic: await lineFrom('clinic', new Chance(seed + 1)),
    hospital: await lineFrom('hospital', new Chance(seed + 2)),
  };
  return {
    lines,
    linkOf: (side, secretFile) =>
      `{ kind = "http", url = "http://127.0.0.1:${lines[side].port}", secret = { file = "${secretFile}" } }`,
  };
}

const WAYS = { http };
export type WayKind = keyof typeof WAYS;
export const WAY_KINDS = Object.keys(WAYS) as WayKind[];

export function layWay(scene: Scene, kind: WayKind, parts: WayParts): Promise<Way> {
  return WAYS[kind](scene, parts);
}
