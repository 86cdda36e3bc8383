import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { newKey, SCOPES } from '../../../src/access/clients.ts';
import { readConfiguration } from '../../../src/config.ts';
import { startGateway } from '../../../src/main.ts';
import { temporaryFolder, testLogger } from '../../helper.ts';
import { creation, outcome, SECRET } from '../organisations.ts';
import { county, town, own as village } from './world.ts';

const { key, hash } = newKey('his');

/** The directory of the county, the same for all three, without anybody's links. */
const directory = (closing = '') => `
[[organisations]]
code = "${village.code}"
name = "${village.name}"
level = "village"
parent = "${town.code}"
[[organisations]]
code = "${town.code}"
name = "${town.name}"
level = "township"
parent = "${county.code}"
[[organisations]]
code = "${county.code}"
name = "${county.name}"
level = "county"
departments = [{ name = "心血管内科", beds = 3 }]
${closing}
`;

type Gateway = Awaited<ReturnType<typeof gateway>>;

/** A gateway as it is started in production, with nobody's link yet. */
async function gateway(
  t: Parameters<typeof temporaryFolder>[0],
  own: typeof village | typeof town | typeof county,
) {
  const folder = temporaryFolder(t);
  const place = (name: string) => JSON.stringify(join(folder, name));
  writeFileSync(join(folder, 'data-key'), randomBytes(32).toString('hex'));
  writeFileSync(join(folder, 'secret'), SECRET);
  writeFileSync(join(folder, 'directory.toml'), directory());
  writeFileSync(
    join(folder, 'yikatong.toml'),
    `[gateway]
id = "${own.level}"
port = 0
requestsPerMinuteMax = 100000
[store]
kind = "sqlite"
file = ${place('gateway.db')}
[dataKey]
file = ${place('data-key')}
[directory]
file = ${place('directory.toml')}
[organisation]
code = "${own.code}"
name = "${own.name}"
level = "${own.level}"
[[clients]]
id = "his"
keyHash = "${hash}"
scopes = ${JSON.stringify(SCOPES)}
`,
  );
  const running = await startGateway(readConfiguration(join(folder, 'yikatong.toml')), {
    logger: testLogger(),
  });
  t.teardown(() => running.close());

  async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
    const answer = await fetch(running.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(method === 'POST' ? { 'idempotency-key': randomBytes(16).toString('hex') } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return {
      status: answer.status,
      body: (await answer.json()) as Record<string, never>,
      headers: answer.headers,
    };
  }

  /** Gives it a link to another, while it runs. */
  async function linkTo(peer: { code: string }, url: string): Promise<number> {
    const path = `/v1/organisations/${peer.code}`;
    const { body, headers } = await call('GET', path);
    const { open, own, reach, way, source, version, updatedAt, ...record } = body as Record<string, unknown>;
    const link = { kind: 'http', url, secret: { file: join(folder, 'secret') } };
    return (await call('PUT', path, { ...record, link }, { 'if-match': headers.get('etag')! })).status;
  }

  /** Reads until it is so. */
  async function until<T>(path: string, isSo: (body: Record<string, unknown>) => T | undefined): Promise<T> {
    for (let tries = 0; tries < 200; tries++) {
      const found = isSo((await call('GET', path)).body);
      if (found !== undefined) return found;
      await sleep(100);
    }
    throw new Error(`not so after 20 s: ${path}`);
  }

  async function act(id: string, body: object): Promise<void> {
    const { headers } = await call('GET', `/v1/referrals/${id}`);
    await call('POST', `/v1/referrals/${id}/events`, body, { 'if-match': headers.get('etag')! });
  }
  const file = join(folder, 'directory.toml');
  return { url: running.url, call, linkTo, until, act, file };
}

const stateOf = (state: string) => (body: Record<string, unknown>) =>
  body.state === state ? body : undefined;
const firstOf = (body: Record<string, unknown>) => (body.items as { id: string }[])[0]?.id;

t.test(
  'a village finds the county by what its patient needs, through the township, over links that came while all ran',
  async (t) => {
    const [low, middle, high]: [Gateway, Gateway, Gateway] = [
      await gateway(t, village),
      await gateway(t, town),
      await gateway(t, county),
    ];
    const { to: _, ...rest } = creation;
    const wanting = { ...rest, need: { department: '心血管内科', beds: 1 } };
    t.match((await low.call('POST', '/v1/referrals', wanting)).body, { code: 'referral.no-route' });

    t.equal(await low.linkTo(town, middle.url), 200);
    t.equal(await middle.linkTo(village, low.url), 200);
    t.equal(await middle.linkTo(county, high.url), 200);
    t.equal(await high.linkTo(town, middle.url), 200);

    const sent = await low.call('POST', '/v1/referrals', wanting);
    t.match(sent, { status: 201, body: { peer: { code: county.code }, direction: 'up' } });
    const id = String(sent.body.id);
    await low.until(`/v1/referrals/${id}`, stateOf('received'));
    const theirs = await high.until('/v1/referrals', firstOf);
    t.match((await high.call('GET', `/v1/referrals/${theirs}`)).body, {
      peer: { code: village.code, name: village.name },
    });
    t.same((await middle.call('GET', '/v1/referrals')).body.items, []);
    await high.act(theirs, { type: 'accept' });
    await high.act(theirs, { type: 'complete', outcome });
    t.match(await low.until(`/v1/referrals/${id}`, stateOf('completed')), { closed: true, outcome });

    writeFileSync(low.file, directory('closedFrom = "2020-01-01"\nclosedReason = "停诊"'));
    await low.until(`/v1/organisations/${county.code}`, (body) => (body.open === false ? true : undefined));
    t.match((await low.call('POST', '/v1/referrals', wanting)).body, { code: 'referral.no-capable' });
    t.match((await low.call('POST', '/v1/referrals', creation)).body, {
      code: 'referral.closed-organisation',
    });
  },
);
