import t, { type Test } from 'tap';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds, testLogger, testVault } from '../../helper.ts';
import { DAY, newWorld } from './parts.ts';

const key = newKey('his');
const FOREIGN = 'H43010000001202603020900009999';

async function gateway(t: Test, waitMs?: number) {
  const world = await newWorld(t);
  const side = world.start();
  const { store, clock } = world;
  const idempotency = new Idempotency({ store, vault: testVault(), clock, ids: testIds, gatewayId: 'test' });
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([{ id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) }]),
    features: [side.statements.routes(idempotency, waitMs)],
  });
  t.teardown(() => app.close());
  const authorization = `Bearer ${key.key}`;
  const post = (
    url: string,
    payload?: object,
    idempotencyKey = testIds.next(),
    headers: Record<string, string> = {},
  ) =>
    app.inject({
      ...{ method: 'POST', url, headers: { authorization, 'idempotency-key': idempotencyKey, ...headers } },
      ...(payload === undefined ? {} : { payload }),
    });
  const get = (url: string) => app.inject({ method: 'GET', url, headers: { authorization } });
  return { ...world, side, post, get };
}

t.test('a statement is made, read, listed, mended, and its month closed', async (t) => {
  const { side, virtual, clock, post, get } = await gateway(t);
  await side.settle('s-1');
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });

  const made = await post('/v1/statements', { insurer: 'nhsa', date: DAY });
  t.equal(made.statusCode, 200);
  const { id } = made.json();
  t.match(made.json(), {
    ...{ insurer: 'nhsa', period: DAY, state: 'differs', provisional: true },
    differences: [
      {
        ...{ n: 1, class: 'insurer-only', state: 'open', act: 'undo-at-insurer', refund: false },
        title: { zh: '医保已结算,本机构没有这笔' },
        mends: { en: /undone at the insurer/ },
        theirs: { ownId: FOREIGN, total: '150.85' },
      },
    ],
  });
  t.same((await get(`/v1/statements/${id}`)).json(), made.json());

  const idempotencyKey = testIds.next();
  const mended = await post(`/v1/statements/${id}/differences/1/mend`, {}, idempotencyKey);
  t.equal(mended.statusCode, 200);
  t.match(mended.json(), { differences: [{ state: 'mended', by: 'his' }] });
  t.equal((await post(`/v1/statements/${id}/differences/1/mend`, {}, idempotencyKey)).body, mended.body);
  t.match((await post(`/v1/statements/${id}/differences/1/mend`, {})).json(), {
    ...{ status: 409, code: 'statement.state' },
  });

  clock.advance(40 * 24 * 3_600_000);
  const month = await post('/v1/statements', { insurer: 'nhsa', month: '2026-03' });
  t.match(month.json(), { period: '2026-03', state: 'balanced', open: [] });
  t.equal(month.json().days.length, 31);
  const closed = await post(`/v1/statements/${month.json().id}/close`);
  t.match(closed.json(), { closedBy: 'his' });
  t.match((await post('/v1/statements', { insurer: 'nhsa', date: DAY })).json(), {
    code: 'statement.closed',
  });

  const list = await get('/v1/statements?insurer=nhsa&from=2026-03-01&to=2026-03-31');
  t.match(
    list.json().items.map(({ period, state }: Record<string, string>) => [period, state]),
    [
      ['2026-03', 'balanced'],
      [DAY, 'differs'],
    ],
  );
  const items = async (query: string) => (await get(`/v1/statements${query}`)).json().items.length;
  t.equal(await items('?insurer=nhsa&from=2026-03-03&to=2026-03-31'), 1);
  t.equal(await items('?from=2026-03-01'), 2);
  t.equal(await items('?insurer=other&from=2026-03-01'), 0);
  t.equal(await items(''), 1, 'of the last month: March, of which it holds the end');
});

t.test('nothing that is shown names the person', async (t) => {
  const { side, virtual, post, get, store } = await gateway(t);
  await side.settle('s-1');
  const [row] = virtual.ledger();
  virtual.tamper({ act: 'overcharge', msgid: row!.msgid, byFen: 1 });
  virtual.tamper({ act: 'invent', msgid: FOREIGN, like: row!.msgid });
  const { id } = (await post('/v1/statements', { insurer: 'nhsa', date: DAY })).json();
  const { body } = await get(`/v1/statements/${id}`);
  t.equal(JSON.parse(body).differences.length, 2);
  const psn = side.ledger.seals.settled((await side.service.get('s-1')).legs[0]!)!.handle.psn_no!;
  for (const secret of [SAMPLE_NAME, SAMPLE_NUMBER, psn]) t.notOk(body.includes(secret));
  const kept = await store.list<{ content: Uint8Array }>((db) =>
    db.selectFrom('statement_differences').select('content'),
  );
  for (const { content } of kept) t.notOk(Buffer.from(content).includes(psn));
  const looks = await store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('kind', '=', 'statement').where('subject', '=', id),
  );
  t.match(looks.map(({ act }) => act).sort(), ['compare', 'read', 'read'], 'and each look is on the trail');
});

t.test('requests that make no sense are refused, each with its code', async (t) => {
  const { post, get } = await gateway(t);
  const cases: readonly [url: string, body: object | undefined, status: number, code: string][] = [
    ['/v1/statements', { insurer: 'nhsa' }, 400, 'request.invalid'],
    ['/v1/statements', { insurer: 'nhsa', date: DAY, month: '2026-03' }, 400, 'request.invalid'],
    ['/v1/statements', { insurer: 'nhsa', date: 'today' }, 400, 'request.invalid'],
    ['/v1/statements', { insurer: 'nhsa', month: '2026-13' }, 400, 'request.invalid'],
    ['/v1/statements', { insurer: 'nhsa', date: '2026-03-09' }, 422, 'statement.period'],
    ['/v1/statements', { insurer: 'nobody', date: DAY }, 404, 'insurer.not-found'],
    ['/v1/statements/nobody/close', undefined, 404, 'statement.not-found'],
    ['/v1/statements/nobody/close', { a: 1 }, 400, 'request.invalid'],
    ['/v1/statements/nobody/differences/1/mend', {}, 404, 'statement.not-found'],
    ['/v1/statements/nobody/differences/0/mend', {}, 400, 'request.invalid'],
    ['/v1/statements/nobody/differences/1/mend', { confirm: 'yes' }, 400, 'request.invalid'],
  ];
  for (const [url, body, status, code] of cases) {
    const answer = await post(url, body);
    t.match(answer.json(), { status, code }, `${url} ${JSON.stringify(body)}`);
  }
  t.match((await get('/v1/statements/nobody')).json(), { code: 'statement.not-found' });
  t.match((await get('/v1/statements?from=today')).json(), { code: 'request.invalid' });
  const { id } = (await post('/v1/statements', { insurer: 'nhsa', date: DAY })).json();
  t.match((await post(`/v1/statements/${id}/differences/7/mend`, {})).json(), {
    code: 'statement.not-found',
  });
});

t.test('one that takes long is answered as running, and read when it is done', async (t) => {
  const { insurer, post, get, side } = await gateway(t, 1);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const flows = insurer.statements!;
  const totals = flows.totals!.bind(flows);
  flows.totals = async (...asked) => {
    await gate;
    return totals(...asked);
  };
  const answer = await post('/v1/statements', { insurer: 'nhsa', date: DAY });
  t.equal(answer.statusCode, 202);
  t.match(answer.json(), { state: 'running', totals: [] });
  const joined = await post('/v1/statements', { insurer: 'nhsa', date: DAY });
  t.match(joined.json(), { id: answer.json().id, run: 1, state: 'running' }, 'who asks meanwhile joins it');
  t.match((await post(`/v1/statements/${answer.json().id}/close`)).json(), { code: 'statement.period' });
  open();
  await side.statements.service.idle();
  t.match((await get(`/v1/statements/${answer.json().id}`)).json(), { state: 'balanced', run: 1 });
});

t.test(
  'a run says how far it is, and ends when it is cancelled, with what an earlier one found',
  async (t) => {
    const { insurer, virtual, post, get, side } = await gateway(t);
    await side.settle('s-1');
    virtual.tamper({ act: 'invent', msgid: FOREIGN, like: virtual.ledger()[0]!.msgid });
    const first = (await post('/v1/statements', { insurer: 'nhsa', date: DAY })).json();
    t.match(first, { state: 'differs', actions: ['run'], differences: [{ mendable: true }] });
    t.equal(first.progress, undefined);

    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const flows = insurer.statements!;
    const details = flows.details!.bind(flows);
    flows.details = async (...asked) => {
      reach();
      await gate;
      return details(...asked);
    };
    const running = await post('/v1/statements', { insurer: 'nhsa', date: DAY }, undefined, {
      prefer: 'respond-async',
    });
    t.equal(running.statusCode, 202, 'it is not waited for');
    const { id } = running.json();
    await reached;
    const { progress, actions } = (await get(`/v1/statements/${id}`)).json();
    t.strictSame(actions, ['cancel']);
    t.ok(progress.done > 0 && progress.done < progress.of, JSON.stringify(progress));

    const cancelled = await post(`/v1/statements/${id}/cancel`);
    t.match(cancelled.json(), {
      ...{ state: 'incomplete', cause: { code: 'statement.cancelled' }, actions: ['run'] },
      differences: [{ class: 'insurer-only', state: 'open' }],
    });
    t.match((await post(`/v1/statements/${id}/cancel`)).json(), { status: 409, code: 'statement.state' });
    t.match((await post('/v1/statements/nobody/cancel')).json(), { code: 'statement.not-found' });
    open();
    await side.statements.service.idle();
    t.match((await get(`/v1/statements/${id}`)).json(), cancelled.json(), 'what comes late counts no more');
    t.match((await post('/v1/statements', { insurer: 'nhsa', date: DAY })).json(), {
      state: 'differs',
      run: 3,
    });
  },
);
