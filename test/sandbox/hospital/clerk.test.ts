import t from 'tap';
import type { StateName } from '../../../src/referral/machine.ts';
import { type Call, startClerk } from '../../../src/sandbox/hospital/clerk.ts';
import { defaultScript, type Script } from '../../../src/sandbox/hospital/script.ts';
import { creation, joined, type TestOrganisation } from '../../referral/organisations.ts';

/** The same script, without the waiting. */
const hurried: Script = Object.fromEntries(
  Object.entries(defaultScript).map(([state, step]) => [state, { ...step, afterMs: 0 }]),
);

async function until(side: TestOrganisation, id: string, state: StateName): Promise<void> {
  for (;;) {
    if ((await side.call('GET', `/v1/referrals/${id}`)).body.state === state) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

t.test('the clerk answers a referral over the public API until it comes back closed', async (t) => {
  const { here, there } = await joined(t);
  const { port } = there.app.server.address() as { port: number };
  const troubles: string[] = [];
  const stop = startClerk({
    baseUrl: `http://127.0.0.1:${port}`,
    key: there.key,
    script: hurried,
    pollMs: 2,
    onTrouble: (reason) => troubles.push(reason),
  });
  t.teardown(stop);
  here.worker.start();
  there.worker.start();
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await until(here, id, 'completed');
  const { body } = await here.call('GET', `/v1/referrals/${id}`);
  t.match(body, { outcome: { doctor: { name: '沙箱医生' } }, closed: true });
  t.match(body.appointment?.at, /T09:00:00\+08:00$/);
  const { items: history } = (await here.call('GET', `/v1/referrals/${id}/history`)).body;
  t.same(
    history.filter(({ who }) => who === 'recipient').map(({ type }) => type),
    ['accept', 'schedule', 'arrive', 'complete'],
  );
  await stop();
  t.same(troubles, []);
});

t.test('the clerk confirms a cancellation', async (t) => {
  const { here, there } = await joined(t);
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.act(id, { type: 'request-cancellation', reason: { text: '患者要求' } });
  await here.deliverAll();
  const call: Call = async (method, path, headers, body) => there.call(method, path, body, headers);
  const stop = startClerk({ call, script: hurried, pollMs: 1 });
  t.teardown(stop);
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await until(there, theirs, 'cancelled');
  await there.deliverAll();
  t.equal((await here.call('GET', `/v1/referrals/${id}`)).body.state, 'cancelled');
});

t.test('the clerk takes its time in each state, and goes on after a gateway that fails', async (t) => {
  let now = 0;
  let broken = true;
  const acts: string[] = [];
  const troubles: string[] = [];
  let looks = 0;
  let state: StateName = 'received';
  const call: Call = async (method, _path, _headers, body) => {
    if (method === 'GET') {
      looks += 1;
      if (broken) throw new Error('connection refused');
      return { status: 200, body: { items: [{ id: 'r', state, version: 1 }] } };
    }
    acts.push((body as { type: string }).type);
    state = acts.length === 1 ? 'accepted' : 'noted';
    return { status: 200, body: {} };
  };
  const stop = startClerk({ call, pollMs: 1, now: () => now, onTrouble: (reason) => troubles.push(reason) });
  t.teardown(stop);
  const look = async (times: number) => {
    const end = looks + times;
    while (looks < end) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await look(2);
  t.equal(troubles[0], 'connection refused');
  broken = false;
  await look(3);
  t.same(acts, [], 'a second has not passed');
  now = 1_000;
  await look(3);
  t.same(acts, ['accept']);
  now = 2_000;
  await look(3);
  t.same(acts, ['accept', 'schedule'], 'a second in the new state');
});
