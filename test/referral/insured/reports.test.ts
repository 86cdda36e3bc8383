import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { applies, receiverOf, stepOf } from '../../../src/referral/insured/rules.ts';
import { FakeFilings, own, reportingWorld, rule } from './world.ts';

const HOUR_MS = 3_600_000;

t.test(
  'a referral that is taken up outside the county is filed by itself, and looked for on the list',
  async (t) => {
    const filings = new FakeFilings();
    const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
    await becomes('accepted');
    t.equal(await worker.runOnce(), 1);
    t.match(filings.transfers, [
      {
        referralId: 'r-1',
        insurer: 'nhsa',
        filing: {
          kind: 'transfer',
          toCode: 'CITY000001',
          toName: '示例市医院',
          toDivision: '430100',
          reach: '1',
          date: '2026-03-02',
          to: '2026-08-29',
          diagnosis: { code: 'Z75.300', name: '高血压待查' },
        },
      },
    ]);
    t.match(await reports(), [{ filing_state: 'filed', number: 'B1', seen: null, problem: null }]);
    t.equal(await worker.runOnce(), 0, 'not asked for at once');
    clock.advance(HOUR_MS);
    t.equal(await worker.runOnce(), 1);
    t.match(await reports(), [{ seen: 'on-file', next_at: null, problem: null }]);
    await becomes('scheduled');
    clock.advance(24 * HOUR_MS);
    t.equal(await worker.runOnce(), 0, 'told once');
  },
);

t.test('what the list does not show is told', async (t) => {
  const filings = new FakeFilings();
  const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
  filings.listed = false;
  await becomes('accepted');
  await worker.runOnce();
  clock.advance(HOUR_MS);
  await worker.runOnce();
  t.match(await reports(), [{ filing_state: 'filed', seen: 'absent', problem: 'report.not-listed' }]);
});

t.test('within the county, received here, or without a rule: nobody is told', async (t) => {
  for (const options of [{ peer: 'HOSPITAL01' }, { role: 'recipient' as const }, { rules: [] }]) {
    const { becomes, reports } = await reportingWorld(t, new FakeFilings(), options);
    await becomes('accepted');
    await becomes('cancelled');
    t.strictSame(await reports(), []);
  }
  t.equal(applies({ when: 'always' }, 'up', undefined, own), true);
  t.equal(applies({ when: 'always' }, 'down', undefined, own), false);
});

t.test('one that is cancelled afterwards is withdrawn; one that never was filed is not', async (t) => {
  const filings = new FakeFilings();
  const { becomes, worker, reports } = await reportingWorld(t, filings);
  await becomes('accepted');
  await worker.runOnce();
  await becomes('cancellation-requested');
  await becomes('cancelled');
  t.equal(await worker.runOnce(), 1);
  t.equal(filings.withdrawn.length, 1);
  t.match(await reports(), [{ wanted: 'withdrawn', filing_state: 'withdrawn', next_at: null }]);

  const never = new FakeFilings();
  const other = await reportingWorld(t, never);
  await other.becomes('accepted');
  await other.becomes('cancelled');
  await other.worker.runOnce();
  t.equal(never.transfers.length + never.withdrawn.length, 0);
  t.match(await other.reports(), [{ next_at: null, filing_state: null }]);
});

t.test('a filing in doubt stays so by itself: nothing is filed or withdrawn beside it', async (t) => {
  const filings = new FakeFilings();
  filings.next = 'in-doubt';
  const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
  await becomes('accepted');
  await worker.runOnce();
  await becomes('cancelled');
  for (let round = 0; round < 3; round++) {
    await worker.runOnce();
    clock.advance(HOUR_MS);
  }
  t.equal(filings.transfers.length, 1);
  t.equal(filings.withdrawn.length, 0);
  t.match(await reports(), [{ filing_state: 'in-doubt' }]);
  filings.set([...filings.made.keys()][0]!, 'filed');
  await worker.runOnce();
  clock.advance(HOUR_MS);
  await worker.runOnce();
  t.equal(filings.withdrawn.length, 1, 'once the doubt is over');
});

t.test('an insurer that is away is tried again, under another filing, until it takes it', async (t) => {
  const filings = new FakeFilings();
  filings.next = 'not-filed';
  const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
  await becomes('accepted');
  for (let round = 0; round < 4; round++) {
    t.equal(await worker.runOnce(), 1);
    t.match(await reports(), [{ problem: 'filing.not-sent' }]);
    clock.advance(HOUR_MS);
  }
  filings.next = new Fault('gateway.busy');
  await worker.runOnce();
  clock.advance(HOUR_MS);
  filings.next = 'filed';
  await worker.runOnce();
  t.equal(new Set(filings.transfers.map(({ id }) => id)).size, 5);
  t.match(await reports(), [{ filing_state: 'filed', number: 'B1', problem: null, tries: 0 }]);
});

t.test('what a person must mend waits for him: a refusal, a receiver that is not known', async (t) => {
  const filings = new FakeFilings();
  filings.next = 'refused';
  const refused = await reportingWorld(t, filings);
  await refused.becomes('accepted');
  await refused.worker.runOnce();
  t.match(await refused.reports(), [{ problem: 'insurer.refused', next_at: null }]);

  const rules = [{ ...rule, when: 'always' as const }];
  const unknown = await reportingWorld(t, new FakeFilings(), { rules, peer: 'FARAWAYHOSPITAL0001' });
  await unknown.becomes('accepted');
  await unknown.worker.runOnce();
  t.match(await unknown.reports(), [{ problem: 'report.incomplete', next_at: null }]);
});

t.test('a withdrawal that is refused is tried some times, then left to a person', async (t) => {
  const filings = new FakeFilings();
  filings.nextWithdrawal = 'filed';
  const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
  await becomes('accepted');
  await worker.runOnce();
  await becomes('cancelled');
  for (let round = 0; round < 20; round++) {
    await worker.runOnce();
    clock.advance(6 * HOUR_MS);
  }
  t.equal(new Set(filings.withdrawn).size, filings.withdrawn.length, 'each under an id of its own');
  t.ok(filings.withdrawn.length >= 3 && filings.withdrawn.length <= 10);
  t.match(await reports(), [{ problem: 'insurer.refused', next_at: null }]);
});

t.test('two gateways and a death in the middle file once', async (t) => {
  const filings = new FakeFilings();
  const { becomes, worker, another, reports, clock } = await reportingWorld(t, filings);
  await becomes('accepted');
  const file = filings.fileTransfer.bind(filings);
  filings.fileTransfer = async (transfer) => {
    await file(transfer);
    throw new Error('the gateway dies before it writes this down');
  };
  t.equal(await worker.runOnce(), 1);
  filings.fileTransfer = file;
  clock.advance(HOUR_MS);
  await Promise.all([worker.runOnce(), another.runOnce()]);
  t.equal(filings.transfers.length, 1);
  t.match(await reports(), [{ filing_state: 'filed', number: 'B1' }]);
});

t.test('the receiver in the insurer’s words, or what is missing of it', async (t) => {
  const peer = { code: 'CITY000001', name: '示例市医院', level: 'city', division: '430100' } as const;
  const reach = (division: string) => receiverOf({}, { ...peer, division }, own);
  t.match(reach('430181'), { ok: true, value: { reach: '1' } });
  t.match(reach('430200'), { ok: true, value: { reach: '2' } });
  t.match(reach('440100'), { ok: true, value: { reach: '3' } });
  const receivers = { CITY000001: { code: 'H43010000009', division: '430103' } };
  t.match(receiverOf({ receivers }, peer, own), {
    value: { toCode: 'H43010000009', toDivision: '430103' },
  });
  t.match(receiverOf({}, { ...peer, code: 'X'.repeat(13) }, own), { ok: false, error: 'code' });
  t.match(receiverOf({}, { ...peer, division: undefined }, own), { ok: false, error: 'division' });
});

t.test('whatever happens in which order, it ends as the referral does, and never filed twice', async (t) => {
  const states = ['filed', 'in-doubt', 'not-filed', 'refused', 'needs-review'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...states), { maxLength: 6 }),
      fc.array(fc.constantFrom('work' as const, 'wait' as const, 'cancel' as const), { maxLength: 12 }),
      fc.boolean(),
      async (outcomes, steps, found) => {
        const filings = new FakeFilings();
        const { becomes, worker, reports, clock } = await reportingWorld(t, filings);
        const file = filings.fileTransfer.bind(filings);
        let beside = false;
        filings.fileTransfer = async (transfer) => {
          filings.next = outcomes.shift() ?? 'filed';
          const open = ['filed', 'in-doubt', 'needs-review'];
          beside ||= [...filings.made].some(([id, { state }]) => id !== transfer.id && open.includes(state));
          return file(transfer);
        };
        await becomes('accepted');
        let cancelled = false;
        for (const step of steps) {
          if (step === 'work') await worker.runOnce();
          if (step === 'wait') clock.advance(7 * HOUR_MS);
          if (step === 'cancel' && !cancelled) {
            cancelled = true;
            await becomes('cancelled');
          }
        }
        // The doubts end, as the filing side and a person end them.
        for (let round = 0; round < 12; round++) {
          for (const { id, state } of filings.made.values()) {
            if (state === 'in-doubt' || state === 'needs-review')
              filings.set(id, found ? 'filed' : 'not-filed');
          }
          clock.advance(7 * HOUR_MS);
          await worker.runOnce();
        }
        t.notOk(beside, 'one beside another');
        const filed = [...filings.made.values()].filter(({ state }) => state === 'filed').length;
        const refused = [...filings.made.values()].some(({ state }) => state === 'refused');
        t.equal(filed, cancelled || refused ? 0 : 1);
        t.match(await reports(), [{ next_at: null }]);
      },
    ),
    { numRuns: 25 },
  );
  t.equal(stepOf('filed', 'withdrawn', false), 'done');
});
