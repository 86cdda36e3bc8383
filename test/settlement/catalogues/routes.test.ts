import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import type { LightMyRequestResponse } from 'fastify';
import t, { type Test } from 'tap';
import { ClientDirectory, newKey, SCOPES, type Scope } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { composeCatalogues } from '../../../src/settlement/catalogues/compose.ts';
import { composeSettlement } from '../../../src/settlement/compose.ts';
import { DiskSpool } from '../../../src/settlement/files/spool.ts';
import { platformParts } from '../../adapters/insurers/nhsa/helper.ts';
import { temporaryFolder, testIds, testLogger, testParts, testVault } from '../../helper.ts';

const key = newKey('his');
const reader = newKey('reader');

/** A gateway, the national adapter, and a virtual platform behind it. */
async function gateway(t: Test, configuration = {}) {
  const platform = await platformParts(t, { configuration });
  const common = { ...(await testParts(t)), clock: platform.clock, gatewayId: 'test' };
  const insurers = new Map([[platform.insurer.id, platform.insurer]]);
  const { inquiries } = composeSettlement({ ...common, insurers });
  const spoolFolder = temporaryFolder(t);
  const side = composeCatalogues({
    ...common,
    insurers,
    inquiries,
    spool: new DiskSpool(spoolFolder),
    level: 'township',
  });
  const idempotency = new Idempotency({ ...common, vault: testVault() });
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([
      { id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) },
      { id: 'reader', keyHash: reader.hash, scopes: new Set<Scope>(['catalogue:read']) },
    ]),
    features: side.routes({ idempotency }),
  });
  t.teardown(() => app.close());
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object, headers = {}) =>
    app.inject({
      ...{ method, url },
      ...(payload && { payload }),
      headers: { authorization: `Bearer ${key.key}`, 'idempotency-key': testIds.next(), ...headers },
    });
  return { platform, app, side, ask, audit: common.audit, spoolFolder };
}

function isProblem(t: Test, answer: LightMyRequestResponse, status: number, code: string) {
  t.equal(answer.statusCode, status, `${code}: ${answer.body}`);
  t.match(answer.headers['content-type'], /^application\/problem\+json/);
  t.match(answer.json(), { code });
}

function form(parts: readonly { name: string; filename?: string; content: Buffer | string }[]) {
  const boundary = 'boundary-of-the-test';
  const payload = Buffer.concat([
    ...parts.flatMap(({ name, filename, content }) => [
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${filename ? `; filename="${filename}"` : ''}\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { payload, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } };
}

t.test('a file goes up and comes down over HTTP', async (t) => {
  const { ask } = await gateway(t);
  const content = randomBytes(2_000_000);
  const { payload, headers } = form([{ name: 'file', filename: '对账.zip', content }]);
  const uploaded = await ask('POST', '/v1/insurers/nhsa/files', payload, headers);
  t.equal(uploaded.statusCode, 200, uploaded.body);
  const { fileNumber, exchangeId, bytes, sha256 } = uploaded.json();
  t.equal(bytes, content.length);
  t.ok(exchangeId);
  const downloaded = await ask('POST', '/v1/insurers/nhsa/files/download', {
    fileNumber,
    filename: '对账.zip',
  });
  t.equal(downloaded.statusCode, 200);
  t.ok(downloaded.rawPayload.equals(content));
  t.match(downloaded.headers, {
    'content-type': 'application/octet-stream',
    'content-length': String(content.length),
    'content-disposition': "attachment; filename*=UTF-8''%E5%AF%B9%E8%B4%A6.zip",
    'x-content-sha256': sha256,
  });
  isProblem(
    t,
    await ask('POST', '/v1/insurers/nhsa/files/download', { fileNumber: 'F', filename: 'x' }),
    422,
    'insurer.refused',
  );
});

t.test('a file that is none, too many, too large or of a bad name is refused', async (t) => {
  const { ask } = await gateway(t, { fileBytesMax: 2_000 });
  const post = ({ payload, headers }: ReturnType<typeof form>, insurer = 'nhsa') =>
    ask('POST', `/v1/insurers/${insurer}/files`, payload, headers);
  const file = (content: string, filename = 'x.txt', name = 'file') => ({ name, filename, content });
  isProblem(t, await post(form([file('x'.repeat(2_001))])), 413, 'file.too-large');
  isProblem(t, await post(form([file('x', '../../etc/x|y')])), 400, 'file.name');
  isProblem(t, await post(form([file('x', 'x.txt', 'other')])), 400, 'file.missing');
  isProblem(t, await post(form([{ name: 'file', content: 'no file' }])), 400, 'file.missing');
  isProblem(t, await post(form([])), 400, 'file.missing');
  isProblem(
    t,
    await post({
      payload: Buffer.from('rubbish'),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    }),
    400,
    'file.missing',
  );
  isProblem(t, await ask('POST', '/v1/insurers/nhsa/files', { a: 1 }), 400, 'request.invalid');
  isProblem(t, await post(form([file('x')]), 'none'), 404, 'insurer.not-found');
  t.equal((await post(form([file('x')]))).statusCode, 200, 'and the next is taken all the same');
});

t.test('a catalogue is downloaded in the background, and searched', async (t) => {
  const { ask, side, platform } = await gateway(t);
  isProblem(t, await ask('GET', '/v1/insurers/nhsa/catalogues/drugs/items'), 404, 'catalogue.not-loaded');
  const url = '/v1/insurers/nhsa/catalogues/drugs/downloads';
  const headers = { 'idempotency-key': 'the-same-key' };
  const begun = await ask('POST', url, {}, headers);
  t.equal(begun.statusCode, 202, begun.body);
  t.match(begun.json(), { state: 'running', kind: 'drugs', insurer: 'nhsa', whole: false });
  await side.downloads.idle();
  const { id } = begun.json();
  t.equal((await ask('POST', url, {}, headers)).json().id, id, 'a repeat gets the same');
  const done = await ask('GET', `/v1/catalogue-downloads/${id}`);
  t.match(done.json(), { state: 'done', rows: 12, expected: 12 });
  isProblem(t, await ask('DELETE', `/v1/catalogue-downloads/${id}`), 409, 'catalogue.ended');
  isProblem(t, await ask('GET', '/v1/catalogue-downloads/none'), 404, 'catalogue.no-download');
  const list = (await ask('GET', '/v1/insurers/nhsa/catalogues')).json();
  t.match(list.items[0], { kind: 'drugs', version: '20260101000012', items: 12 });
  t.match(list.items[1], { kind: 'herbs', items: 0 });

  const line = { line: '1', localCode: 'L1', name: '样例', count: '1', price: '1.00', amount: '1.00' };
  const charges = [
    { ...line, nationalCode: 'XJ01CAA1' },
    { ...line, line: '2', nationalCode: 'XJ99' },
  ];
  const checked = await ask('POST', '/v1/insurers/nhsa/catalogues/check', { charges });
  t.same(checked.json(), { notes: [{ index: 1, line: '2', note: 'unknown-code' }] }, checked.body);

  const found = (query: string) => ask('GET', `/v1/insurers/nhsa/catalogues/drugs/items?${query}`);
  t.match((await found('search=amx')).json(), {
    items: [{ code: 'XJ01CAA1', name: '阿莫西林胶囊', valid: true }],
  });
  t.match((await found(`search=${encodeURIComponent('地平')}`)).json().items.length, 1);
  const first = (await found('code=X&limit=2')).json();
  t.same(
    first.items.map((item: { code: string }) => item.code),
    ['XA02BCA1', 'XA10BAA1'],
  );
  t.equal((await found(`code=X&limit=50&after=${first.next}`)).json().items.length, 8);
  isProblem(t, await found('after=rubbish'), 400, 'request.invalid');
  isProblem(t, await found('search=%00'), 400, 'request.invalid');
  isProblem(t, await ask('GET', '/v1/insurers/nhsa/catalogues/unheard-of/items'), 400, 'request.invalid');

  platform.virtual.misbehave({ infno: '9102', kind: 'truncate' });
  const cut = (await ask('POST', url, { whole: true })).json();
  await side.downloads.idle();
  t.match((await ask('GET', `/v1/catalogue-downloads/${cut.id}`)).json(), {
    state: 'failed',
    whole: true,
    cause: { code: 'insurer.no-answer' },
  });
  t.equal((await found('limit=50')).json().items.length, 12);
});

t.test('an entry is shown with every field, its limits and its shares', async (t) => {
  const { ask, side } = await gateway(t);
  for (const kind of ['services', 'price-limits', 'self-pay-ratios', 'insurance-matches']) {
    await ask('POST', `/v1/insurers/nhsa/catalogues/${kind}/downloads`, {});
  }
  await side.downloads.idle();
  const entry = await ask('GET', '/v1/insurers/nhsa/catalogues/services/items/001102000010000');
  t.equal(entry.statusCode, 200, entry.body);
  t.match(entry.json(), {
    items: [{ name: '诊察费', content: { prcunt_name: '次' } }],
    priceLimits: [{ priceLimit: '30.00', heldFor: '1' }, { priceLimit: '40.00' }, { priceLimit: '50.00' }],
    selfPayRatios: [],
  });
  isProblem(
    t,
    await ask('GET', '/v1/insurers/nhsa/catalogues/services/items/none'),
    404,
    'catalogue.no-item',
  );
  const charge = {
    line: '1',
    nationalCode: '001102000010000',
    localCode: 'L',
    name: '',
    count: '1',
    price: '30.01',
  };
  t.match(await side.archive.notesOn('nhsa', [{ ...charge, amountFen: 3_001 }], '2026-03-02'), [
    { note: 'over-limit', priceLimit: '30.00' },
  ]);
});

t.test('local codes are matched, told to the platform, and withdrawn', async (t) => {
  const { ask, audit } = await gateway(t);
  const base = '/v1/insurers/nhsa/mappings';
  const body = { kind: 'drugs', localName: '院内药', nationalCode: 'XN02BEA1', validFrom: '2026-01-01' };
  const put = await ask('PUT', `${base}/L1`, body);
  t.equal(put.statusCode, 200, put.body);
  t.match(put.json(), { state: 'local', version: 1, validTo: '2099-12-31' });
  t.equal(put.headers.etag, '"1"');
  isProblem(t, await ask('PUT', `${base}/L1`, body, { 'if-match': '"7"' }), 412, 'request.version');
  await ask('PUT', `${base}/L2`, { ...body, nationalCode: 'NONE' });
  await ask('PUT', `${base}/L3`, { ...body, kind: 'services', nationalCode: '001102000010000' });
  const upload = await ask('POST', `${base}/upload`);
  t.equal(upload.statusCode, 200, upload.body);
  t.match(upload.json(), {
    uploaded: 2,
    refused: [{ localCode: 'L2', reason: /NONE/ }],
    unknown: 0,
    left: false,
  });
  t.match((await ask('GET', `${base}/L1`)).json(), { state: 'uploaded', uploadedCode: 'XN02BEA1' });
  t.match((await ask('GET', `${base}?state=refused`)).json(), {
    items: [{ localCode: 'L2', reason: /NONE/ }],
  });
  const { items, next } = (await ask('GET', `${base}?limit=2`)).json();
  t.equal(items.length, 2);
  t.equal((await ask('GET', `${base}?limit=2&after=${next}`)).json().items[0].localCode, 'L3');
  t.match((await ask('DELETE', `${base}/L1`)).json(), { state: 'withdrawn' });
  isProblem(t, await ask('GET', `${base}/none`), 404, 'mapping.not-found');
  isProblem(t, await ask('PUT', `${base}/L1`, { ...body, kind: 'diagnoses' }), 422, 'mapping.kind');
  isProblem(t, await ask('PUT', `${base}/L1`, { ...body, localName: 'a\u0000' }), 400, 'request.invalid');
  t.same(await audit.verify(), []);
});

t.test('who may only read may not load, match or carry files', async (t) => {
  const { ask } = await gateway(t);
  const headers = { authorization: `Bearer ${reader.key}` };
  t.equal((await ask('GET', '/v1/insurers/nhsa/catalogues', undefined, headers)).statusCode, 200);
  const barred = [
    ask('POST', '/v1/insurers/nhsa/catalogues/drugs/downloads', {}, headers),
    ask('PUT', '/v1/insurers/nhsa/mappings/L', {}, headers),
    ask('POST', '/v1/insurers/nhsa/mappings/upload', undefined, headers),
    ask('POST', '/v1/insurers/nhsa/files/download', { fileNumber: 'F', filename: 'x' }, headers),
  ];
  for (const answer of await Promise.all(barred)) t.equal(answer.statusCode, 403);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test(
  'a caller who goes away in the middle leaves nothing behind, whichever way the file goes',
  async (t) => {
    const { app, ask, platform, spoolFolder } = await gateway(t);
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      'POST /v1/insurers/nhsa/files HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n' +
        `authorization: Bearer ${key.key}\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n` +
        `--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n${'x'.repeat(200_000)}`,
    );
    await until(() => readdirSync(spoolFolder).length === 1);
    socket.destroy();
    await until(() => readdirSync(spoolFolder).length === 0);
    t.same(platform.journal.transactions(), [], 'what did not come whole is not sent on');

    const { payload, headers } = form([{ name: 'file', filename: 'x', content: randomBytes(20_000_000) }]);
    const { fileNumber } = (await ask('POST', '/v1/insurers/nhsa/files', payload, headers)).json();
    const response = await fetch(`http://127.0.0.1:${port}/v1/insurers/nhsa/files/download`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fileNumber, filename: 'x' }),
    });
    t.equal(readdirSync(platform.spoolFolder).length, 1);
    await response.body?.cancel();
    await until(() => readdirSync(platform.spoolFolder).length === 0);
    t.pass('the file is gone');
  },
);
