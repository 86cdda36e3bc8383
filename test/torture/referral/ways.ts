import { Chance } from '../../end-to-end/random.ts';
import { natsIsMissing, startNats } from '../../setup/nats.ts';
import type { Scene } from '../../setup/process.ts';
import { type Line, startLine } from './line.ts';
import { otherSide, type Side } from './steps.ts';

/** The way between the two gateways. */
export interface Way {
  /** The line over which the messages of a side leave it. */
  readonly lines: Readonly<Record<Side, Line>>;
  /** What a side has in its configuration as `link` to the other. */
  linkOf(side: Side, secretFile: string): string;
  /** What stands in the middle and may die as well. */
  readonly middle?: { die(): Promise<void>; rise(): Promise<void> };
}

interface WayParts {
  readonly seed: number;
  /** Where each gateway listens. */
  readonly ports: Readonly<Record<Side, number>>;
}

/** Each gateway calls the other, through a line of its own. */
async function http(scene: Scene, { seed, ports }: WayParts): Promise<Way> {
  const lineFrom = async (side: Side, chance: Chance) =>
    (await startLine(scene, { targetPort: ports[otherSide(side)], chance, repeatable: true })).there;
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

/** Each gateway reaches a server in the middle through a line of its own; messages go out and come in over it. */
async function nats(scene: Scene, { seed }: WayParts): Promise<Way> {
  const missing = natsIsMissing();
  if (missing) throw new Error(missing.reason);
  const server = await startNats(scene);
  const lineOf = async (chance: Chance) =>
    (await startLine(scene, { targetPort: server.port, chance, repeatable: false })).there;
  const lines = { clinic: await lineOf(new Chance(seed + 1)), hospital: await lineOf(new Chance(seed + 2)) };
  return {
    lines,
    linkOf: (side, secretFile) =>
      `{ kind = "nats", servers = ["nats://127.0.0.1:${lines[side].port}"], secret = { file = "${secretFile}" } }`,
    middle: { die: () => server.stop('SIGKILL'), rise: () => server.start() },
  };
}

/** How long the hospital lets the clinic wait for mail; a dead line is found somewhat later. */
const MAIL_WAIT_S = 3;

/** The clinic can't be reached: it calls the hospital, both to send and to fetch what the hospital has for it. */
async function mailbox(scene: Scene, { seed, ports }: WayParts): Promise<Way> {
  const chance = new Chance(seed + 1);
  const { there, back } = await startLine(scene, { targetPort: ports.hospital, chance, repeatable: true });
  const links = {
    clinic: `kind = "fetch", url = "http://127.0.0.1:${there.port}", waitS = ${MAIL_WAIT_S}`,
    hospital: 'kind = "mailbox"',
  };
  return {
    lines: { clinic: there, hospital: back },
    linkOf: (side, secretFile) => `{ ${links[side]}, secret = { file = "${secretFile}" } }`,
  };
}

const WAYS = { http, nats, mailbox };
export type WayKind = keyof typeof WAYS;
export const WAY_KINDS = Object.keys(WAYS) as WayKind[];

export function layWay(scene: Scene, kind: WayKind, parts: WayParts): Promise<Way> {
  return WAYS[kind](scene, parts);
}
