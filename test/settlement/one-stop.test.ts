import t from 'tap';
import type { Insurer } from '../../src/settlement/port.ts';
import type { Act } from '../../src/settlement/service.ts';
import { FakeInsurer } from './fake.ts';
import { BILL, caller, DyingStore, newWorld, sampleBill, settleDown, type World } from './parts.ts';

const PAYERS = ['fake', 'relief', 'other'];

/** Three payers on one bill of 12.30: each takes half of what is left from its fund, and a tenth from an account. */
async function oneStop(t: Parameters<typeof newWorld>[0]) {
  const world = await newWorld(t);
  const relief = new FakeInsurer({ id: 'relief', place: 'assistance' });
  const other = new FakeInsurer({ id: 'other', place: 'other' });
  const insurers: FakeInsurer[] = [world.insurer, relief, other];
  const start = (store = world.store) => world.start(store, { insurers: insurers as Insurer[] });
  return { world, insurers, relief, other, start, gateway: start() };
}

const act = (name: string): Act => ({ id: 's-1', act: name, caller });

function create(
  { service }: ReturnType<World['start']>,
  confirm = false,
  insurers: readonly string[] = PAYERS,
) {
  return service.create('s-1', confirm, caller, async () => sampleBill(BILL, insurers));
}

const lives = (insurers: readonly FakeInsurer[]) => insurers.map((insurer) => insurer.live(BILL).length);

t.test('each payer is asked for what the former left, and all of them are one settlement', async (t) => {
  const { gateway, insurers } = await oneStop(t);
  const quoted = await create(gateway);
  t.equal(quoted.row.state, 'quoted');
  t.same(
    quoted.legs.map(({ total_fen, fund_fen, account_fen, cash_fen }) => [
      total_fen,
      fund_fen,
      account_fen,
      cash_fen,
    ]),
    [
      [1230, 615, 123, 492],
      [492, 246, 49, 197],
      [197, 98, 19, 80],
    ],
  );
  t.match(quoted.row, { fund_fen: 615 + 246 + 98, account_fen: 123 + 49 + 19, cash_fen: 80 });
  const settled = await gateway.service.confirm(act('confirm'));
  t.equal(settled.row.state, 'settled');
  t.same(lives(insurers), [1, 1, 1]);
  const reversed = await gateway.service.reverse(act('reverse'));
  t.equal(reversed.row.state, 'reversed');
  t.same(lives(insurers), [0, 0, 0]);
  t.same(
    (await gateway.archive.history('s-1')).map(({ event }) => event),
    [
      ...['create', 'quote-accepted', 'confirm', 'next-payer', 'next-payer', 'accepted'],
      ...['reverse', 'next-payer', 'next-payer', 'accepted'],
    ],
  );
});

t.test('where a payer refuses after others have settled, nothing stands, and why is told', async (t) => {
  const { gateway, insurers, other } = await oneStop(t);
  other.say('2207', 'refuse');
  const failed = await create(gateway, true);
  t.equal(failed.row.state, 'failed');
  t.equal(failed.row.cause_code, 'settlement.payer-failed');
  t.match(gateway.ledger.seals.reason(failed.row), /^insurer\.refused: /);
  t.same(
    failed.legs.map(({ state }) => state),
    ['reversed', 'reversed', 'failed'],
  );
  t.same(lives(insurers), [0, 0, 0]);
  const anew = await gateway.service.create('s-2', true, caller, async () => sampleBill(BILL, ['fake']));
  t.equal(anew.row.state, 'settled', 'and the bill can be settled anew');
});

t.test('where a payer cannot be reached after others have settled, nothing stands', async (t) => {
  const { gateway, insurers, relief } = await oneStop(t);
  relief.say('2207', 'unreachable');
  const failed = await create(gateway, true);
  t.equal(failed.row.state, 'failed');
  t.same(lives(insurers), [0, 0, 0]);
});

t.test('a lost answer in the middle is decided, and the bill goes on for who still waits', async (t) => {
  const { world, gateway, insurers, relief } = await oneStop(t);
  relief.say('2207', 'lose-after');
  const doubtful = await create(gateway, true);
  t.match(doubtful.row, { state: 'in-doubt', leg: 2 });
  t.same(lives(insurers), [1, 1, 0]);
  world.clock.advance(10_000);
  await gateway.worker.runOnce();
  t.equal((await gateway.service.get('s-1')).row.state, 'settled');
  t.same(lives(insurers), [1, 1, 1]);
  t.same(
    insurers.flatMap(({ doubled }) => doubled),
    [],
  );
});

t.test('a lost answer in the middle that is decided too late leaves nothing standing', async (t) => {
  const { world, gateway, insurers, relief } = await oneStop(t);
  relief.say('2207', 'lose-after');
  relief.say('2601', 'unreachable', 'unreachable');
  await create(gateway, true);
  await settleDown(world, gateway);
  const ended = await gateway.service.get('s-1');
  t.match(ended.row, { state: 'failed', cause_code: 'settlement.payer-failed' });
  t.same(lives(insurers), [0, 0, 0]);
});

t.test('an undoing that is not sent is tried until it is; one that is lost is decided', async (t) => {
  const { world, gateway, insurers, relief, other } = await oneStop(t);
  other.say('2207', 'refuse');
  relief.say('2208', 'unreachable', 'lose-after');
  const waiting = await create(gateway, true);
  t.match(waiting.row, { state: 'reversing', goal: 'unwind', leg: 2 });
  t.not(waiting.row.next_check_at, null);
  await settleDown(world, gateway);
  t.equal((await gateway.service.get('s-1')).row.state, 'failed');
  t.same(lives(insurers), [0, 0, 0]);
});

t.test('a payer that refuses to be undone is told to a person with what stands where', async (t) => {
  const { gateway, insurers, relief, other } = await oneStop(t);
  other.say('2207', 'refuse');
  relief.say('2208', 'refuse');
  const review = await create(gateway, true);
  t.match(review.row, { state: 'needs-review', doubt_of: 'reverse', cause_code: 'settlement.payer-stands' });
  t.same(
    review.legs.map(({ state }) => state),
    ['settled', 'needs-review', 'failed'],
  );
  t.same(lives(insurers), [1, 1, 0]);
  const note = '救助窗口已撤销';
  await t.rejects(gateway.service.review(act('no'), { found: 'settled', note }), { code: 'request.invalid' });
  const ended = await gateway.service.review(act('review'), { found: 'reversed', note });
  t.same(lives(insurers), [0, 1, 0], 'the rest is undone by the gateway; the second a person has undone');
  t.equal(ended.row.state, 'failed');
  t.same(
    ended.legs.map(({ state }) => state),
    ['reversed', 'reversed', 'failed'],
  );
});

t.test(
  'a share that changed is put to a person, and the next payer is then asked anew for what is left',
  async (t) => {
    const { gateway, insurers } = await oneStop(t);
    insurers[0]?.say('2207', 'differ');
    const review = await create(gateway, true);
    t.match(review.row, { state: 'needs-review', leg: 1, cause_code: 'settlement.amounts-changed' });
    const settled = await gateway.service.review(act('review'), { found: 'settled', note: '患者同意' });
    t.equal(settled.row.state, 'settled');
    t.same(
      settled.legs.map(({ total_fen }) => total_fen),
      [1230, 493, 493 - Math.floor(493 / 2) - Math.floor(493 / 10)],
    );
    t.same(lives(insurers), [1, 1, 1]);
  },
);

t.test('a gateway that dies at any write leaves all payers or none, whatever was lost', async (t) => {
  for (const [transaction, behaviour] of [
    ['2207', 'accept'],
    ['2207', 'refuse'],
    ['2208', 'lose-after'],
  ] as const) {
    for (let at = 1, more = true; more; at++) {
      for (const when of ['before', 'after'] as const) {
        const { world, insurers, other, start } = await oneStop(t);
        for (const insurer of insurers) insurer.provesAbsence = true;
        other.say('2207', transaction === '2207' ? behaviour : 'refuse');
        if (transaction === '2208') world.insurer.say('2208', behaviour);
        const dying = new DyingStore(world.store, at, when);
        await create(start(dying), true).catch(() => undefined);
        more = dying.dead;
        const next = start();
        await next.worker.takeOver();
        await create(next, true).catch(() => undefined);
        await settleDown(world, next);
        const { row } = await next.service.get('s-1');
        const [first, second, third] = lives(insurers);
        const place = `${transaction} ${behaviour}, write ${at} ${when}: ${row.state}`;
        t.ok(first === second && second === third, place);
        t.equal(first === 1, row.state === 'settled', place);
        t.ok(['settled', 'failed', 'quoted'].includes(row.state), place);
        t.same(
          insurers.flatMap(({ doubled }) => doubled),
          [],
        );
      }
    }
  }
});

t.test('payers out of order, of one kind twice, or for what they do not settle are refused', async (t) => {
  const { gateway, relief, start } = await oneStop(t);
  await t.rejects(create(gateway, false, ['relief', 'fake']), { code: 'settlement.payers' });
  await t.rejects(create(gateway, false, ['fake', 'nobody']), { code: 'insurer.not-found' });
  relief.capabilities = { ...relief.capabilities, settings: ['inpatient'] };
  await t.rejects(create(gateway), { code: 'settlement.payers', context: { pointer: '/body/insurers/1' } });
  relief.capabilities = { ...relief.capabilities, place: 'basic', settings: ['outpatient'] };
  await t.rejects(create(start()), { code: 'settlement.payers' });
});

t.test('a bill without a diagnosis is refused, but for a registration', async (t) => {
  const { gateway } = await oneStop(t);
  const bare = (setting: 'outpatient' | 'registration' | 'inpatient') => {
    const bill = sampleBill();
    return gateway.service.create(`s-${setting}`, false, caller, async () => ({
      ...bill,
      bill: { ...bill.bill, setting, diagnoses: [] },
    }));
  };
  await t.rejects(bare('outpatient'), { code: 'settlement.no-diagnosis' });
  await t.rejects(bare('inpatient'), { code: 'request.invalid', context: { pointer: '/body/stayId' } });
  t.equal((await bare('registration')).row.state, 'quoted');
});
