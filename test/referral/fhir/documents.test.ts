import t from 'tap';
import { formOf, pdfOf, sha256 } from '../attachments/multipart.ts';
import { ask, received } from './asking.ts';
import type { Any } from './package.ts';

const KIND = 'urn:yikatong:fhir:attachment-kind';

const documentOf = (id: string, content: Buffer, changes: Any = {}): Any => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: KIND, code: 'laboratory-report' }] },
  description: '血常规',
  content: [
    { attachment: { contentType: 'application/pdf', title: '血常规.pdf', data: content.toString('base64') } },
  ],
  context: { related: [{ reference: `Task/${id}` }] },
  ...changes,
});

const named = (entries: Any[], title: string) =>
  entries.map(({ resource }) => resource).find(({ content }) => content[0].attachment.title === title);

t.test('files of a referral are found as documents, their content where /v1 has it', async (t) => {
  const { here, there, task } = await received(t);
  const mine = (await ask(t, here, 'GET', '/Task')).body.entry[0].resource;
  const content = pdfOf(3_000);
  const { payload, headers } = formOf([
    { name: 'kind', value: 'summary' },
    { name: 'file', value: content, filename: '摘要.pdf', type: 'application/pdf' },
  ]);
  const url = `/v1/referrals/${mine.id}/attachments`;
  const authorization = `Bearer ${here.key}`;
  const uploaded = await here.app.inject({
    ...{ method: 'POST', url, payload, headers: { ...headers, authorization } },
  });
  t.equal(uploaded.statusCode, 201);
  const { id } = uploaded.json() as { id: string };
  for (const reference of [`Task/${mine.id}`, `ServiceRequest/${mine.id}`]) {
    const found = (await ask(t, here, 'GET', `/DocumentReference?related=${reference}`)).body.entry;
    t.equal(found.length, 2, 'the outgoing form and the file');
    t.match(named(found, '摘要.pdf'), {
      status: 'current',
      type: { coding: [{ system: KIND, code: 'summary' }] },
      content: [{ attachment: { contentType: 'application/pdf', size: 3_000 } }],
    });
  }
  const [, file] = (await ask(t, here, 'GET', `/DocumentReference?related=Task/${mine.id}`)).body.entry;
  const read = (await ask(t, here, 'GET', `/DocumentReference/${file.resource.id}`)).body;
  t.same(read, file.resource);
  t.match(read.identifier, [{ value: id }, { value: sha256(content) }]);
  const address = new URL(read.content[0].attachment.url);
  t.equal(address.pathname, `${url}/${id}`);
  const fetched = await here.app.inject({ method: 'GET', url: address.pathname, headers: { authorization } });
  t.equal(sha256(fetched.rawPayload), sha256(content));
  const strange = await ask(t, there, 'GET', `/DocumentReference/${task.id}.0123456789abcdef`);
  t.equal(strange.status, 404);
});

t.test('a posted document becomes a file of its referral; the same again is the file it was', async (t) => {
  const { there, task } = await received(t);
  const content = pdfOf(2_000, 3);
  const first = await ask(t, there, 'POST', '/DocumentReference', documentOf(task.id, content));
  t.match(first, {
    status: 201,
    body: {
      type: { coding: [{ code: 'laboratory-report' }] },
      description: '血常规',
      docStatus: 'final',
      content: [{ attachment: { title: '血常规.pdf', size: 2_000 } }],
    },
  });
  t.match(first.headers.location, new RegExp(`/fhir/DocumentReference/${first.body.id}/_history/`));
  const again = await ask(t, there, 'POST', '/DocumentReference', documentOf(task.id, content));
  t.match([again.status, again.body.id], [200, first.body.id]);
  const items = (await there.call('GET', `/v1/referrals/${task.id}/attachments`)).body.items as Any[];
  t.match(items, [{ kind: 'laboratory-report', name: '血常规.pdf', sha256: sha256(content) }]);
  t.equal(items.length, 1);

  const attached = documentOf(task.id, content).content[0].attachment;
  const with_ = (changes: Any) => ({ content: [{ attachment: { ...attached, ...changes } }] });
  const cases: [string, Any, number, string][] = [
    ['no content', with_({ data: undefined }), 422, 'fhir.resource'],
    ['no base64', with_({ data: 'a%' }), 422, 'fhir.resource'],
    ['no name', with_({ title: undefined }), 400, 'file.name'],
    ['a path for a name', with_({ title: '../x.pdf' }), 400, 'file.name'],
    ['another type than it is', with_({ contentType: 'image/png' }), 415, 'attachment.type'],
    [
      'a text',
      with_({ data: Buffer.from('nothing of that kind').toString('base64') }),
      415,
      'attachment.type',
    ],
    [
      'a kind that there is not',
      { type: { coding: [{ system: KIND, code: 'song' }] } },
      422,
      'fhir.resource',
    ],
    ['no referral', { context: undefined }, 422, 'fhir.resource'],
    ['a referral that is not here', documentOf('nothing', content), 404, 'referral.not-found'],
  ];
  for (const [what, changes, status, code] of cases) {
    const answer = await ask(t, there, 'POST', '/DocumentReference', {
      ...documentOf(task.id, content),
      ...changes,
    });
    t.match([answer.status, answer.code], [status, code], what);
  }
});
