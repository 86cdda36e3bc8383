import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { HistoryEntry, Referral, ReferralSummary } from '../../schemas/referral.ts';
import { newKey } from '../../src/access/clients.ts';
import { until } from '../../src/sandbox/demo/transcript.ts';
import { startClerk } from '../../src/sandbox/hospital/clerk.ts';
import { defaultScript } from '../../src/sandbox/hospital/script.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, temporaryFolder } from '../helper.ts';
import { freePorts } from '../setup/process.ts';
import { MortalGateway } from './mortal.ts';
import { PersistentClient } from './persistent.ts';
import { type Chance, chanceOf } from './random.ts';

const REFERRALS = 24;
const CLERKS = 4;
const LIVES = 4;

const LINK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;

interface End {
  readonly code: string;
  readonly name: string;
  readonly level: string;
  readonly port: number;
}

function configurationFile(t: Test, own: End, peer: End, keyHash: string): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'data-key'), randomBytes(32).toString('hex'));
  writeFileSync(join(folder, 'link-secret'), LINK_SECRET);
  const file = join(folder, 'yikatong.toml');
  writeFileSync(
    file,
    `[gateway]
id = "${own.level}"
port = ${own.port}
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
keyHash = "${keyHash}"
scopes = ["referral:read", "referral:write", "delivery:read", "audit:read"]
[[organisations]]
code = "${peer.code}"
name = "${peer.name}"
level = "${peer.level}"
link = { kind = "http", url = "http://127.0.0.1:${peer.port}", secret = { file = "${join(folder, 'link-secret')}" } }
`,
  );
  return file;
}

const referralTo = (to: string) => ({
  to,
  priority: 'routine',
  department: { name: '心血管内科' },
  patient: {
    identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
  },
  form: { impression: '原发性高血压', presentIllness: '头晕三个月', doctor: { name: '示例医师' } },
  consent: { given: 'written', by: 'patient' },
});

/** The clinic refers a patient; now and then it has more to tell, or takes the referral back. */
async function refer(clinic: PersistentClient, to: string, number: number, chance: Chance): Promise<void> {
  const body = referralTo(to);
  const sent = await clinic.post<Referral>({ path: '/v1/referrals', key: `referral-${number}`, body });
  if (chance.next() < 0.6) return;
  await sleep(chance.between(0, 1_500));
  const { actions, version } = await clinic.get<Referral>(`/v1/referrals/${sent.body.id}`);
  if (!actions?.includes('request-cancellation')) return;
  await clinic.post({
    path: `/v1/referrals/${sent.body.id}/events`,
    key: `cancel-${number}`,
    headers: { 'if-match': `"${version}"` },
    body: { type: 'request-cancellation', reason: { text: '患者要求' } },
  });
}

const sideOf = (line: string) => (line.startsWith('initiator') ? 0 : 1);

/**
 * What happened, as both ends must tell it: without what each gateway notes for itself, and side by side, since each
 * end lists its own acts where they were done and the other's where they arrived.
 */
async function storyOf(end: PersistentClient, id: string): Promise<string[]> {
  const { items } = await end.get<{ items: HistoryEntry[] }>(`/v1/referrals/${id}/history?limit=200`);
  return items
    .filter(({ type, outcome }) => outcome === 'applied' && !['send', 'receipt', 'store'].includes(type))
    .map(({ who, type, from, to }) => `${who} ${type}: ${from} → ${to}`)
    .sort((a, b) => sideOf(a) - sideOf(b));
}

t.test(
  'whichever gateway dies while referrals flow, none is lost or doubled and both ends agree',
  async (t) => {
    const chance = chanceOf(t);
    const { key, hash } = newKey('his');
    const port = await freePorts();
    const clinicEnd = { code: 'H11111100001', name: '示例镇卫生院', level: 'township', port };
    const hospitalEnd = { code: 'H11111100009', name: '示例县人民医院', level: 'county', port: port + 1 };
    const gateways = await Promise.all([
      MortalGateway.start(t, configurationFile(t, clinicEnd, hospitalEnd, hash)),
      MortalGateway.start(t, configurationFile(t, hospitalEnd, clinicEnd, hash)),
    ]);
    const clinic = new PersistentClient(`http://127.0.0.1:${clinicEnd.port}`, key);
    const hospital = new PersistentClient(`http://127.0.0.1:${hospitalEnd.port}`, key);
    const script = Object.fromEntries(
      Object.entries(defaultScript).map(([state, step]) => [state, { ...step, afterMs: 50 }]),
    );
    const stopClerk = startClerk({
      baseUrl: `http://127.0.0.1:${hospitalEnd.port}`,
      key,
      script,
      pollMs: 60,
    });
    t.teardown(stopClerk);

    const numbers = Array.from({ length: REFERRALS }, (_, i) => i + 1);
    const doctor = async () => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
        await refer(clinic, hospitalEnd.code, number, chance);
        await sleep(chance.between(0, 600));
      }
    };
    await Promise.all([
      ...gateways.map((gateway) => gateway.dieAndRise(LIVES, chance)),
      ...Array.from({ length: CLERKS }, doctor),
    ]);

    const closed = (all: ReferralSummary[]) => all.every((each) => each.closed);
    const here = await until(() => clinic.list<ReferralSummary>('/v1/referrals'), closed, 25_000);
    const there = await until(() => hospital.list<ReferralSummary>('/v1/referrals'), closed, 5_000);
    const states = Object.groupBy(here, ({ state }) => state);
    t.comment(Object.entries(states).map(([state, all]) => `${state} ${all?.length}`));

    t.equal(here.length, REFERRALS, 'none is lost or doubled where they were made');
    t.equal(there.length, REFERRALS, 'nor where they arrived');
    t.equal(new Set(there.map(({ correlationId }) => correlationId)).size, REFERRALS);
    for (const referral of here) {
      const twin = there.find(({ correlationId }) => correlationId === referral.correlationId);
      t.ok(referral.closed, `${referral.state} is the end of it`);
      t.match(twin, { state: referral.state, closed: true, patient: referral.patient }, 'both ends agree');
      if (twin)
        t.same(await storyOf(hospital, twin.id), await storyOf(clinic, referral.id), 'on how it came');
    }
    for (const { act, answer } of clinic.acknowledged) {
      const again = await clinic.send(act);
      t.same([again.status, again.body], [answer.status, answer.body], `${act.key} is answered as it was`);
      const { id } = JSON.parse(answer.body) as Referral;
      t.ok(
        here.some((referral) => referral.id === id),
        `${act.key} was acknowledged, and is there`,
      );
    }
    for (const end of [clinic, hospital]) {
      const deliveries = await end.list<{ state: string }>('/v1/deliveries');
      t.same(
        deliveries.filter(({ state }) => state !== 'delivered'),
        [],
        'every message arrived',
      );
      t.match(await end.get('/v1/audit/verification'), { holds: true });
    }
    await stopClerk();
    t.same(await Promise.all(gateways.map((gateway) => gateway.stop())), [0, 0]);
  },
);
