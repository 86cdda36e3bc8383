import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKey } from '../../../src/access/clients.ts';
import { freePorts } from '../../../src/sandbox/ports.ts';
import { MortalGateway } from '../../end-to-end/mortal.ts';
import { PersistentClient } from '../../end-to-end/persistent.ts';
import { temporaryFolder } from '../../helper.ts';
import type { Scene } from '../../setup/process.ts';
import { otherSide, SIDES, type Side } from './steps.ts';
import { layWay, type Way, type WayKind } from './ways.ts';

/** A request may be repeated over many lives. */
const PATIENCE_MS = 20 * 60_000;

export const ORGANISATIONS: Readonly<Record<Side, { code: string; name: string; level: string }>> = {
  clinic: { code: 'H11111100001', name: '示例镇卫生院', level: 'township' },
  hospital: { code: 'H11111100009', name: '示例县人民医院', level: 'county' },
};

/** One of the two gateways, and the HIS in front of it. */
export interface End {
  readonly side: Side;
  readonly gateway: MortalGateway;
  readonly his: PersistentClient;
}

export type Ends = Readonly<Record<Side, End>>;

/** What was answered: how often, and which failures that decided nothing. */
export interface Heard {
  total: number;
  readonly failed: Record<string, number>;
}

export interface EndsParts {
  readonly seed: number;
  readonly kind: WayKind;
  readonly heard: Heard;
}

/** Both gateways as they are run, and the way between them. */
export async function startEnds(
  scene: Scene,
  { seed, kind, heard }: EndsParts,
): Promise<{ readonly ends: Ends; readonly way: Way }> {
  const port = await freePorts(2);
  const ports = { clinic: port, hospital: port + 1 };
  const way = await layWay(scene, kind, { seed, ports });
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const { key, hash } = newKey('his');
  const started = SIDES.map(async (side): Promise<End> => {
    const file = configurationFile(scene, { side, way, secret, port: ports[side], keyHash: hash });
    const his = new PersistentClient(`http://127.0.0.1:${ports[side]}`, key, {
      patienceMs: PATIENCE_MS,
      heard: ({ status, body }) => hear(heard, status, body),
    });
    return { side, gateway: await MortalGateway.start(scene, file), his };
  });
  const [clinic, hospital] = (await Promise.all(started)) as [End, End];
  return { ends: { clinic, hospital }, way };
}

function hear(heard: Heard, status: number, body: string): void {
  heard.total += 1;
  if (status < 500) return;
  const { code } = JSON.parse(body) as { code: string };
  heard.failed[code] = (heard.failed[code] ?? 0) + 1;
}

function configurationFile(
  scene: Scene,
  given: { side: Side; way: Way; secret: string; port: number; keyHash: string },
): string {
  const folder = temporaryFolder(scene);
  const [own, peer] = [ORGANISATIONS[given.side], ORGANISATIONS[otherSide(given.side)]];
  writeFileSync(join(folder, 'data-key'), randomBytes(32).toString('hex'));
  writeFileSync(join(folder, 'link-secret'), given.secret);
  const file = join(folder, 'yikatong.toml');
  writeFileSync(
    file,
    `[gateway]
id = "${given.side}"
port = ${given.port}
requestsPerMinuteMax = 100000
[log]
level = "error"
[store]
kind = "sqlite"
file = "${join(folder, 'gateway.db')}"
[dataKey]
file = "${join(folder, 'data-key')}"
[organisation]
code = "${own.code}"
name = "${own.name}"
level = "${own.level}"
[[clients]]
id = "his"
keyHash = "${given.keyHash}"
scopes = ["referral:read", "referral:write", "delivery:read", "audit:read"]
[[organisations]]
code = "${peer.code}"
name = "${peer.name}"
level = "${peer.level}"
link = ${given.way.linkOf(given.side, join(folder, 'link-secret'))}
`,
  );
  return file;
}
