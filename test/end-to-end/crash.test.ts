import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Specification } from '../../adapters/insurers/nhsa/specification.ts';
import type { Settlement, SettlementSummary } from '../../schemas/settlement.ts';
import { newKey } from '../../src/access/clients.ts';
import { yuanOf } from '../../src/money.ts';
import { until } from '../../src/sandbox/demo/transcript.ts';
import { MISBEHAVIOURS, type VirtualInsurer } from '../../src/sandbox/insurer/port.ts';
import { startVirtualInsurer } from '../../src/sandbox/insurer/server.ts';
import { freePorts } from '../../src/sandbox/ports.ts';
import { temporaryFolder } from '../helper.ts';
import { billOf, CLINIC_SIGNING, configurationFile, nationalInsurer } from './clinic.ts';
import { MortalGateway } from './mortal.ts';
import { PersistentClient } from './persistent.ts';
import { type Chance, chanceOf } from './random.ts';

const BILLS = 30;
const CLERKS = 6;
const LIVES = 6;
/** How often a clerk asks for a quote that the gateway did not get. */
const QUOTES_MAX = 4;

/** What an insurer does on a bad day. Not those after which only a person can tell: amounts that don't add up. */
const BAD_DAY = MISBEHAVIOURS.filter(
  (kind) => !['wrong-amounts', 'wrong-msgid', 'refuse', 'swap-answers'].includes(kind),
);
const TRANSACTIONS = ['1101', '2204', '2206', '2207', '2207', '2207', '2208', '2208'];

async function startInsurer(t: Test): Promise<VirtualInsurer> {
  const insurer = await startVirtualInsurer({
    port: 0,
    specification: new Specification(),
    signing: CLINIC_SIGNING,
  });
  t.teardown(() => insurer.close());
  return insurer;
}

/** One bill's day: created, sometimes settled at once, confirmed where it was quoted, sometimes taken back. */
async function putBill(his: PersistentClient, number: string, chance: Chance): Promise<void> {
  const confirm = chance.next() < 0.5;
  const body = { ...billOf(number, chance.between(2, 12)), confirm };
  const created = await his.post<Settlement>({ path: '/v1/settlements', key: `${number}-create`, body });
  let state = created.body.state;
  const act = async (name: string, time = 1) => {
    const path = `/v1/settlements/${created.body.id}/${name}`;
    const answer = await his.post<Settlement>({ path, key: `${number}-${name}-${time}` });
    if (answer.status < 300) state = answer.body.state;
  };
  for (let time = 1; state === 'draft' && time <= QUOTES_MAX; time++) await act('quote', time);
  if (state === 'quoted') await act('confirm');
  if (state === 'settled' && chance.next() < 0.3) await act('reverse');
}

const isAtRest = ({ state, actions }: SettlementSummary) =>
  !['settling', 'reversing', 'in-doubt'].includes(state) && !(state === 'draft' && actions.length === 0);

t.test('whatever moment a gateway dies at, each bill is settled once and its ledger is true', async (t) => {
  const chance = chanceOf(t);
  const insurer = await startInsurer(t);
  const { key, hash } = newKey('his');
  const port = await freePorts(2);
  const gateway = await MortalGateway.start(
    t,
    configurationFile(temporaryFolder(t), [nationalInsurer(insurer.url)], port, hash),
  );
  const his = new PersistentClient(`http://127.0.0.1:${port}`, key);

  // Uses up the year's deductible, so that every later bill's split depends on that bill alone.
  const first = await his.post<Settlement>({
    ...{ path: '/v1/settlements', key: 'deductible' },
    body: { ...billOf('C0', 50), confirm: true },
  });
  t.equal(first.body.state, 'settled');

  const numbers = Array.from({ length: BILLS }, (_, i) => `C${i + 1}`);
  const clerk = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      await putBill(his, number, chance);
      await sleep(chance.between(0, 400));
    }
  };
  const misbehave = () => {
    for (let i = 0; i < 3; i++) {
      insurer.misbehave({ infno: chance.oneOf(TRANSACTIONS), kind: chance.oneOf(BAD_DAY), delayMs: 1_300 });
    }
  };
  await Promise.all([gateway.dieAndRise(LIVES, chance, misbehave), ...Array.from({ length: CLERKS }, clerk)]);
  insurer.behave();

  const settlements = await until(
    () => his.list<SettlementSummary>('/v1/settlements'),
    (all) => all.every(isAtRest),
    30_000,
  );
  const ledger = insurer.ledger();
  t.comment(
    `${settlements.length} settlements, ${his.acknowledged.length} answers, ${ledger.length} at the insurer`,
  );
  const states = Object.groupBy(settlements, ({ state }) => state);
  t.comment(Object.entries(states).map(([state, all]) => `${state} ${all?.length}`));

  t.equal(settlements.length, BILLS + 1, 'no bill is lost, none doubled');
  t.same(
    settlements.filter(({ state }) => !['settled', 'quoted', 'draft', 'failed', 'reversed'].includes(state)),
    [],
    'nothing is left that the protocol can decide',
  );
  for (const { id, billNumber, state, total, fund, account, cash } of settlements) {
    const live = ledger.filter((row) => row.billNumber === billNumber && row.state === 'live');
    const { legs } = await his.get<Settlement>(`/v1/settlements/${id}`);
    const ours = state === 'settled' ? [{ number: legs[0]?.number, total, fund, account, cash }] : [];
    const theirs = live.map((row) => ({
      number: row.setlId,
      total: yuanOf(row.medfeeFen),
      fund: yuanOf(row.fundFen),
      account: yuanOf(row.accountFen),
      cash: yuanOf(row.cashFen),
    }));
    t.same(ours, theirs, `${billNumber} ${state}: the ledger is what the insurer has, to the fen`);
  }
  const known = new Set(settlements.map(({ billNumber }) => billNumber));
  t.same(
    ledger.filter(({ billNumber }) => !known.has(billNumber)),
    [],
    'the insurer has no bill that we do not',
  );

  for (const { act, answer } of his.acknowledged) {
    const again = await his.send(act);
    t.equal(again.headers['idempotency-replayed'], 'true', act.key);
    t.same([again.status, again.body], [answer.status, answer.body], `${act.key} is answered as it was`);
    const told = JSON.parse(answer.body) as Settlement;
    const now = settlements.find(({ id }) => id === told.id);
    t.ok(now, `${act.key} was acknowledged, and is there`);
    if (told.state === 'settled') t.match(now?.state, /^(settled|reversed)$/, act.key);
    if (told.state === 'reversed') t.equal(now?.state, 'reversed', act.key);
  }
  t.match(await his.get('/v1/audit/verification'), { holds: true });
  t.equal(await gateway.stop(), 0);
});
