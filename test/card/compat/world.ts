import { ClientDirectory, newKey, type Scope } from '../../../src/access/clients.ts';
import { Dialogues } from '../../../src/card/compat/dialogue.ts';
import { compatRoutes } from '../../../src/card/compat/routes.ts';
import { CompatService } from '../../../src/card/compat/service.ts';
import { FileService } from '../../../src/card/files/service.ts';
import { PinService } from '../../../src/card/pin/service.ts';
import { ReaderPool } from '../../../src/card/pool.ts';
import type { CardLibrary, OpenReader } from '../../../src/card/port.ts';
import { cardRoutes } from '../../../src/card/routes.ts';
import { CardService } from '../../../src/card/service.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import {
  loadProfiles,
  type ResidentIdProfile,
  type SocialSecurityProfile,
  virtualCardOf,
  virtualResidentIdOf,
} from '../../../src/sandbox/cards/cards.ts';
import { query } from '../../../src/store/query.ts';
import { testParts } from '../../helper.ts';
import { PluggedReader } from '../slots.ts';
import { settle, TestTimers } from '../timers.ts';

export const PAGE = 'http://10.0.0.8:8080';
export const STRANGER = 'http://10.0.0.9:8080';

const profiles = loadProfiles();
export const profileOf = (id: string) => profiles.get(id) as SocialSecurityProfile;
export const chip = (id: string) => virtualCardOf(profileOf(id));
export const residentId = () => virtualResidentIdOf(profiles.get('resident-id') as ResidentIdProfile);

/** The keys that clients send; `desk` may everything, `reading` no more than read, `console` not even that. */
const SCOPES = {
  desk: ['reader:read', 'reading:write', 'card:write', 'purse:write'],
  reading: ['reading:write'],
  console: ['reader:read'],
} as const satisfies Record<string, readonly Scope[]>;

type Who = keyof typeof SCOPES;

const trail = query<object, { client: string; act: string; kind: string; subject: string; detail: string }>(
  'test.compatTrail',
  (db) => db.selectFrom('audit').select(['client', 'act', 'kind', 'subject', 'detail']).orderBy('seq'),
);

/** A gateway with one reader, desk-1, at which pages of the origin `PAGE` act as the client `reading`. */
export async function compatWorld(
  t: Parameters<typeof testParts>[0],
  {
    more = {},
    keyless = true,
    requestsPerMinuteMax = 100_000,
    revoked = [],
  }: {
    more?: Partial<OpenReader>;
    keyless?: boolean;
    requestsPerMinuteMax?: number;
    revoked?: readonly string[];
  } = {},
) {
  const common = await testParts(t);
  const timers = new TestTimers(common.clock);
  const driver = new PluggedReader();
  driver.more = more;
  const pool = new ReaderPool({ ...common, timers, random: () => 0.5, readers: [{ id: 'desk-1', driver }] });
  const parts = { ...common, pool, timers };
  const revocations = { has: (numbers: readonly string[]) => numbers.some((each) => revoked.includes(each)) };
  const cards = new CardService({ ...parts, revocations });
  const admit = (cardId: string) => cards.admitNumber(cardId);
  const files = new FileService({
    ...parts,
    admit,
    // Shows cards the PIN 123456, as one with a PSAM would show them a cryptogram.
    authenticate:
      (_readerId, { slot }) =>
      async () => {
        await slot.transmit(Buffer.from('0020000003123456', 'hex'), 1_000);
        return true;
      },
  });
  const pins = new PinService({ ...parts, admit });
  const dialogues = new Dialogues(parts);
  const compat = new CompatService({ ...parts, cards, files, pins, dialogues });
  const keys = Object.fromEntries(Object.keys(SCOPES).map((id) => [id, newKey(id)])) as Record<
    Who,
    ReturnType<typeof newKey>
  >;
  const clients = new ClientDirectory(
    Object.entries(SCOPES).map(([id, scopes]) => ({
      id,
      keyHash: keys[id as Who].hash,
      scopes: new Set(scopes),
    })),
  );
  const app = await buildGateway({
    ...parts,
    clients,
    pages: { origins: new Set([PAGE]), client: keyless ? clients.called('reading') : undefined },
    requestsPerMinuteMax,
    sandbox: false,
    version: '0',
    features: [
      compatRoutes({ compat, timers }),
      cardRoutes({ pool, cards, idempotency: new Idempotency({ ...parts, gatewayId: 'test' }) }),
    ],
  });
  t.teardown(async () => {
    await pool.close();
    await app.close();
  });
  pool.start();
  await settle();
  const bearer = (who: Who) => ({ authorization: `Bearer ${keys[who].key}` });
  const post = async (name: string, body: object, headers: Record<string, string> = bearer('desk')) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/compat/${name}`, headers, payload: body });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  };
  /** A call that finds no card looks for a while, which only the clock ends. */
  const look = async (name: string, body: object) => {
    const answer = post(name, body);
    await settle();
    await timers.advance(1_000);
    return answer;
  };
  const audited = async () =>
    (await common.store.all(trail, {})).map(({ detail, ...row }) => ({ ...row, detail: JSON.parse(detail) }));
  return { ...parts, app, driver, keys, bearer, post, look, audited };
}

/** A vendor's library that answers by a script, and remembers what it was called with. */
export class TestLibrary implements CardLibrary {
  readonly calls: [name: string, ...args: (number | string)[]][] = [];
  readonly script: Partial<Record<string, { ret: number; out: string } | Error>>;

  constructor(script: TestLibrary['script']) {
    this.script = script;
  }
  async call(name: string, args: readonly (number | string)[]): Promise<{ ret: number; out: string }> {
    this.calls.push([name, ...args]);
    const answer = this.script[name];
    if (answer instanceof Error) throw answer;
    return answer ?? { ret: -13, out: '' };
  }
}
