import t from 'tap';
import type { MappingRequest } from '../../../schemas/catalogue.ts';
import { caller, newWorld, type World } from './parts.ts';

const match: MappingRequest = {
  kind: 'drugs',
  localName: '院内药',
  nationalCode: 'N1',
  validFrom: '2026-01-01',
};

async function world(t: { teardown(work: () => unknown): void }) {
  const made = await newWorld(t);
  const side = made.start();
  const put = (code: string, more: Partial<MappingRequest> = {}, version?: number) =>
    side.mappings.put('fake', code, { ...match, ...more }, caller, version);
  const upload = () => side.mappings.upload('fake', caller);
  const stateOf = async (code: string) => (await side.mappings.get('fake', code)).state;
  return { ...made, side, put, upload, stateOf };
}

function has(flows: World['flows']) {
  return Object.fromEntries(flows.matches);
}

t.test('a local code is matched here, told to the insurer, and withdrawn', async (t) => {
  const { put, upload, stateOf, flows, side } = await world(t);
  t.match(await put('L1'), { state: 'local', version: 1, valid_to: '2099-12-31' });
  t.match(await put('L1', { nationalCode: 'N2' }), { state: 'local', version: 2 });
  t.same(has(flows), {});
  t.same(await upload(), { uploaded: 1, refused: [], unknown: 0, left: false });
  t.same(has(flows), { L1: 'N2' });
  t.equal(await stateOf('L1'), 'uploaded');
  t.match(await put('L1', { nationalCode: 'N2' }), { state: 'uploaded' }, 'the same again changes nothing');
  t.same(await upload(), { uploaded: 0, refused: [], unknown: 0, left: false });
  t.match(await side.mappings.withdraw('fake', 'L1', caller), { state: 'withdrawn', uploaded: null });
  t.same(has(flows), {});
  t.equal(flows.received.length, 1);
});

t.test('a match that has changed takes the place of the one that the insurer has', async (t) => {
  const { put, upload, stateOf, flows, side } = await world(t);
  await put('L1');
  await upload();
  t.match(await put('L1', { nationalCode: 'N9' }), { state: 'local' });
  t.match(JSON.parse((await side.mappings.get('fake', 'L1')).uploaded ?? ''), { nationalCode: 'N1' });
  await upload();
  t.same(has(flows), { L1: 'N9' });
  t.equal(await stateOf('L1'), 'uploaded');
});

t.test('of a batch that is refused those at fault are named, and the others are taken', async (t) => {
  const { put, upload, stateOf, flows, side } = await world(t);
  const codes = Array.from({ length: 20 }, (_, place) => `L${String(place).padStart(2, '0')}`);
  for (const code of codes) await put(code);
  flows.refuses = new Set(['L03', 'L11', 'L12']);
  const sum = await upload();
  t.equal(sum.uploaded, 17);
  t.same(
    sum.refused.map(({ localCode }) => localCode),
    ['L03', 'L11', 'L12'],
  );
  t.match(sum.refused[0]?.reason, /目录编码不存在/);
  t.same(
    [...flows.matches.keys()].sort(),
    codes.filter((code) => !flows.refuses.has(code)),
  );
  t.equal(await stateOf('L03'), 'refused');
  const refused = await side.mappings.get('fake', 'L03');
  t.match(side.mappings.reasonOf(refused), /目录编码不存在/);
  t.ok(refused.exchange_id);
  t.ok(Math.max(...flows.received.map((batch) => batch.length)) <= flows.matchesMax);
  t.same(
    await upload(),
    { uploaded: 0, refused: [], unknown: 0, left: false },
    'it waits for somebody to mend it',
  );
  flows.refuses.clear();
  await put('L03', { nationalCode: 'N5' });
  t.match(await upload(), { uploaded: 1 });
});

t.test('a match whose answer was lost is sent again', async (t) => {
  const { put, upload, stateOf, flows } = await world(t);
  await put('L1');
  await put('L2');
  flows.answers = false;
  t.match(await upload(), { uploaded: 0, unknown: 2 });
  t.equal(await stateOf('L1'), 'unknown');
  flows.answers = true;
  flows.matches.delete('L1');
  const again = await upload();
  t.match(again, { uploaded: 1, refused: [{ localCode: 'L2' }] }, 'where it had come the insurer says so');
  t.equal(await stateOf('L1'), 'uploaded');
});

t.test('an insurer that has nothing to withdraw is in nobody’s way', async (t) => {
  const { put, upload, flows, side } = await world(t);
  await put('L1');
  await upload();
  flows.matches.clear();
  await put('L1', { nationalCode: 'N9' });
  t.match(await upload(), { uploaded: 1 });
  t.same(has(flows), { L1: 'N9' });
  flows.matches.clear();
  await t.rejects(side.mappings.withdraw('fake', 'L1', caller), { code: 'insurer.refused' });
});

t.test('a match that is rewritten while it is uploaded waits for the next upload', async (t) => {
  const { put, upload, stateOf, flows, side } = await world(t);
  await put('L1');
  const match = flows.match.bind(flows);
  flows.match = async (matches, exchange) => {
    await put('L1', { nationalCode: 'N7' });
    return match(matches, exchange);
  };
  await upload();
  flows.match = match;
  t.equal(await stateOf('L1'), 'local');
  t.match(JSON.parse((await side.mappings.get('fake', 'L1')).uploaded ?? ''), { nationalCode: 'N1' });
  await upload();
  t.same(has(flows), { L1: 'N7' });
});

t.test('one upload at a time', async (t) => {
  const { put, upload } = await world(t);
  await put('L1');
  const both = await Promise.allSettled([upload(), upload()]);
  t.match(
    both.map((each) => each.status === 'rejected' && each.reason.code),
    [false, 'gateway.busy'],
  );
});

t.test('so many with one call, and word that more are left', async (t) => {
  const { put, upload, flows } = await world(t);
  for (let code = 0; code < 205; code++) await put(`L${String(code).padStart(3, '0')}`);
  t.match(await upload(), { uploaded: 200, left: true });
  t.match(await upload(), { uploaded: 5, left: false });
  t.equal(flows.matches.size, 205);
});

t.test('what cannot be matched, and versions that are not those on file', async (t) => {
  const { put, side } = await world(t);
  await t.rejects(put('L1', { kind: 'diagnoses' }), { code: 'mapping.kind' });
  await t.rejects(put('L1', { validTo: '2025-01-01' }), {
    code: 'request.invalid',
    context: { pointer: '/body/validTo' },
  });
  await t.rejects(put('L1', {}, 3), { code: 'request.version' });
  await put('L1');
  await put('L1', { localName: '新名' }, 1);
  await t.rejects(put('L1', { localName: '再改' }, 1), { code: 'request.version' });
  await t.rejects(side.mappings.withdraw('fake', 'L1', caller, 1), { code: 'request.version' });
  await t.rejects(side.mappings.get('fake', 'none'), { code: 'mapping.not-found' });
  await t.rejects(side.mappings.get('none', 'L1'), { code: 'insurer.not-found' });
  await t.rejects(side.mappings.upload('plain', caller), { code: 'insurer.not-offered' });
});

t.test('mappings are listed by their code, or by how they stand', async (t) => {
  const { put, upload, side } = await world(t);
  for (const code of ['L3', 'L1', 'L2']) await put(code);
  await upload();
  await put('L2', { nationalCode: 'N4' });
  const first = await side.mappings.list('fake', { limit: 2 });
  t.same(
    first.rows.map((row) => row.local_code),
    ['L1', 'L2'],
  );
  t.same(
    (await side.mappings.list('fake', { limit: 2, after: first.next ?? '' })).rows.map(
      (row) => row.local_code,
    ),
    ['L3'],
  );
  t.same(
    (await side.mappings.list('fake', { state: 'local' })).rows.map((row) => row.local_code),
    ['L2'],
  );
});
