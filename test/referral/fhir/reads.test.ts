import { Client } from 'fhir-kit-client';
import t from 'tap';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { appointment, creation, hospital, joined, outcome, type TestOrganisation } from '../organisations.ts';
import { faultsOf } from './validators.ts';

// biome-ignore lint/suspicious/noExplicitAny: resources are looked at member by member.
type Any = Record<string, any>;

/** A client that nobody here wrote, speaking to the gateway over HTTP. */
async function clientOf(side: TestOrganisation) {
  const { port } = side.app.server.address() as { port: number };
  return new Client({ baseUrl: `http://127.0.0.1:${port}/fhir`, bearerToken: side.key });
}

/** A referral that has gone all its way, and the id it has at the other end. */
async function closedReferral(here: TestOrganisation, there: TestOrganisation) {
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  for (const act of [
    { type: 'accept', text: '请带既往病历' },
    { type: 'schedule', appointment },
    { type: 'note', text: '已收住院' },
    { type: 'complete', outcome },
  ]) {
    await there.act(theirs, act);
  }
  await there.deliverAll();
  return { id, theirs };
}

t.test('everything a referral gives to read passes two independent validators, at both ends', async (t) => {
  const { here, there } = await joined(t);
  const { id, theirs } = await closedReferral(here, there);
  for (const [side, referral] of [
    [here, id],
    [there, theirs],
  ] as const) {
    const client = await clientOf(side);
    const task: Any = await client.read({ resourceType: 'Task', id: referral });
    const patientId = task.for.reference.split('/')[1];
    const resources: Any[] = [
      task,
      await client.read({ resourceType: 'ServiceRequest', id: referral }),
      await client.read({ resourceType: 'Patient', id: patientId }),
      await client.read({ resourceType: 'Organization', id: hospital.code }),
      await client.read({ resourceType: 'DocumentReference', id: `${referral}.outgoing` }),
      await client.read({ resourceType: 'DocumentReference', id: `${referral}.return` }),
      await client.capabilityStatement(),
    ];
    const told: Any = await client.search({
      resourceType: 'Communication',
      searchParams: { 'part-of': `Task/${referral}` },
    });
    t.equal(told.entry.length, 2);
    resources.push(told, await client.read({ resourceType: 'Communication', id: told.entry[0].resource.id }));
    const searchParams = { _include: ['Task:focus', 'Task:patient'] } as never;
    resources.push(await client.search({ resourceType: 'Task', searchParams }));
    for (const resource of resources) t.same(faultsOf(resource), [], resource.resourceType);
  }
});

t.test('a task says in the words of BSeR where the referral stands, and who works on it', async (t) => {
  const { here, there } = await joined(t);
  const { id, theirs } = await closedReferral(here, there);
  const client = await clientOf(there);
  t.match(await client.read({ resourceType: 'Task', id: theirs }), {
    meta: { profile: ['http://hl7.org/fhir/us/bser/StructureDefinition/referral-task'] },
    status: 'completed',
    businessStatus: {
      coding: [{ system: 'http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS', code: '7.0' }],
    },
    identifier: [
      { type: { coding: [{ code: 'PLAC' }] }, value: id, assigner: { reference: 'Organization/CLINIC0001' } },
      {
        type: { coding: [{ code: 'FILL' }] },
        value: theirs,
        assigner: { reference: 'Organization/HOSPITAL01' },
      },
    ],
    requester: { reference: 'Organization/CLINIC0001' },
    owner: { reference: 'Organization/HOSPITAL01' },
    focus: { reference: `ServiceRequest/${theirs}` },
    output: [{ valueDateTime: appointment.at }],
  });
  t.match(await client.read({ resourceType: 'ServiceRequest', id: theirs }), {
    status: 'completed',
    priority: 'routine',
    reasonCode: [{ text: creation.form.impression }],
    performerType: { text: '心血管内科' },
    note: [{ text: creation.form.presentIllness }],
  });
});

t.test('tasks are found by what a referral needs, a page at a time', async (t) => {
  const { here, there } = await joined(t);
  const { id } = await closedReferral(here, there);
  const ids = [id];
  for (let i = 0; i < 4; i++) {
    here.clock.advance(60_000);
    ids.push((await here.call('POST', '/v1/referrals', creation)).body.id);
  }
  const client = await clientOf(here);
  const find = async (query: string, type = 'Task'): Promise<string[]> => {
    const bundle: Any = await client.request(`${type}?${query}`);
    t.same(faultsOf(bundle), []);
    return (bundle.entry ?? []).map((entry: Any) => entry.resource.id);
  };
  const newest = [...ids].reverse();
  t.same(await find('status=completed'), [id]);
  t.same(await find('status:not=completed'), newest.slice(0, 4));
  t.same(await find('business-status=2.0'), newest.slice(0, 4));
  t.same(
    await find(
      `business-status=${encodeURIComponent('http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS|7.0')}`,
    ),
    [id],
  );
  t.same(await find('owner=Organization/HOSPITAL01&_sort=_lastUpdated'), ids);
  t.same(await find('owner=Organization/CLINIC0001'), []);
  t.same(await find('requester=CLINIC0001&_count=2'), newest.slice(0, 2));
  t.same(await find(`focus=ServiceRequest/${ids[2]}`), [ids[2]]);
  t.same(await find(`identifier=${encodeURIComponent(`urn:yikatong:case|${ids[3]}`)}`), [ids[3]]);
  t.same(await find(`group-identifier=${ids[1]}`), [ids[1]]);
  t.same(await find('code=abort'), []);
  t.same(await find('status=active', 'ServiceRequest'), newest.slice(0, 4));
  t.same(await find('_lastUpdated=gt2026-03-02T09:02:00%2B08:00'), newest.slice(0, 2));
  t.same(await find('_lastUpdated=lt2026-03-02'), []);
  const patients = await find(`identifier=urn:yikatong:document:resident-id%7C${SAMPLE_NUMBER}`, 'Patient');
  t.equal(patients.length, 1);
  t.same(await find(`patient=Patient/${patients[0]}&_count=100`), newest);

  const pages: string[][] = [];
  let page: Any | undefined = await client.search({ resourceType: 'Task', searchParams: { _count: 2 } });
  while (page) {
    pages.push(page.entry.map((entry: Any) => entry.resource.id));
    page = page.link.some((link: Any) => link.relation === 'next')
      ? ((await client.nextPage({ bundle: page as never })) as Any)
      : undefined;
  }
  t.same(pages, [newest.slice(0, 2), newest.slice(2, 4), newest.slice(4)]);
});

t.test('a person is found by POST, so that no number stands in an address', async (t) => {
  const { here, there } = await joined(t);
  await closedReferral(here, there);
  const client = await clientOf(here);
  const bundle: Any = await client.search({
    resourceType: 'Patient',
    searchParams: { identifier: SAMPLE_NUMBER },
    options: { postSearch: true },
  });
  t.match(bundle.entry, [{ resource: { name: [{ text: SAMPLE_NAME }] } }]);
  t.notMatch(bundle.link[0].url, SAMPLE_NUMBER);
});

t.test('each look is on the audit trail under the referral looked at', async (t) => {
  const { here, there } = await joined(t);
  const { id } = await closedReferral(here, there);
  const client = await clientOf(here);
  const before = await here.store.list((db) => db.selectFrom('audit').selectAll());
  await client.read({ resourceType: 'Task', id });
  await client.search({ resourceType: 'ServiceRequest', searchParams: {} });
  await client.search({ resourceType: 'Task', searchParams: { status: 'rejected' } });
  const rows = await here.store.list<{ act: string; subject: string }>((db) =>
    db.selectFrom('audit').selectAll(),
  );
  t.same(
    rows.slice(before.length).map(({ act, subject }) => `${act} ${subject}`),
    [`read-Task ${id}`, `search-ServiceRequest ${id}`, 'search-Task list'],
  );
});

t.test('a version is told, and who has it already is told no more', async (t) => {
  const { here } = await joined(t);
  const { id, version } = (await here.call('POST', '/v1/referrals', creation)).body;
  const first = await here.app.inject({
    url: `/fhir/Task/${id}`,
    headers: { authorization: `Bearer ${here.key}` },
  });
  t.equal(first.headers.etag, `W/"${version}"`);
  t.match(first.headers['content-type'], 'application/fhir+json');
  const again = await here.app.inject({
    url: `/fhir/Task/${id}`,
    headers: { authorization: `Bearer ${here.key}`, 'if-none-match': String(first.headers.etag) },
  });
  t.equal(again.statusCode, 304);
});

t.test('every refusal is an OperationOutcome that says whose it is', async (t) => {
  const { here } = await joined(t);
  const headers = { authorization: `Bearer ${here.key}` };
  const cases: [string, Record<string, string>, number, string, string][] = [
    ['/fhir/Task/none', headers, 404, 'fhir.not-found', 'SEND_NOT_FOUND'],
    ['/fhir/Observation', headers, 404, 'fhir.not-found', 'SEND_NOT_FOUND'],
    ['/fhir/Task?bogus=1', headers, 400, 'fhir.parameter', 'SEND_BAD_REQUEST'],
    ['/fhir/Task?_lastUpdated=yesterday', headers, 400, 'fhir.parameter', 'SEND_BAD_REQUEST'],
    ['/fhir/Task?_count=0', headers, 400, 'fhir.parameter', 'SEND_BAD_REQUEST'],
    ['/fhir/Patient', headers, 400, 'fhir.parameter', 'SEND_BAD_REQUEST'],
    ['/fhir/Task', {}, 401, 'access.unknown-key', 'SEND_UNAUTHORIZED'],
    ['/fhir/Task', { authorization: `Bearer ${here.readerKey}` }, 403, 'access.forbidden', 'SEND_FORBIDDEN'],
    ['/fhir/Task', { ...headers, accept: 'application/fhir+xml' }, 406, 'fhir.format', 'SEND_NOT_ACCEPTABLE'],
  ];
  for (const [url, sent, status, code, place] of cases) {
    const answer = await here.app.inject({ url, headers: sent });
    t.equal(answer.statusCode, status, url);
    t.match(answer.headers['content-type'], 'application/fhir+json');
    const outcome = answer.json();
    t.same(faultsOf(outcome), [], url);
    t.same(
      outcome.issue[0].details.coding.map((coding: Any) => coding.code),
      [code, place],
    );
  }
});
