import t from 'tap';
import { clinic, hospital, organisation } from '../organisations.ts';
import { ask, received } from './asking.ts';
import { type Any, transaction } from './package.ts';

const alone = (value: string): Any => ({
  ...transaction().entry[1].resource,
  identifier: [{ system: 'urn:his:order', value }],
  subject: { identifier: { system: 'urn:his:mr', value: 'P00001' }, display: '张三' },
});
const post = (resource: Any, ifNoneExist?: string) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType, ...(ifNoneExist ? { ifNoneExist } : {}) },
});
const get = (url: string) => ({ request: { method: 'GET', url } });
const batch = (...entry: Any[]) => ({ resourceType: 'Bundle', type: 'batch', entry });

t.test('each entry of a batch is done on its own, whatever becomes of the others', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const key = { 'idempotency-key': 'batch-of-the-morning' };
  const body = batch(
    post(alone('A1')),
    post({ ...alone('A2'), performer: [] }),
    post(alone('A3')),
    post(alone('A1'), 'identifier=urn:his:order|A1'),
    get('ServiceRequest?identifier=urn:his:order|A3'),
    get('Task/nobody'),
    { request: { method: 'DELETE', url: 'Task/x' }, resource: { resourceType: 'Task' } },
    post({ resourceType: 'Patient' }),
  );
  const answer = await ask(t, here, 'POST', '', body, key);
  t.match([answer.status, answer.body.type], [200, 'batch-response']);
  const statuses = answer.body.entry.map(({ response }: Any) => response.status.slice(0, 3));
  t.same(statuses, ['201', '422', '201', '200', '200', '404', '422', '422']);
  const [first, refused, third, known, found] = answer.body.entry;
  t.equal(refused.response.outcome.issue[0].details.coding[0].code, 'fhir.resource');
  t.equal(known.resource.id, first.resource.id);
  t.equal(found.resource.entry[0].resource.id, third.resource.id);
  t.match(first.response.location, new RegExp(`/fhir/ServiceRequest/${first.resource.id}/_history/1$`));
  t.same((await ask(t, here, 'POST', '', body, key)).body, answer.body, 'a repeat gets the same');
  t.equal((await here.call('GET', '/v1/referrals')).body.items.length, 2);
});

t.test('a batch works on tasks too, each with the version that was read', async (t) => {
  const { there, task } = await received(t);
  const put = (changes: Any, ifMatch?: string) => ({
    resource: { ...task, ...changes },
    request: { method: 'PUT', url: `Task/${task.id}`, ...(ifMatch ? { ifMatch } : {}) },
  });
  const note = {
    resourceType: 'Communication',
    status: 'completed',
    partOf: [{ reference: `Task/${task.id}` }],
    payload: [{ contentString: '已收住院' }],
  };
  const version = `W/"${task.meta.versionId}"`;
  const answer = await ask(
    t,
    there,
    'POST',
    '',
    batch(
      put({ status: 'accepted' }),
      put({ status: 'accepted' }, version),
      put({ status: 'rejected' }, version),
      post(note),
    ),
  );
  const statuses = answer.body.entry.map(({ response }: Any) => response.status.slice(0, 3));
  t.same(statuses, ['428', '200', '412', '201']);
  t.equal(answer.body.entry[1].resource.status, 'accepted');
});

t.test('a batch reads only what its key may read, and has a limit', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const many = batch(...Array.from({ length: 201 }, () => get('Task')));
  const answer = await ask(t, here, 'POST', '', many);
  t.match([answer.status, answer.code], [422, 'fhir.too-many-entries']);
  const strange = await ask(
    t,
    here,
    'POST',
    '',
    batch(get('Task?colour=red'), get('Basic'), get('Task/a/b')),
  );
  const statuses = strange.body.entry.map(({ response }: Any) => response.status);
  t.same(statuses, ['400', '422', '422']);
});
