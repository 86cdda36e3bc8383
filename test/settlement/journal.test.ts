import t from 'tap';
import { AuditTrail } from '../../src/access/audit.ts';
import { exchangesOf } from '../../src/settlement/exchange-queries.ts';
import { type ExchangeContext, Journal } from '../../src/settlement/journal.ts';
import { type WireAnswer, WireError, type WireRequest } from '../../src/settlement/port.ts';
import { query } from '../../src/store/query.ts';
import { testParts } from '../helper.ts';
import { DyingStore } from './parts.ts';

const all = query<object, { id: string; outcome: string; status: number | null; answer: Uint8Array | null }>(
  'test.exchanges',
  (db) => db.selectFrom('exchanges').select(['id', 'outcome', 'status', 'answer']).orderBy('id'),
);

const context: ExchangeContext = {
  insurer: 'fake',
  purpose: 'settle',
  client: 'his',
  requestId: 'r',
  settlementId: 's',
};

let next = 1;

function request(send: WireRequest['send'], over: Partial<WireRequest> = {}): WireRequest {
  return {
    transaction: '2207',
    ownId: `M${next++}`,
    effect: 'money',
    body: Buffer.from('{}'),
    send,
    judge: (answer) => ({ kind: 'accepted', output: answer.body.toString() }),
    ...over,
  };
}

const answered: WireAnswer = { status: 200, contentType: 'text/plain', body: Buffer.from('yes') };

async function journal(t: Parameters<typeof testParts>[0], timeoutMs = 1_000) {
  const parts = await testParts(t);
  return { ...parts, journal: new Journal({ ...parts, timeoutMsOf: () => timeoutMs }) };
}

t.test('an exchange is on disk before it is sent, and its answer before it is told', async (t) => {
  const parts = await journal(t);
  const { exchange, trace } = parts.journal.open(context);
  const outcome = await exchange(
    request(async () => {
      t.match(await parts.store.all(all, {}), [{ outcome: 'pending', answer: null }]);
      return answered;
    }),
  );
  t.match(outcome, { kind: 'accepted', output: 'yes' });
  const [row] = await parts.store.all(all, {});
  t.match(row, { id: outcome.exchangeId, outcome: 'accepted', status: 200 });
  t.equal(parts.vault.open(`exchange ${row!.id} answer`, row!.answer!).toString(), 'yes');
  t.equal(trace.money?.outcome, 'accepted');
});

t.test('an exchange takes two units of work', async (t) => {
  const parts = await testParts(t);
  const store = new DyingStore(parts.store, 0, 'before');
  const audit = new AuditTrail(store, 'test', parts.clock);
  const { exchange } = new Journal({ ...parts, store, audit, timeoutMsOf: () => 1_000 }).open(context);
  await exchange(request(async () => answered));
  t.equal(store.writes, 2);
  t.same(await parts.audit.verify(), []);
});

t.test('what a failure on the wire proves', async (t) => {
  const cases: [() => Promise<WireAnswer>, string, string][] = [
    [async () => Promise.reject(new WireError('nothing', 'refused')), 'not-run', 'not-sent'],
    [async () => Promise.reject(new WireError('maybe', 'reset')), 'unknown', 'unknown'],
    [async () => Promise.reject(new Error('a bug')), 'unknown', 'unknown'],
    [async () => ({ ...answered, body: Buffer.alloc(5 * 1024 * 1024) }), 'unknown', 'unknown'],
  ];
  for (const [send, kind, stored] of cases) {
    const parts = await journal(t);
    const { exchange } = parts.journal.open(context);
    t.equal((await exchange(request(send))).kind, kind);
    t.match(await parts.store.all(all, {}), [{ outcome: stored }]);
  }
});

t.test('an answer that cannot be judged proves nothing', async (t) => {
  const parts = await journal(t);
  const { exchange } = parts.journal.open(context);
  const judge = () => {
    throw new Error('a bug');
  };
  t.equal((await exchange(request(async () => answered, { judge }))).kind, 'unknown');
});

t.test('a silent insurer is given up on: told to stop first, then left', async (t) => {
  const parts = await journal(t, 20);
  const { exchange } = parts.journal.open(context);
  let aborted = false;
  const hanging = request((signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    return new Promise(() => undefined);
  });
  t.equal((await exchange(hanging)).kind, 'unknown');
  t.ok(aborted);
  t.match(await parts.store.all(all, {}), [{ outcome: 'unknown' }]);
});

t.test('money moves once in a step, unless the first time moved nothing', async (t) => {
  const parts = await journal(t);
  const first = parts.journal.open(context);
  await first.exchange(request(async () => answered));
  let sent = false;
  const again = request(async () => {
    sent = true;
    return answered;
  });
  t.equal((await first.exchange(again)).kind, 'not-run');
  t.notOk(sent);
  const second = parts.journal.open(context);
  await second.exchange(
    request(async () => answered, { judge: () => ({ kind: 'refused', reason: 'no session' }) }),
  );
  t.equal((await second.exchange(request(async () => answered))).kind, 'accepted');
});

t.test('what must not be sent is neither written nor sent', async (t) => {
  const cases: [string, Partial<ExchangeContext>, Partial<WireRequest>][] = [
    ['money in a quote', { purpose: 'quote' }, {}],
    ['money in a transaction of the caller', { purpose: 'transaction' }, {}],
    ['a step that another has followed', { fence: async () => false }, {}],
    ['an exchange that could outlast its lease', { leaseUntil: 1 }, {}],
  ];
  for (const [why, over, requestOver] of cases) {
    const parts = await journal(t);
    const { exchange } = parts.journal.open({ ...context, ...over });
    const outcome = await exchange(request(() => t.fail(why) as never, requestOver));
    t.equal(outcome.kind, 'not-run', why);
    t.same(await parts.store.all(all, {}), []);
  }
});

t.test('an id is used once for ever', async (t) => {
  const parts = await journal(t);
  await parts.journal.open(context).exchange(request(async () => answered, { ownId: 'M-same' }));
  const { exchange } = parts.journal.open(context);
  const outcome = await exchange(request(() => t.fail('sent again') as never, { ownId: 'M-same' }));
  t.equal(outcome.kind, 'not-run');
});

t.test(
  'what was never answered is unknown after its deadline, and a later answer changes nothing',
  async (t) => {
    const parts = await journal(t);
    const { exchange, trace } = parts.journal.open(context);
    const outcome = await exchange(
      request(async () => {
        parts.clock.advance(60_000);
        await parts.journal.expire();
        return answered;
      }),
    );
    t.equal(outcome.kind, 'unknown');
    t.equal(trace.money?.outcome, 'unknown');
    t.match(await parts.store.all(exchangesOf, { settlement: 's', limit: 9 }), [{ outcome: 'unknown' }]);
  },
);

t.test('a process that was stopped after writing does not send into a step that is over', async (t) => {
  const parts = await testParts(t);
  const late = {
    ...parts.store,
    dialect: parts.store.dialect,
    write: async <T>(work: Parameters<typeof parts.store.write<T>>[0]) => {
      const value = await parts.store.write(work);
      parts.clock.advance(60_000);
      return value;
    },
  } as typeof parts.store;
  const { exchange } = new Journal({ ...parts, store: late, timeoutMsOf: () => 1_000 }).open(context);
  t.equal((await exchange(request(() => t.fail('sent') as never))).kind, 'not-run');
});
