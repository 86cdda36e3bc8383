import t from 'tap';
import { clinic, hospital, organisation } from '../organisations.ts';
import { ask, received } from './asking.ts';
import { transaction } from './package.ts';

const key = (name: string) => ({ 'idempotency-key': `his-order-${name}` });

t.test(
  'a transaction under an Idempotency-Key creates once, and a repeat gets the same answer',
  async (t) => {
    const here = await organisation(t, clinic, hospital);
    const answers = await Promise.all([1, 2, 3].map(() => ask(t, here, 'POST', '', transaction(), key('1'))));
    const later = await ask(t, here, 'POST', '', transaction(), key('1'));
    for (const { status, body } of [...answers, later])
      t.match({ status, body }, { status: 200, body: answers[0]!.body });
    t.equal(later.headers['idempotency-replayed'], 'true');
    t.match(later.headers['content-type'], /^application\/fhir\+json/);
    const { items } = (await here.call('GET', '/v1/referrals')).body;
    t.equal(items.length, 1);
    const kept = await here.store.list((db) => db.selectFrom('fhir_kept').selectAll());
    t.equal(kept.length, 1, 'in one unit with what was kept of its resources');
    const other = transaction({ request: { priority: 'routine' } });
    const reused = await ask(t, here, 'POST', '', other, key('1'));
    t.match([reused.status, reused.code], [422, 'request.key-reused']);
    const again = await ask(t, here, 'POST', '', transaction(), key('2'));
    t.not(again.body.entry[1].response.location, later.body.entry[1].response.location);
  },
);

t.test('a refusal under an Idempotency-Key is an OperationOutcome, and the same again', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const nobody = transaction({ request: { performer: [] } });
  const first = await ask(t, here, 'POST', '', nobody, key('1'));
  const second = await ask(t, here, 'POST', '', nobody, key('1'));
  t.match([first.status, first.code], [422, 'fhir.resource']);
  t.same([second.status, second.body], [first.status, first.body]);
  t.equal(second.headers['idempotency-replayed'], 'true');
  const empty = await ask(t, here, 'POST', '', transaction(), { 'idempotency-key': 'short' });
  t.match([empty.status, empty.code], [400, 'request.invalid']);
});

t.test('a ServiceRequest is created once under its key, with the place of it each time', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const alone = {
    ...transaction().entry[1].resource,
    subject: { identifier: { system: 'urn:his:mr', value: 'P00001' }, display: '张三' },
  };
  const first = await ask(t, here, 'POST', '/ServiceRequest', alone, key('1'));
  const second = await ask(t, here, 'POST', '/ServiceRequest', alone, key('1'));
  t.match([first.status, second.status], [201, 201]);
  t.same(second.body, first.body);
  t.match(first.headers.location, new RegExp(`/fhir/ServiceRequest/${first.body.id}/_history/1$`));
  t.equal(second.headers.location, first.headers.location);
  t.equal(second.headers.etag, first.headers.etag);
  t.equal((await here.call('GET', '/v1/referrals')).body.items.length, 1);
  const conditional = { ...key('3'), 'if-none-exist': 'identifier=urn:his:order|ZZ0001' };
  const known = await ask(t, here, 'POST', '/ServiceRequest', alone, conditional);
  t.match([known.status, known.body.id], [200, first.body.id], 'If-None-Exist counts beside it');
});

t.test('a task is updated once under its key, also where the version has moved on', async (t) => {
  const { there, task } = await received(t);
  const accepted = { ...task, status: 'accepted' };
  const headers = { ...key('1'), 'if-match': `W/"${task.meta.versionId}"` };
  const first = await ask(t, there, 'PUT', `/Task/${task.id}`, accepted, headers);
  const second = await ask(t, there, 'PUT', `/Task/${task.id}`, accepted, headers);
  t.match([first.status, second.status], [200, 200]);
  t.same(second.body, first.body);
  t.equal(second.headers.etag, first.headers.etag);
  const note = {
    resourceType: 'Communication',
    status: 'completed',
    partOf: [{ reference: `Task/${task.id}` }],
    payload: [{ contentString: '已收住院' }],
  };
  const told = [1, 2].map(() => ask(t, there, 'POST', '/Communication', note, key('2')));
  for (const { status } of await Promise.all(told)) t.ok([201, 409].includes(status));
  t.equal((await ask(t, there, 'POST', '/Communication', note, key('2'))).status, 201);
  const { items } = (await there.call('GET', `/v1/referrals/${task.id}/history`)).body;
  t.equal(items.filter(({ type }) => type === 'note').length, 1);
});
