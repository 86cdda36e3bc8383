import t from 'tap';
import { ACTIVITY_CODES } from '../../../../src/referral/forms/sichuan/activities.ts';
import { formOf, pdfOf } from '../../attachments/multipart.ts';
import { faultsOf } from '../../fhir/validators.ts';
import { appointment, creation, joined, type TestOrganisation } from '../../organisations.ts';

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [member: string]: unknown;
}

interface Message {
  readonly id: string;
  readonly type: string;
  readonly entry: { readonly fullUrl: string; readonly resource: Resource }[];
}

async function message(side: TestOrganisation, id: string, activity: string): Promise<Message> {
  const answer = await side.app.inject({
    url: `/v1/referrals/${id}/forms/sichuan/${activity}`,
    headers: { authorization: `Bearer ${side.key}` },
  });
  if (answer.statusCode !== 200) throw new Error(`${activity}: ${answer.statusCode} ${answer.body}`);
  if (!/^application\/fhir\+json/.test(String(answer.headers['content-type']))) throw new Error('media type');
  return answer.json() as Message;
}

/** Every reference of a message whose target should be in it. */
function referencesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'reference' && typeof member === 'string' ? [member] : referencesOf(member),
  );
}

async function referred(t: Parameters<typeof joined>[0]) {
  const { here, there } = await joined(t);
  const { body: referral } = await here.call('POST', '/v1/referrals', {
    ...creation,
    patient: { ...creation.patient, recordNumber: 'DA-001' },
  });
  await here.deliverAll();
  const { body } = await there.call('GET', '/v1/referrals');
  return { here, there, id: referral.id, arrived: body.items[0]!.id };
}

t.test('the four messages follow the referral, conform to FHIR, and are alike at both ends', async (t) => {
  const { here, there, id, arrived } = await referred(t);
  for (const activity of ['C01002', 'C01003', 'C01004']) {
    t.match(await here.call('GET', `/v1/referrals/${id}/forms/sichuan/${activity}`), {
      status: 409,
      body: { code: 'form.no-activity' },
    });
  }
  const first = await message(here, id, 'C01001');
  await there.act(arrived, { type: 'accept', text: '已保留床位' });
  await there.act(arrived, { type: 'schedule', appointment: { ...appointment, doctor: '赵医生' } });
  const file = formOf([
    { name: 'kind', value: 'summary' },
    { name: 'file', value: pdfOf(200), filename: '摘要.pdf', type: 'application/pdf' },
  ]);
  const { statusCode } = await here.app.inject({
    method: 'POST',
    url: `/v1/referrals/${id}/attachments`,
    headers: { ...file.headers, authorization: `Bearer ${here.key}` },
    payload: file.payload,
  });
  t.equal(statusCode, 201);
  for (const side of [here, there]) side.clock.advance(86_400_000);
  await there.act(arrived, { type: 'arrive' });
  await here.deliverAll();
  await there.deliverAll();
  await here.deliverAll();
  t.same(await message(here, id, 'C01001'), first, 'what came later does not change what was sent');

  const kinds = ['Appointment', 'AppointmentResponse', 'AppointmentResponse', 'Task'];
  for (const [index, activity] of ACTIVITY_CODES.entries()) {
    const bundle = await message(here, id, activity);
    t.same(faultsOf(bundle), [], `${activity} conforms`);
    t.equal(bundle.type, 'message');
    const [header, body] = bundle.entry.map(({ resource }) => resource);
    t.match(header, {
      resourceType: 'MessageHeader',
      eventCoding: { system: 'http://CodeSystem.hl7fhir.cn/activity-code', code: activity },
      focus: [{ reference: bundle.entry[1]!.fullUrl }],
    });
    t.equal(body!.resourceType, kinds[index]);
    t.same(await message(here, id, activity), bundle, `${activity} made again is the same message`);
    const inside = new Set(bundle.entry.map(({ fullUrl }) => fullUrl));
    t.equal(inside.size, bundle.entry.length);
    const outside = new Set(referencesOf(bundle.entry).filter((reference) => !inside.has(reference)));
    // An answer names the request of the first message.
    t.same([...outside], body!.resourceType === 'AppointmentResponse' ? [first.entry[1]!.fullUrl] : []);
    if (activity !== 'C01004') t.same(await message(there, arrived, activity), bundle);
  }

  t.match(first.entry[1]!.resource, {
    status: 'proposed',
    identifier: [{ value: id }],
    specialty: [{ text: '心血管内科' }],
    reasonCode: [{ text: '高血压待查' }],
    participant: [
      { actor: { display: '李医生' }, status: 'needs-action' },
      { type: [{ coding: [{ code: '06', display: '患者' }] }], status: 'accepted' },
    ],
  });
  t.match(first.entry.find(({ resource }) => resource.resourceType === 'Patient')?.resource, {
    identifier: [{ value: '111111198101011110' }, {}],
    name: [{ text: '张三' }],
    gender: 'male',
    birthDate: '1981-01-01',
  });
  const answer = await message(here, id, 'C01002');
  t.match(answer.entry[0]!.resource, {
    response: { identifier: first.entry[0]!.resource.id, code: 'ok' },
    source: { name: '示范县人民医院' },
    destination: [{ name: '前进村卫生室' }],
  });
  t.match(answer.entry[1]!.resource, { participantStatus: 'accepted', comment: '已保留床位' });
  const record = await message(here, id, 'C01004');
  const documents = record.entry.filter(({ resource }) => resource.resourceType === 'DocumentReference');
  t.match(
    documents.map(({ resource }) => resource),
    [
      { content: [{ attachment: { contentType: 'text/html; charset=utf-8' } }] },
      {
        content: [
          { attachment: { contentType: 'application/pdf', title: '摘要.pdf', size: pdfOf(200).length } },
        ],
      },
    ],
  );
  const { url } = (documents[1]!.resource.content as { attachment: { url: string } }[])[0]!.attachment;
  const fetched = await here.app.inject({ url, headers: { authorization: `Bearer ${here.key}` } });
  t.same(fetched.rawPayload, pdfOf(200), 'the file is where the message says');
});

t.test('a refusal is the answer of the second message, and there is no arrival after it', async (t) => {
  const { here, there, id, arrived } = await referred(t);
  await there.act(arrived, { type: 'decline', reason: { text: '无床位' } });
  await there.deliverAll();
  const answer = await message(here, id, 'C01002');
  t.same(faultsOf(answer), []);
  t.match(answer.entry[1]!.resource, { participantStatus: 'declined', comment: '无床位' });
  t.match(await here.call('GET', `/v1/referrals/${id}/forms/sichuan/C01003`), { status: 409 });
});

t.test('a second arrival is another message, and so is the record that follows it', async (t) => {
  const { here, there, id, arrived } = await referred(t);
  await there.act(arrived, { type: 'accept' });
  const headers: string[] = [];
  for (let visit = 0; visit < 2; visit++) {
    for (const side of [here, there]) side.clock.advance(86_400_000);
    await there.act(arrived, { type: 'arrive' });
    await there.deliverAll();
    for (const activity of ['C01003', 'C01004'])
      headers.push((await message(here, id, activity)).entry[0]!.resource.id);
    await there.act(arrived, { type: 'schedule', appointment });
  }
  t.equal(new Set(headers).size, 4);
  for (const header of headers)
    t.match(header, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

t.test('a message is seen only with the right to read, and each look is on the trail', async (t) => {
  const { here, id } = await referred(t);
  const path = `/v1/referrals/${id}/forms/sichuan/C01001`;
  const refused = await here.call('GET', path, undefined, { authorization: `Bearer ${here.readerKey}` });
  t.equal(refused.status, 403);
  t.match(await here.call('GET', `/v1/referrals/${id}/forms/sichuan/C01009`), { status: 400 });
  await here.call('GET', path);
  const looks = await here.store.list<{ act: string }>((db) =>
    db.selectFrom('audit').select('act').where('subject', '=', id).where('act', '=', 'form-sichuan-C01001'),
  );
  t.equal(looks.length, 1);
});
