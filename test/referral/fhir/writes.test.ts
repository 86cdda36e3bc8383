import t from 'tap';
import {
  appointment,
  clinic,
  hospital,
  joined,
  organisation,
  type TestOrganisation,
} from '../organisations.ts';
import { ask, business, clientOf, output, received } from './asking.ts';
import { type Any, transaction } from './package.ts';
import { faultsOf } from './validators.ts';

t.test('a transaction Bundle creates one referral, which goes to the other end', async (t) => {
  const { here, there } = await joined(t);
  const client = await clientOf(here);
  const answer: Any = await client.transaction({ body: transaction() as never });
  t.same(faultsOf(answer), []);
  t.match(answer, { type: 'transaction-response', entry: [{}, {}, {}] });
  t.equal(answer.entry.length, 3);
  for (const { response } of answer.entry) t.equal(response.status, '201 Created');
  const [patient, request, task] = answer.entry.map(
    ({ response }: Any) => response.location.split('/_history')[0],
  );
  const id = task.split('/')[1];
  t.equal(request, `ServiceRequest/${id}`);

  await here.deliverAll();
  const { items } = (await there.call('GET', '/v1/referrals')).body;
  const theirs = (await there.call('GET', `/v1/referrals/${items[0]!.id}`)).body;
  t.match(theirs, {
    caseId: id,
    priority: 'urgent',
    patient: { identity: { name: '张三', sex: 'male' } },
    form: { impression: '高血压待查', doctor: { name: '李医生' } },
    department: { name: '心血管内科' },
    consent: { given: 'written', by: 'patient' },
  });

  // What has no place in a referral comes back as it was, references pointing to where things are now.
  const read: Any = await client.read({ resourceType: 'ServiceRequest', id });
  t.same(faultsOf(read), []);
  t.match(read, {
    patientInstruction: '请带既往病历',
    subject: { reference: patient },
    requester: { reference: '#dr' },
  });
  t.match(await client.read({ resourceType: 'Task', id }), {
    description: '首诊转上级',
    for: { reference: patient },
    focus: { reference: request },
    status: 'received',
  });
  t.match(await client.read({ resourceType: 'Patient', id: patient.split('/')[1] }), {
    maritalStatus: { text: '已婚' },
  });
  const found: Any = await client.search({
    resourceType: 'ServiceRequest',
    searchParams: { identifier: 'urn:his:order|ZZ0001' },
  });
  t.equal(found.entry[0].resource.id, id);
});

t.test('the same condition creates once, also when two come at once', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const bundle = transaction({ ifNoneExist: 'identifier=urn:his:order|ZZ0001' });
  const answers = await Promise.all([
    ask(t, here, 'POST', '', bundle),
    ask(t, here, 'POST', '', bundle),
    ask(t, here, 'POST', '', bundle),
  ]);
  const statuses = answers.map(({ body }) => body.entry[1].response.status).sort();
  t.same(statuses, ['200 OK', '200 OK', '201 Created']);
  t.equal(new Set(answers.map(({ body }) => body.entry[1].response.location)).size, 1);
  t.equal((await here.call('GET', '/v1/referrals')).body.items.length, 1);
  const request = bundle.entry[1].resource;
  const alone = {
    ...request,
    subject: { identifier: { system: 'urn:his:mr', value: 'P00001' }, display: '张三' },
  };
  const again = await ask(t, here, 'POST', '/ServiceRequest', alone, {
    'if-none-exist': 'identifier=urn:his:order|ZZ0001',
  });
  t.equal(again.status, 200);
  const other = await ask(t, here, 'POST', '/ServiceRequest', {
    ...alone,
    identifier: [{ system: 'urn:his:order', value: 'ZZ0002' }],
  });
  t.equal(other.status, 201);
  t.equal(other.body.identifier[0].value, 'ZZ0002');
});

t.test('a transaction that can not be whole leaves nothing', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const twice = transaction();
  twice.entry.push(structuredClone(twice.entry[1]));
  const many = transaction();
  many.entry = Array.from({ length: 10_000 }, () => ({ resource: { resourceType: 'Basic' } }));
  const stranger = transaction();
  stranger.entry[2].resource.for.reference = 'Patient/somebody-else';
  const collection = { ...transaction(), type: 'collection' };
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>好</p><script>alert(1)</script></div>';
  const observed = transaction();
  observed.entry.push({
    resource: { resourceType: 'Subscription' },
    request: { method: 'POST', url: 'Subscription' },
  });
  const cases: [string, Any, string, RegExp][] = [
    ['two requests', twice, 'fhir.bundle', /entry\[3\]/],
    ['ten thousand entries', many, 'fhir.too-many-entries', /entry/],
    ['another type of Bundle', collection, 'fhir.bundle', /type/],
    ['a type that is not taken', observed, 'fhir.bundle', /entry\[3\]/],
    ['two patients in one', stranger, 'fhir.resource', /entry\[2\]\.resource\.for/],
    [
      'HTML in narrative',
      transaction({ request: { text: { status: 'generated', div } } }),
      'fhir.narrative',
      /entry\[1\]\.resource\.text\.div/,
    ],
    ['no reason', transaction({ request: { reasonCode: [] } }), 'fhir.resource', /reasonCode/],
    [
      'no consent',
      transaction({ request: { supportingInfo: [], contained: [] } }),
      'fhir.resource',
      /supportingInfo|requester/,
    ],
    [
      'no department',
      transaction({ request: { performerType: undefined } }),
      'fhir.resource',
      /performerType/,
    ],
    ['no receiver', transaction({ request: { performer: [] } }), 'fhir.resource', /performer/],
    [
      'oneself',
      transaction({ request: { performer: [{ reference: `Organization/${clinic.code}` }] } }),
      'referral.to-self',
      /./,
    ],
    [
      'an unknown receiver',
      transaction({ request: { performer: [{ reference: 'Organization/NOBODY' }] } }),
      'referral.unknown-organisation',
      /./,
    ],
    [
      'a nameless patient',
      transaction({ patient: { name: [] } }),
      'fhir.resource',
      /entry\[0\]\.resource\.name/,
    ],
    [
      'a task that is done already',
      transaction({ task: { status: 'completed' } }),
      'fhir.resource',
      /status/,
    ],
  ];
  for (const [what, bundle, code, place] of cases) {
    const answer = await ask(t, here, 'POST', '', bundle);
    t.equal(answer.code, code, what);
    t.match(answer.body.issue[0].expression?.[0] ?? '', place, what);
    t.equal(answer.status, 422, what);
  }
  t.same((await here.call('GET', '/v1/referrals')).body.items, []);
  t.same(await here.store.list((db) => db.selectFrom('fhir_kept').selectAll()), []);
});

t.test('narrative as FHIR allows it comes back as it was', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><p class="a">头晕<b>三个月</b><br/></p></div>';
  const answer = await ask(
    t,
    here,
    'POST',
    '',
    transaction({ request: { text: { status: 'generated', div } } }),
  );
  const place = answer.body.entry[1].response.location.split('/_history')[0];
  t.equal((await ask(t, here, 'GET', `/${place}`)).body.text.div, div);
});

t.test(
  'a task is worked on by updates, each an act of the machine that the other end hears of',
  async (t) => {
    const { here, there, task } = await received(t);
    const client = await clientOf(there);
    let current = task;
    const put = async (changes: Any) => {
      const etag = `W/"${current.meta.versionId}"`;
      const body = { ...current, ...changes } as never;
      current = (await client.update({
        resourceType: 'Task',
        id: current.id,
        body,
        options: { headers: { 'if-match': etag } },
      })) as Any;
      t.same(faultsOf(current), []);
      await there.deliverAll();
      const page = (await ask(t, here, 'GET', '/Task')).body;
      t.equal(page.entry[0].resource.businessStatus.coding[0].code, current.businessStatus.coding[0].code);
    };
    await put({ status: 'accepted' });
    t.match(current, { status: 'accepted', ...business('3.0') });
    const booked = [
      output('appointment-at', { valueDateTime: appointment.at }),
      output('appointment-department', { valueString: '心血管内科' }),
    ];
    await put({ status: 'in-progress', ...business('5.1.1'), output: booked });
    t.match(current.output[0], { valueDateTime: appointment.at });
    await put({ status: 'in-progress', ...business('5.1.2') });
    const rebooked = [output('appointment-at', { valueDateTime: '2026-03-09T09:00:00+08:00' }), booked[1]];
    await put({
      status: 'in-progress',
      ...business('5.1.1'),
      output: [...current.output, ...rebooked.map((each) => ({ ...each, id: 'again' }))],
    });
    t.match(current.output[0], { valueDateTime: '2026-03-09T09:00:00+08:00' });
    await put({
      status: 'in-progress',
      businessStatus: { coding: [{ system: 'urn:yikatong:fhir:business-status', code: 'arrived' }] },
    });
    await put({ status: 'in-progress', ...business('5.1.4'), note: [{ text: '已收住院' }] });
    await put({
      status: 'completed',
      ...business('7.0'),
      output: [
        ...current.output,
        output('diagnosis', { valueString: '原发性高血压' }),
        output('doctor', { valueString: '王医生' }),
      ],
    });
    t.match(current, { status: 'completed', ...business('7.0') });
    t.match((await there.call('GET', `/v1/referrals/${task.id}`)).body, {
      state: 'completed',
      outcome: { diagnosis: '原发性高血压', doctor: { name: '王医生' } },
    });
    const told: Any = await client.search({
      resourceType: 'Communication',
      searchParams: { 'part-of': `Task/${task.id}` },
    });
    t.match(told.entry[0].resource.payload, [{ contentString: '已收住院' }]);
  },
);

t.test(
  'what the machine does not allow is 422, an old version 412, none 428, and nothing changes',
  async (t) => {
    const { there, task } = await received(t);
    const put = (
      changes: Any,
      headers: Record<string, string> = { 'if-match': `W/"${task.meta.versionId}"` },
    ) => ask(t, there, 'PUT', `/Task/${task.id}`, { ...task, ...changes }, headers);
    const skipping = await put({
      status: 'completed',
      output: [output('diagnosis', { valueString: '高血压' }), output('doctor', { valueString: '王医生' })],
    });
    t.match([skipping.status, skipping.code], [422, 'referral.transition']);
    t.equal(skipping.body.issue[0].code, 'business-rule');
    const cases: [Any, Record<string, string> | undefined, number, string][] = [
      [{ status: 'rejected' }, undefined, 400, 'request.invalid'],
      [{ status: 'on-hold' }, undefined, 422, 'fhir.resource'],
      [{ status: 'accepted', ...business('7.0') }, undefined, 422, 'fhir.resource'],
      [{ status: 'accepted' }, { 'if-match': 'W/"99"' }, 412, 'request.version'],
      [{ status: 'accepted' }, {}, 428, 'request.version-missing'],
      [{ status: 'accepted' }, { 'if-match': 'latest' }, 400, 'request.invalid'],
      [{ status: 'accepted', id: 'another' }, undefined, 422, 'fhir.resource'],
    ];
    for (const [changes, headers, status, code] of cases) {
      const answer = await put(changes, headers);
      t.match([answer.status, answer.code], [status, code], JSON.stringify(changes));
    }
    const same = await put({});
    t.match(
      [same.status, same.body.meta.versionId],
      [200, task.meta.versionId],
      'an update that changes nothing',
    );
  },
);

t.test('a cancellation is asked for by the one end and answered by the other', async (t) => {
  const { here, there, task } = await received(t);
  const mine = (await ask(t, here, 'GET', '/Task')).body.entry[0].resource;
  const update = (side: TestOrganisation, from: Any, changes: Any) =>
    ask(
      t,
      side,
      'PUT',
      `/Task/${from.id}`,
      { ...from, ...changes },
      { 'if-match': `W/"${from.meta.versionId}"` },
    );
  const alone = await update(here, mine, { status: 'cancelled' });
  t.equal(alone.code, 'referral.transition', 'the initiator never cancels alone');
  const asked = await update(here, mine, {
    status: 'in-progress',
    ...business('5.4'),
    statusReason: { text: '患者要求' },
  });
  t.match(asked.body, { status: 'in-progress', ...business('5.2') }, 'the code of STU1 is understood');
  await here.deliverAll();
  const theirs = (await ask(t, there, 'GET', `/Task/${task.id}`)).body;
  const refused = await update(there, theirs, {
    status: 'received',
    ...business('2.0'),
    statusReason: { text: '已安排床位' },
  });
  t.match(refused.body, { status: 'received' });
  await there.deliverAll();
  const again = await update(here, (await ask(t, here, 'GET', `/Task/${mine.id}`)).body, {
    status: 'in-progress',
    ...business('5.2'),
    statusReason: { text: '患者要求' },
  });
  await here.deliverAll();
  t.equal(again.status, 200);
  const confirmed = await update(there, (await ask(t, there, 'GET', `/Task/${task.id}`)).body, {
    status: 'cancelled',
    ...business('6.0'),
  });
  t.match(confirmed.body, { status: 'cancelled', ...business('6.0') });
  t.equal((await ask(t, there, 'GET', `/ServiceRequest/${task.id}`)).body.status, 'revoked');
});

t.test('an interim note is a Communication; the same identifier sends it once', async (t) => {
  const { there, task } = await received(t);
  const note = {
    resourceType: 'Communication',
    status: 'completed',
    identifier: [{ system: 'urn:his:note', value: 'N1' }],
    partOf: [{ reference: `Task/${task.id}` }],
    payload: [{ contentString: '已收住院' }],
  };
  t.equal(
    (await ask(t, there, 'POST', '/Communication', note)).code,
    'referral.transition',
    'not before acceptance',
  );
  await there.act(task.id, { type: 'accept' });
  const first = await ask(t, there, 'POST', '/Communication', note);
  const second = await ask(t, there, 'POST', '/Communication', note);
  t.match([first.status, second.status], [201, 201]);
  t.equal(first.body.id, second.body.id);
  const { items } = (await there.call('GET', `/v1/referrals/${task.id}/history`)).body;
  t.equal(items.filter(({ type }) => type === 'note').length, 1);
});
