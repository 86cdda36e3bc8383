import { readFileSync } from 'node:fs';
import t from 'tap';
import { ask, received } from './asking.ts';
import type { Any } from './package.ts';

const example: Any = JSON.parse(
  readFileSync(new URL('examples/cow-cancellation-task.json', import.meta.url), 'utf8'),
);

/** The published example, about a task of ours. */
const requestFor = (id: string, changes: Any = {}) => ({
  ...example,
  id: undefined,
  focus: { reference: `Task/${id}` },
  ...changes,
});

t.test(
  'a request to call a referral off is a task of its own, which the receiver refuses or accepts',
  async (t) => {
    const { here, there, task } = await received(t);
    const mine = (await ask(t, here, 'GET', '/Task')).body.entry[0].resource;
    const asked = await ask(
      t,
      here,
      'POST',
      '/Task',
      requestFor(mine.id, { reasonCode: { text: '患者要求' } }),
    );
    t.match(asked, {
      status: 201,
      body: {
        status: 'requested',
        code: { coding: [{ code: 'abort' }] },
        focus: { reference: `Task/${mine.id}` },
      },
    });
    t.match(asked.headers.location, new RegExp(`/fhir/Task/${asked.body.id}/_history/`));
    await here.deliverAll();

    const list = async () => (await ask(t, there, 'GET', '/Task?code=abort')).body.entry ?? [];
    const [{ resource: request }] = await list();
    t.match(request, {
      status: 'received',
      reasonCode: { text: '患者要求' },
      focus: { reference: `Task/${task.id}` },
    });
    t.match((await ask(t, there, 'GET', `/Task/${task.id}`)).body.businessStatus.coding, [{ code: '5.2' }]);
    const answer = (changes: Any, version = request.meta.versionId, id = request.id) =>
      ask(t, there, 'PUT', `/Task/${id}`, { ...request, id, ...changes }, { 'if-match': `W/"${version}"` });
    t.equal((await answer({ status: 'rejected' })).code, 'fhir.resource', 'a refusal says why');
    t.equal((await answer({ status: 'completed' })).code, 'fhir.resource');
    t.equal((await answer({ status: 'accepted' }, '99')).status, 412);
    const refused = await answer({ status: 'rejected', statusReason: { text: '已安排床位' } });
    t.match(refused, { status: 200, body: { status: 'rejected', statusReason: { text: '已安排床位' } } });
    t.same(await list(), [], 'none waits any more');
    t.equal(
      (await ask(t, there, 'GET', `/Task/${task.id}`)).body.status,
      'received',
      'it carries on as before',
    );
    t.equal((await answer({ status: 'accepted' }, refused.body.meta.versionId)).code, 'referral.transition');
    await there.deliverAll();
    const told = (await ask(t, here, 'GET', `/Task/${asked.body.id}`)).body;
    t.match(told, { status: 'rejected', statusReason: { text: '已安排床位' } });

    // Asked once more, without a reason and as the version that was read; now it is accepted, by a patch.
    const { meta } = (await ask(t, here, 'GET', `/Task/${mine.id}`)).body;
    const about = requestFor(mine.id, { focus: { reference: `ServiceRequest/${mine.id}` } });
    const stale = await ask(t, here, 'POST', '/Task', about, { 'if-match': 'W/"1"' });
    t.equal(stale.status, 412);
    const again = await ask(t, here, 'POST', '/Task', about, { 'if-match': `W/"${meta.versionId}"` });
    t.equal(again.status, 201);
    await here.deliverAll();
    const [{ resource: second }] = await list();
    const accepted = await ask(
      t,
      there,
      'PATCH',
      `/Task/${second.id}`,
      [{ op: 'replace', path: '/status', value: 'accepted' }],
      { 'if-match': `W/"${second.meta.versionId}"` },
    );
    t.match(accepted, { status: 200, body: { status: 'accepted' } });
    await there.deliverAll();
    t.equal((await ask(t, here, 'GET', `/Task/${mine.id}`)).body.status, 'cancelled');
    const both = (await ask(t, here, 'GET', `/Task?code=abort&focus=Task/${mine.id}`)).body.entry;
    t.same(
      both.map(({ resource }: Any) => resource.status),
      ['rejected', 'accepted'],
    );
    const open = await ask(t, here, 'GET', `/Task?code=abort&focus=Task/${mine.id}&status=requested`);
    t.equal(open.body.entry, undefined);
    const still = await ask(t, here, 'GET', `/Task?code=abort&focus=Task/${mine.id}&status:not=rejected`);
    t.same(
      still.body.entry.map(({ resource }: Any) => resource.status),
      ['accepted'],
    );
  },
);

t.test('what is no request to call off, or comes from the wrong end, is refused', async (t) => {
  const { here, there, task } = await received(t);
  const mine = (await ask(t, here, 'GET', '/Task')).body.entry[0].resource;
  const cases: [string, Any, number, string][] = [
    [
      'another code',
      { code: { coding: [{ ...example.code.coding[0], code: 'fulfill' }] } },
      422,
      'fhir.resource',
    ],
    ['another status', { status: 'accepted' }, 422, 'fhir.resource'],
    ['no focus', { focus: undefined }, 422, 'fhir.resource'],
    ['a focus that there is not', { focus: { reference: 'Task/nothing' } }, 404, 'referral.not-found'],
  ];
  for (const [what, changes, status, code] of cases) {
    const answer = await ask(t, here, 'POST', '/Task', requestFor(mine.id, changes));
    t.match([answer.status, answer.code], [status, code], what);
  }
  const receiver = await ask(t, there, 'POST', '/Task', requestFor(task.id));
  t.match([receiver.status, receiver.code], [422, 'referral.transition']);
});
