import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PART_BYTES } from '../../../schemas/attachment.ts';
import type { VirusScanner } from '../../../src/referral/attachments/port.ts';
import { query } from '../../../src/store/query.ts';
import { creation, joined, type TestOrganisation } from '../organisations.ts';
import { formOf, pdfOf, sha256 } from './multipart.ts';

const setBody = query<{ id: string; body: Uint8Array }>('test.setDeliveryBody', (db, arg) =>
  db
    .updateTable('deliveries')
    .set({ body: arg('body') })
    .where('id', '=', arg('id')),
);

async function attach(
  side: TestOrganisation,
  id: string,
  file: { content: Buffer; filename?: string; type?: string },
  kind = 'summary',
) {
  const { payload, headers } = formOf([
    { name: 'kind', value: kind },
    {
      name: 'file',
      value: file.content,
      filename: file.filename ?? '摘要.pdf',
      type: file.type ?? 'application/pdf',
    },
  ]);
  const answer = await side.app.inject({
    method: 'POST',
    url: `/v1/referrals/${id}/attachments`,
    headers: { ...headers, authorization: `Bearer ${side.key}` },
    payload,
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function list(side: TestOrganisation, id: string) {
  const { body } = await side.call('GET', `/v1/referrals/${id}/attachments`);
  return body.items as unknown as { id: string; state: string; reason?: string; sha256: string }[];
}

function content(side: TestOrganisation, referral: string, id: string) {
  return side.app.inject({
    url: `/v1/referrals/${referral}/attachments/${id}`,
    headers: { authorization: `Bearer ${side.key}` },
  });
}

async function referred(here: TestOrganisation) {
  return (await here.call('POST', '/v1/referrals', creation)).body.id;
}

async function arrivedAt(there: TestOrganisation) {
  return (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
}

t.test('a file reaches the other end whole, in parts, and both ends know it', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  const pdf = pdfOf(6 * PART_BYTES + 17);
  const made = await attach(here, id, { content: pdf });
  t.match(made, {
    status: 201,
    body: {
      by: 'initiator',
      kind: 'summary',
      name: '摘要.pdf',
      mediaType: 'application/pdf',
      bytes: pdf.length,
      sha256: sha256(pdf),
      state: 'sending',
      parts: { done: 0, total: 7 },
    },
  });
  await here.deliverAll();
  await there.papers.worker.runOnce();
  await there.deliverAll();
  t.match(await list(here, id), [{ state: 'taken' }]);
  const arrived = await arrivedAt(there);
  t.match(await list(there, arrived), [{ id: made.body.id, by: 'initiator', state: 'taken' }]);
  const read = await content(there, arrived, made.body.id);
  t.equal(read.statusCode, 200);
  t.equal(sha256(read.rawPayload), sha256(pdf));
  t.equal(read.headers['content-type'], 'application/pdf');
  t.equal(read.headers['x-content-sha256'], sha256(pdf));
  t.match(read.headers['content-disposition'], /^attachment; filename\*=UTF-8''/);
  const rest = await there.store.list((db) => db.selectFrom('referral_attachment_parts').selectAll());
  t.equal(rest.length, 0, 'the parts are gone when the file is whole');
});

t.test('the receiver attaches too, and the sender reads it', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  await here.deliverAll();
  const made = await attach(there, await arrivedAt(there), { content: pdfOf(40) }, 'front-page');
  await there.deliverAll();
  await here.papers.worker.runOnce();
  await here.deliverAll();
  t.match(await list(here, id), [{ id: made.body.id, by: 'recipient', kind: 'front-page', state: 'taken' }]);
  t.equal((await content(here, id, made.body.id)).rawPayload.length, 40);
});

t.test('what lies on the disk can be read by nobody, and a changed byte is noticed', async (t) => {
  const { here } = await joined(t);
  const id = await referred(here);
  const made = await attach(here, id, { content: pdfOf(5_000) });
  const folder = here.attachmentFolder;
  const [name] = readdirSync(folder);
  const path = join(folder, name!);
  const bytes = readFileSync(path);
  t.equal(bytes.length, 5_000);
  t.notOk(bytes.includes('%PDF'));
  bytes[4_000]! ^= 1;
  writeFileSync(path, bytes);
  const read = await content(here, id, made.body.id).catch((error: unknown) => error);
  t.ok(read instanceof Error || (read as { rawPayload: Buffer }).rawPayload.length < 5_000);
});

t.test('the same file again is the attachment it was', async (t) => {
  const { here } = await joined(t);
  const id = await referred(here);
  const first = await attach(here, id, { content: pdfOf(100) });
  const again = await attach(here, id, { content: pdfOf(100) });
  t.equal(again.status, 200);
  t.equal(again.body.id, first.body.id);
  t.equal(readdirSync(here.attachmentFolder).length, 1);
});

t.test('what is no attachment is refused with its code and leaves nothing behind', async (t) => {
  const { here } = await joined(t);
  const id = await referred(here);
  const refusals: [object, number, string][] = [
    [{ content: Buffer.from('MZ rubbish') }, 415, 'attachment.type'],
    [{ content: pdfOf(100), type: 'image/png' }, 415, 'attachment.type'],
    [{ content: Buffer.alloc(0) }, 400, 'file.missing'],
    [{ content: pdfOf(1_048_577) }, 413, 'attachment.too-large'],
  ];
  for (const [file, status, code] of refusals) {
    t.match(await attach(here, id, file as { content: Buffer }), { status, body: { code } }, code);
  }
  t.match(await attach(here, id, { content: pdfOf(10) }, 'rubbish'), {
    status: 400,
    body: { pointer: '/body/kind' },
  });
  t.match(await attach(here, 'unknown', { content: pdfOf(10) }), { status: 404 });
  t.equal(readdirSync(here.attachmentFolder).length, 0);
  for (let seed = 1; seed <= 4; seed++) await attach(here, id, { content: pdfOf(50, seed) });
  t.match(await attach(here, id, { content: pdfOf(51) }), {
    status: 409,
    body: { code: 'attachment.too-many' },
  });
});

t.test('a file whose hash is wrong is refused by the other end, and the sender is told why', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  await attach(here, id, { content: pdfOf(2 * PART_BYTES) });
  await here.papers.worker.runOnce();
  // What a disk or a line between could do: one part is not what was announced.
  const [part] = await here.store.list<{ id: string; message_id: string; body: Uint8Array }>((db) =>
    db
      .selectFrom('deliveries')
      .select(['id', 'message_id', 'body'])
      .where('type', '=', 'referral.attachment'),
  );
  const purpose = `delivery ${part!.message_id}`;
  const message = here.vault.openJson<{ data: string }>(purpose, part!.body);
  const data = Buffer.from(message.data, 'base64');
  data[99]! ^= 1;
  const body = here.vault.sealJson(purpose, { ...message, data: data.toString('base64') });
  await here.store.write((unit) => unit.run(setBody, { id: part!.id, body }));
  await here.deliverAll();
  await there.papers.worker.runOnce();
  await there.deliverAll();
  const arrived = await arrivedAt(there);
  t.match(await list(there, arrived), [{ state: 'refused', reason: 'attachment.hash' }]);
  t.match(await list(here, id), [{ state: 'refused', reason: 'attachment.hash' }]);
  const attachment = (await list(there, arrived))[0]!.id;
  t.match((await content(there, arrived, attachment)).json(), { code: 'attachment.not-whole' });
  t.equal(readdirSync(there.attachmentFolder).length, 0, 'nothing of it is kept');
});

t.test('a file that comes before its referral waits for it', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  await attach(here, id, { content: pdfOf(30) });
  await here.papers.worker.runOnce();
  const messages = await here.store.list<{ message_id: string; type: string; body: Uint8Array }>((db) =>
    db.selectFrom('deliveries').select(['message_id', 'type', 'body']),
  );
  const early = messages.find(({ type }) => type === 'referral.attachment')!;
  const body = here.vault.open(`delivery ${early.message_id}`, early.body);
  await there.inbox.receive(
    { id: early.message_id, correlationId: id, from: 'CLINIC0001', to: 'HOSPITAL01', type: early.type, body },
    body,
  );
  await there.papers.worker.runOnce();
  t.equal((await there.call('GET', '/v1/referrals')).body.items.length, 0);
  await here.deliverAll();
  t.match(await list(there, await arrivedAt(there)), [{ state: 'taken' }]);
});

t.test('parts come in order behind the referral, and a few at a time', async (t) => {
  const { here } = await joined(t);
  const id = await referred(here);
  await attach(here, id, { content: pdfOf(9 * PART_BYTES) });
  await here.papers.worker.runOnce();
  const queued = await here.store.list<{ order_seq: number; message_id: string }>((db) =>
    db
      .selectFrom('deliveries')
      .select(['order_seq', 'message_id'])
      .where('type', '=', 'referral.attachment')
      .orderBy('order_seq'),
  );
  t.equal(queued.length, 4);
  t.same(
    queued.map(({ message_id }) => message_id.split('.')[1]),
    ['0', '1', '2', '3'],
  );
  t.ok(queued.every(({ order_seq }) => Number(order_seq) >= 1_000_000_000));
});

t.test(
  'a virus is refused at the desk and at the other end; without a scanner’s word nothing is kept',
  async (t) => {
    let verdict: () => { clean: boolean } = () => ({ clean: false });
    const scanner: VirusScanner = {
      async scan(content) {
        for await (const _chunk of content);
        return verdict();
      },
    };
    const { here, there } = await joined(t, { there: scanner });
    const id = await referred(here);
    await attach(here, id, { content: pdfOf(60) });
    await here.deliverAll();
    verdict = () => {
      throw new Error('scanner gone');
    };
    await there.papers.worker.runOnce();
    const arrived = await arrivedAt(there);
    t.match(await list(there, arrived), [{ state: 'whole' }], 'not taken while nobody can say');
    t.match(await attach(there, arrived, { content: pdfOf(61) }), {
      status: 503,
      body: { code: 'attachment.not-scanned' },
    });
    verdict = () => ({ clean: false });
    t.match(await attach(there, arrived, { content: pdfOf(61) }), {
      status: 422,
      body: { code: 'attachment.infected' },
    });
    await there.papers.worker.runOnce();
    await there.deliverAll();
    t.match(await list(here, id), [{ state: 'refused', reason: 'attachment.infected' }]);
    t.equal(readdirSync(there.attachmentFolder).length, 0);
  },
);

t.test('a file that stops coming is given up, and what no row knows is removed', async (t) => {
  const { here, there } = await joined(t);
  const id = await referred(here);
  await attach(here, id, { content: pdfOf(3 * PART_BYTES) });
  await here.papers.worker.runOnce();
  await here.worker.runOnce();
  await here.worker.runOnce();
  there.clock.advance(11 * 24 * 3_600_000);
  for (const chore of Object.values(there.papers.chores)) await chore();
  t.match(await list(there, await arrivedAt(there)), [{ state: 'refused', reason: 'attachment.not-whole' }]);
  const rest = await there.store.list((db) => db.selectFrom('referral_attachment_parts').selectAll());
  t.equal(rest.length, 0);
});
