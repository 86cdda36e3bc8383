import { readFileSync } from 'node:fs';
import t from 'tap';
import { clinic, hospital, organisation, type TestOrganisation } from '../organisations.ts';
import { type Any, transaction } from './package.ts';
import { faultsOf } from './validators.ts';

const example = (name: string): Any =>
  JSON.parse(readFileSync(new URL(`examples/${name}.json`, import.meta.url), 'utf8'));

async function ask(side: TestOrganisation, url: string, body?: Any) {
  const answer = await side.app.inject({
    method: body === undefined ? 'GET' : 'POST',
    url: `/fhir${url}`,
    headers: {
      authorization: `Bearer ${side.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: answer.statusCode, body: answer.json() as Any, text: answer.payload };
}

/**
 * The message Bundle of BSeR as published speaks of a patient under an id that it does not hold, and its Task is
 * requested and fulfilled at once. Both are mended here; the receiver is given the code it has in the directory.
 */
function mended(): Any {
  const bundle = example('bser-message-bundle');
  const text = JSON.stringify(bundle).replaceAll('patient-us-core-patient-eve', 'patient-bser-patient-eve');
  const message = JSON.parse(text) as Any;
  const resource = (type: string) =>
    message.entry.find((entry: Any) => entry.resource.resourceType === type).resource;
  delete resource('Task').businessStatus;
  resource('Organization').identifier.push({ system: 'urn:yikatong:organisation', value: hospital.code });
  return {
    ...message,
    identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:44444444-4444-4444-8444-444444444444' },
  };
}

t.test('the message of BSeR as published is refused, with the patient it does not hold', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const { status, body } = await ask(here, '/$process-message', example('bser-message-bundle'));
  t.equal(status, 422);
  t.same(faultsOf(body), []);
  t.match(body.entry[0].resource.response, {
    identifier: 'messageheader-bser-referral-messageheader',
    code: 'fatal-error',
    details: { reference: body.entry[1].fullUrl },
  });
  t.match(body.entry[1].resource.issue[0].details.coding, [
    { code: 'fhir.resource' },
    { code: 'REC_UNPROCESSABLE_ENTITY' },
  ]);
  t.match(body.entry[1].resource.issue[0].diagnostics, /somebody else/);
});

t.test('mended, it becomes a referral, and every resource of it comes out unharmed', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const message = mended();
  const answer = await ask(here, '/$process-message', message);
  t.equal(answer.status, 200, answer.text);
  t.same(faultsOf(answer.body), []);
  t.match(answer.body.entry[0].resource.response, { code: 'ok' });
  const id = answer.body.entry[1].resource.id;

  const [, ...posted] = message.entry.map((entry: Any) => entry.resource);
  const task = (await ask(here, `/Task/${id}`)).body;
  const patientId = task.for.reference.split('/')[1];
  let place = 0;
  for (const resource of posted) {
    const type = resource.resourceType;
    const at = { Task: id, ServiceRequest: id, Patient: patientId }[type as string] ?? `${id}-${++place}`;
    const read = (await ask(here, `/${type}/${at}`)).body;
    t.same(faultsOf(read), faultsOf(resource), `${type} is as valid as it was`);
    t.match(plain(read), plain(resource), `${type} comes out unharmed`);
  }
});

/** A resource without what a server gives it: its id, its version and where its references lead. */
function plain(resource: Any): Any {
  const text = JSON.stringify(resource, (name, value) =>
    ['id', 'reference', 'fullUrl', 'versionId', 'lastUpdated'].includes(name) ? undefined : value,
  );
  return JSON.parse(text) as Any;
}

t.test(
  'a repeat gets the first answer, and the same identifier with another content is a conflict',
  async (t) => {
    const here = await organisation(t, clinic, hospital);
    const message = mended();
    const first = await ask(here, '/$process-message', message);
    const answers = await Promise.all([1, 2, 3].map(() => ask(here, '/$process-message', message)));
    for (const again of answers) t.same([again.status, again.text], [first.status, first.text]);
    t.equal((await here.call('GET', '/v1/referrals')).body.items.length, 1);
    const other = structuredClone(message);
    other.entry[1].resource.priority = 'urgent';
    const conflict = await ask(here, '/$process-message', other);
    t.equal(conflict.status, 409);
    t.match(conflict.body.issue[0].details.coding, [
      { code: 'fhir.message-conflict' },
      { code: 'REC_CONFLICT' },
    ]);
  },
);

t.test('two that come at once make one referral and get one answer', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const message = mended();
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(here, '/$process-message', message)));
  t.equal(new Set(answers.map(({ text }) => text)).size, 1);
  t.equal((await here.call('GET', '/v1/referrals')).body.items.length, 1);
});

t.test('what follows is told by messages about the same task', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const message = mended();
  const { body } = await ask(here, '/$process-message', message);
  const task = (await ask(here, `/Task/${body.entry[1].resource.id}`)).body;
  const asking = {
    ...message,
    identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:55555555-5555-4555-8555-555555555555' },
    entry: [
      {
        fullUrl: 'urn:uuid:66666666-6666-4666-8666-666666666666',
        resource: { ...message.entry[0].resource, focus: [{ reference: `Task/${task.id}` }] },
      },
      {
        fullUrl: `http://127.0.0.1/fhir/Task/${task.id}`,
        resource: {
          ...task,
          status: 'in-progress',
          businessStatus: {
            coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code: '5.2' }],
          },
          statusReason: { text: '患者要求' },
        },
      },
    ],
  };
  const answer = await ask(here, '/$process-message', asking);
  t.equal(answer.status, 200, answer.text);
  t.same(faultsOf(answer.body), []);
  t.match(answer.body.entry[1].resource.businessStatus.coding, [{ code: '5.2' }]);
  t.equal((await ask(here, '/$process-message', asking)).text, answer.text);
});

t.test('what is no referral message is refused with an OperationOutcome', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const headless = { ...mended(), entry: mended().entry.slice(1) };
  const otherEvent = mended();
  otherEvent.entry[0].resource.eventCoding.code = 'A01';
  const unfocused = mended();
  delete unfocused.entry[0].resource.focus;
  const nameless = mended();
  delete nameless.identifier;
  delete nameless.entry[0].resource.id;
  for (const body of [
    headless,
    otherEvent,
    unfocused,
    nameless,
    transaction(),
    { resourceType: 'Parameters' },
  ]) {
    const answer = await ask(here, '/$process-message', body);
    t.equal(answer.status, 422);
    t.same(faultsOf(answer.body), []);
    t.match(answer.body.issue[0].details.coding, [
      { code: 'fhir.bundle' },
      { code: 'REC_UNPROCESSABLE_ENTITY' },
    ]);
  }
});

t.test('the coordination task and the request of COW go in and come out unharmed', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const bundle = transaction();
  const { subject: _subject, ...request } = example('cow-service-request');
  const { status: _status, ...task } = example('cow-coordination-task');
  // The example is a laboratory order without patient, receiver, doctor and consent, which a referral needs.
  bundle.entry[1].resource = { ...bundle.entry[1].resource, ...request };
  bundle.entry[2].resource = { ...bundle.entry[2].resource, ...task };
  const answer = await ask(here, '', bundle);
  t.equal(answer.status, 200, answer.text);
  const id = answer.body.entry[2].response.location.split('/')[1];
  for (const [type, posted] of [
    ['ServiceRequest', request],
    ['Task', task],
  ] as const) {
    const read = (await ask(here, `/${type}/${id}`)).body;
    t.same(faultsOf(read), []);
    t.match(plain(read), plain(posted));
  }
});
