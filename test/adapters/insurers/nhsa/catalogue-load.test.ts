import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t, { type Test } from 'tap';
import { createNhsaInsurer } from '../../../../adapters/insurers/nhsa/adapter.ts';
import { layoutsOf } from '../../../../adapters/insurers/nhsa/catalogue-layouts.ts';
import { writeTable } from '../../../../adapters/insurers/nhsa/table-file.ts';
import { DiskSpool } from '../../../../src/settlement/files/spool.ts';
import { TestClock, temporaryFolder, temporaryStore } from '../../../helper.ts';
import { caller, newWorld } from '../../../settlement/catalogues/parts.ts';
import { configurationOf, SIGNING, specification } from './helper.ts';

const ROWS = 100_000;
const MEGABYTE = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function* drugs(count: number): Generator<string[]> {
  const columns = layoutsOf().get('drugs')?.columns ?? [];
  for (let place = 0; place < count; place++) {
    const number = String(place).padStart(6, '0');
    yield columns.map((column, at) => {
      if (column === 'med_list_codg') return `X${number}`;
      if (column === 'reg_name') return `样例药 ${number}`;
      if (column === 'pinyin') return 'YLY';
      if (column === 'vali_flag') return '1';
      if (column === 'ver') return number;
      return at < 30 ? `${column} ${number}` : '';
    });
  }
}

/** A platform that has one file, and hands it out. */
async function platformWith(t: Test, zip: Buffer): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (text.includes('"infno":"9102"')) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': zip.length });
      return response.end(zip);
    }
    const output = text.includes('"infno":"9001"')
      ? { signinoutb: { sign_no: 'S1', sign_time: '2026-03-02 09:00:00' } }
      : { file_qury_no: 'F1', filename: 'x.txt.zip', dld_end_time: '2026-03-03', data_cnt: ROWS };
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ infcode: 0, output }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

t.test('a catalogue of a hundred thousand rows is never in memory as a whole', async (t) => {
  const columns = layoutsOf().get('drugs')?.columns ?? [];
  const zip = writeTable('1301.txt', columns, drugs(ROWS));
  const world = await newWorld(t);
  const insurer = createNhsaInsurer(
    configurationOf(await platformWith(t, zip), { id: 'fake', timeoutMs: 60_000 }),
    {
      ...{ store: await temporaryStore(t), clock: new TestClock(), secret: SIGNING.secret, specification },
      spool: new DiskSpool(temporaryFolder(t)),
    },
  );
  t.teardown(() => insurer.close());
  let [batches, peak] = [0, 0];
  collect();
  const used = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const { catalogues } = insurer;
  if (!catalogues) throw new Error('no catalogues');
  const load = catalogues.load.bind(catalogues);
  catalogues.load = (order, exchange) => {
    const take: typeof order.take = async (items) => {
      batches += 1;
      if (batches % 50 === 0) peak = Math.max(peak, used() - before);
      return order.take(items);
    };
    return load({ ...order, take, expect: (rows) => order.expect?.(rows) }, exchange);
  };
  const side = world.start(world.store, 'test', [insurer]);
  const startedAt = performance.now();
  await side.downloads.start('big', { insurer: 'fake', kind: 'drugs', whole: false }, caller);
  await side.downloads.idle();
  const seconds = (performance.now() - startedAt) / 1_000;
  t.match(await side.downloads.get('big'), { state: 'done', rows: ROWS, expected: ROWS });
  t.comment(
    `${ROWS} rows, ${Math.round(zip.length / MEGABYTE)} MB packed, in ${seconds.toFixed(1)} s; ` +
      `${batches} batches, at most ${(peak / MEGABYTE).toFixed(1)} MB in memory`,
  );
  t.ok(batches >= ROWS / 500, 'in bounded batches');
  t.ok(peak < 48 * MEGABYTE, `${peak} bytes`);
  const { items } = await side.archive.item('fake', 'drugs', 'X099999');
  t.match(items, [{ name: '样例药 099999' }]);
  t.match((await side.archive.kinds('fake'))[0], { kind: 'drugs', row: { items: ROWS, version: '099999' } });
});
