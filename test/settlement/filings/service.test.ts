import t, { type Test } from 'tap';
import { Fault } from '../../../src/errors.ts';
import { caller } from '../parts.ts';
import { BEHAVIOURS, type Behaviour, type FilingWorld, filingWorld, transfer } from './fake.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Side = ReturnType<FilingWorld['start']>;

function file({ filings }: Side, id = 'f-1', more: Parameters<typeof transfer>[1] = {}) {
  return filings.service.file(id, caller, async () => ({ insurer: 'fake', filing: transfer(id, more) }));
}

function withdraw(
  { filings }: Side,
  act = 'w-1',
  body: { reason: string; number?: string } = { reason: '填错' },
) {
  return filings.service.withdraw({ id: 'f-1', act, caller }, body);
}

async function faultOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  );
}

async function world(t: Test) {
  const made = await filingWorld(t);
  return { ...made, side: made.start() };
}

t.test('a filing is written down before it is sent, filed with its number, and withdrawn', async (t) => {
  const { side, fake } = await world(t);
  const states: string[] = [];
  fake.before = async (operation) => {
    if (operation !== 'who') states.push((await side.filings.service.get('f-1')).state);
  };
  t.match(await file(side), { state: 'filed', number: 'N3', live: 1 });
  t.match(await withdraw(side), { state: 'withdrawn', live: 0 });
  t.same(states, ['sending', 'withdrawing']);
  t.same(fake.received, ['who', 'file', 'withdraw']);
  t.match(
    (await side.filings.archive.history('f-1')).map(({ event, to_state }) => `${event} ${to_state}`),
    ['create sending', 'accepted filed', 'withdraw withdrawing', 'accepted withdrawn'],
  );
  t.same(await side.audit.verify(), []);
});

t.test('a repeat of a request answers how the filing stands, and sends nothing', async (t) => {
  const { side, fake } = await world(t);
  await file(side);
  t.match(await file(side), { state: 'filed' });
  await withdraw(side);
  t.match(await withdraw(side), { state: 'withdrawn' });
  t.same(fake.received, ['who', 'file', 'withdraw']);
});

t.test('the same filing is not made twice while it stands, or may stand', async (t) => {
  const { side, fake } = await world(t);
  fake.say('file', 'lose-before');
  await file(side);
  t.equal(await faultOf(file(side, 'f-2')), 'filing.live');
  t.match(await file(side, 'f-3', { toCode: 'H11111100008' }), { state: 'filed' }, 'another hospital');
  t.match(await file(side, 'f-4', { from: '2026-03-03' }), { state: 'filed' }, 'from another day');
});

t.test('two who file the same at once make one exchange', async (t) => {
  const { side, fake } = await world(t);
  const both = await Promise.all([faultOf(file(side, 'f-1')), faultOf(file(side, 'f-2'))]);
  t.same(both.sort(), ['filing.live', undefined].sort());
  t.equal(fake.doubled, 0);
});

const AT_ONCE: Readonly<Record<(typeof BEHAVIOURS)[number], [state: string, cause: string | null]>> = {
  accept: ['filed', null],
  refuse: ['refused', 'insurer.refused'],
  'lose-before': ['in-doubt', 'filing.no-answer'],
  'lose-after': ['in-doubt', 'filing.no-answer'],
  'rubbish-after': ['in-doubt', 'filing.no-answer'],
  unreachable: ['not-filed', 'insurer.unreachable'],
  'turn-away': ['not-filed', 'insurer.gateway-refused'],
};

/** Whether the insurer did it, whatever it answered. */
const ACTED: ReadonlySet<Behaviour> = new Set(['accept', 'lose-after', 'rubbish-after', 'throw-after']);

for (const behaviour of BEHAVIOURS) {
  const [state, cause] = AT_ONCE[behaviour];
  const acted = ACTED.has(behaviour);

  t.test(`filing, met with ${behaviour}, is ${state}, and decided by the insurer’s list`, async (t) => {
    const { side, fake, clock } = await world(t);
    fake.say('file', behaviour);
    t.match(await file(side), { state, cause_code: cause });
    clock.advance(5 * MINUTE_MS);
    await side.filings.takeUpDue();
    const lost = state === 'in-doubt';
    const end = lost ? (acted ? 'filed' : 'not-filed') : state;
    t.match(await side.filings.service.get('f-1'), {
      state: end,
      cause_code: lost ? (acted ? null : 'filing.absent') : cause,
      next_check_at: null,
    });
    t.equal(
      fake.received.filter((operation) => operation === 'file').length,
      behaviour === 'unreachable' ? 0 : 1,
    );
  });

  t.test(`a withdrawal, met with ${behaviour}, is decided by the insurer’s list`, async (t) => {
    const { side, fake, clock } = await world(t);
    await file(side);
    fake.say('withdraw', behaviour);
    const given = await withdraw(side);
    const lost = state === 'in-doubt';
    t.equal(given.state, lost ? 'in-doubt' : acted ? 'withdrawn' : 'filed');
    clock.advance(5 * MINUTE_MS);
    await side.filings.takeUpDue();
    t.match(await side.filings.service.get('f-1'), {
      state: acted ? 'withdrawn' : 'filed',
      cause_code: lost ? (acted ? null : 'filing.still-on-file') : cause,
      doubt_of: null,
    });
    if (!acted) t.match(await withdraw(side, 'w-2'), { state: 'withdrawn' }, 'and may be withdrawn again');
  });
}

t.test('absence proves nothing while the insurer may still be at it', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.say('file', 'act-late');
  await file(side);
  t.match(await side.filings.service.check('f-1'), { state: 'in-doubt' });
  t.notOk(fake.received.includes('find'), 'before its deadline it isn’t even asked');
  clock.advance(10_000);
  t.match(await side.filings.service.check('f-1'), { state: 'in-doubt' }, 'absent, and too early to tell');
  fake.late.forEach((act) => {
    act();
  });
  clock.advance(2 * MINUTE_MS);
  t.match(await side.filings.service.check('f-1'), { state: 'filed' });
  t.equal(fake.doubled, 0);
});

t.test('presence is believed at once', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.say('file', 'lose-after');
  await file(side);
  clock.advance(10_000);
  t.match(await side.filings.service.check('f-1'), { state: 'filed', number: null });
});

t.test('a filing found without its number is withdrawn under the number a person gives', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.say('file', 'lose-after');
  await file(side);
  clock.advance(10_000);
  await side.filings.service.check('f-1');
  t.equal(await faultOf(withdraw(side)), 'filing.no-number');
  t.match(await withdraw(side, 'w-2', { reason: '填错', number: 'N3' }), {
    state: 'withdrawn',
    number: 'N3',
  });
});

t.test('a list that gives numbers spares the asking', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.listsNumbers = true;
  fake.say('file', 'rubbish-after');
  await file(side);
  clock.advance(10_000);
  t.match(await side.filings.service.check('f-1'), { state: 'filed', number: 'N3' });
  t.equal(await faultOf(withdraw(side, 'w-1', { reason: '填错', number: 'N4' })), 'request.invalid');
});

t.test('where the list proves nothing, a person is called after days, and decides', async (t) => {
  for (const found of ['filed', 'not-filed', 'withdrawn'] as const) {
    const { side, fake, clock } = await world(t);
    fake.say('file', 'lose-after');
    fake.say('find', ...Array<Behaviour>(20).fill('open'));
    await file(side);
    let rounds = 0;
    for (; (await side.filings.service.get('f-1')).state === 'in-doubt'; rounds++) {
      clock.advance(DAY_MS);
      await side.filings.takeUpDue();
    }
    t.equal(rounds, 7);
    t.match(await side.filings.service.get('f-1'), { state: 'needs-review', cause_code: 'filing.undecided' });
    t.equal(await faultOf(file(side, 'f-2')), 'filing.live', 'and meanwhile it is not made again');
    const number = found === 'filed' ? { number: 'N3' } : {};
    const review = { id: 'f-1', act: 'r-1', caller };
    t.match(await side.filings.service.review(review, { found, note: '电话核对', ...number }), {
      state: found,
      ...number,
      cause_code: found === 'filed' ? null : 'filing.reviewed',
    });
    t.match(
      await side.filings.service.review(review, { found: 'filed', note: 'x' }),
      { state: found },
      'once',
    );
  }
});

t.test('an insurer that can’t be reached, or refuses to be asked, leaves the doubt', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.say('file', 'lose-after');
  fake.say('find', 'unreachable', 'lose-before', 'refuse', 'throw', 'turn-away', 'throw-after', 'fault');
  await file(side);
  for (let look = 1; look <= 7; look++) {
    clock.advance(DAY_MS);
    await side.filings.takeUpDue();
    t.match(await side.filings.service.get('f-1'), { state: 'in-doubt' }, `look ${look}`);
  }
  t.equal((await side.filings.service.get('f-1')).looks, 2, 'only what was answered counts');
  clock.advance(DAY_MS);
  await side.filings.takeUpDue();
  t.match(await side.filings.service.get('f-1'), { state: 'filed' });
});

t.test('nothing is filed where it isn’t known who the person is', async (t) => {
  const cases: [Behaviour, string, string][] = [
    ['refuse', 'refused', 'insurer.refused'],
    ['lose-after', 'not-filed', 'filing.not-sent'],
    ['unreachable', 'not-filed', 'insurer.unreachable'],
    ['turn-away', 'not-filed', 'insurer.gateway-refused'],
    ['throw-after', 'not-filed', 'gateway.fault'],
  ];
  for (const [behaviour, state, cause_code] of cases) {
    const { side, fake } = await world(t);
    fake.say('who', behaviour);
    t.match(await file(side), { state, cause_code }, behaviour);
    t.notOk(fake.received.includes('file'));
    t.match(await file(side, 'f-2'), { state: 'filed' }, 'and may be filed anew');
  }
});

t.test('a filing that the adapter finds wrong is told, and not on file', async (t) => {
  const { side, fake } = await world(t);
  fake.say('file', 'fault');
  await t.rejects(file(side), { code: 'request.invalid', context: { pointer: '/body/transfer/reason' } });
  t.match(await side.filings.service.get('f-1'), { state: 'not-filed', cause_code: 'request.invalid' });
});

t.test('an adapter that breaks, or acts twice, doubles nothing', async (t) => {
  const { side, fake, clock } = await world(t);
  fake.say('file', 'throw-after');
  t.match(await file(side), { state: 'in-doubt' }, 'accepted, but not understood');
  clock.advance(10_000);
  t.match(await side.filings.service.check('f-1'), { state: 'filed' });
  fake.entries.length = 0;
  fake.say('file', 'twice');
  t.match(await file(side, 'f-2', { toCode: 'H11111100008' }), { state: 'filed' });
  t.equal(fake.doubled, 0);
});

t.test('an act in the wrong state, or on another version, is refused', async (t) => {
  const { side, fake } = await world(t);
  t.equal(await faultOf(withdraw(side)), 'filing.not-found');
  fake.say('file', 'refuse');
  await file(side);
  t.equal(await faultOf(withdraw(side)), 'filing.state');
  const review = { id: 'f-1', act: 'r', caller };
  t.equal(await faultOf(side.filings.service.review(review, { found: 'filed', note: 'x' })), 'filing.state');
  const stale = { id: 'f-1', act: 'w', caller, version: 1 };
  t.equal(await faultOf(side.filings.service.withdraw(stale, { reason: 'x' })), 'request.version');
  t.match(await side.filings.service.check('f-1'), { state: 'refused' }, 'there is nothing to look for');
});

t.test('another feature files a transfer for a referral, and knows its number', async (t) => {
  const { side } = await world(t);
  const { id: _id, ...filing } = transfer('f-1');
  const asked = { id: 'f-1', referralId: 'ref-1', insurer: 'fake', filing };
  const standing = { id: 'f-1', insurer: 'fake', state: 'filed', number: 'N3' };
  t.same(await side.filings.filings.fileTransfer(asked, caller), standing);
  t.same(await side.filings.filings.fileTransfer(asked, caller), standing, 'once');
  t.same(await side.filings.filings.ofReferral('ref-1'), [standing]);
  t.same(await side.filings.filings.ofReferral('ref-2'), []);
});

t.test('a transfer on file counts as a referral, by either number, while it holds', async (t) => {
  const { side, clock } = await world(t);
  const { archive } = side.filings;
  const onFile = (number: string) => archive.onFile(number, 'township', () => 'county');
  t.equal(await onFile('f-1'), undefined);
  await file(side);
  const up = { state: 'referred', direction: 'up', fromLevel: 'township', toLevel: 'county' };
  t.same(await onFile('f-1'), up);
  t.same(await onFile('N3'), up);
  clock.advance(300 * DAY_MS);
  t.equal(await onFile('N3'), undefined, 'it has ended');
  clock.advance(-300 * DAY_MS);
  await withdraw(side);
  t.equal(await onFile('N3'), undefined, 'it was withdrawn');
});
