import t, { type Test } from 'tap';
import { readerDriverOf } from '../../adapters/readers/index.ts';
import { checkConfiguration, readConfiguration } from '../../src/config.ts';
import { VIRTUAL_CODES } from '../../src/sandbox/codes/tray.ts';
import { VirtualDesk } from '../../src/sandbox/desk.ts';
import { TestTimers } from '../card/timers.ts';
import { TestClock } from '../helper.ts';

async function startDesk(t: Test): Promise<VirtualDesk> {
  const desk = await VirtualDesk.start();
  t.teardown(() => desk.close());
  return desk;
}

const lying = (desk: VirtualDesk) => desk.overview().readers.map(({ id, card }) => [id, card]);

t.test('a desk starts with a card on each of its two card readers, and the tray beside', async (t) => {
  const desk = await startDesk(t);
  t.same(lying(desk), [
    ['desk-1', 'social-security-v2'],
    ['desk-2', 'resident-id'],
    ['desk-3', undefined],
  ]);
  const { cards, readers } = desk.overview();
  t.ok(cards.length >= 6);
  for (const { id, kind, title } of cards) {
    t.match(id, /^[a-z0-9-]+$/);
    t.match(kind, /^((social-security|resident-id|health)-card|(insurance|health)-code)$/);
    t.match(title, { zh: /\p{Script=Han}/u, en: /^[A-Za-z]/ });
  }
  for (const { traffic } of readers) t.same(traffic, { exchanges: 0, bytes: 0, frames: [] });
});

t.test('its readers stand in a configuration as real ones do', async (t) => {
  const desk = await startDesk(t);
  const readers = desk.configuration();
  const configuration = checkConfiguration({ ...readConfiguration(undefined), readers });
  t.match(configuration.readers, [
    { id: 'desk-1', dialect: 'ccid-serial', transport: { kind: 'tcp', host: '127.0.0.1' } },
    { id: 'desk-2', dialect: 'sam-v', transport: { kind: 'tcp', host: '127.0.0.1' } },
    { id: 'desk-3', dialect: 'line-scanner', transport: { kind: 'tcp', host: '127.0.0.1' } },
  ]);
});

t.test('every card of the tray can be laid on the reader of its kind, and only there', async (t) => {
  const desk = await startDesk(t);
  for (const { id, kind } of desk.overview().cards) {
    const fits = kind === 'resident-id-card' ? 'desk-2' : kind.endsWith('-code') ? 'desk-3' : 'desk-1';
    desk.lay(fits, id);
    t.equal(new Map(lying(desk) as [string, string][]).get(fits), id);
    const before = desk.overview();
    for (const other of ['desk-1', 'desk-2', 'desk-3'].filter((each) => each !== fits)) {
      t.throws(() => desk.lay(other, id), { code: 'reader.unsupported' });
    }
    t.same(desk.overview(), before, 'what was refused changes nothing');
  }
});

t.test('a reader or a card that is not there is told of', async (t) => {
  const desk = await startDesk(t);
  t.throws(() => desk.lay('desk-4', 'resident-id'), { code: 'reader.not-found' });
  t.throws(() => desk.remove('desk-4'), { code: 'reader.not-found' });
  t.throws(() => desk.lay('desk-1', 'library-card'), { code: 'sandbox.unknown-card' });
  t.throws(() => desk.lay('desk-1', '__proto__'), { code: 'sandbox.unknown-card' });
});

t.test('a card taken away is gone; taken away again it is gone still', async (t) => {
  const desk = await startDesk(t);
  desk.remove('desk-1');
  desk.remove('desk-1');
  t.same(lying(desk), [
    ['desk-1', undefined],
    ['desk-2', 'resident-id'],
    ['desk-3', undefined],
  ]);
});

t.test('the traffic shows headers of frames, counts the rest, and begins anew with each card', async (t) => {
  const desk = await startDesk(t);
  const [chip] = checkConfiguration({
    ...readConfiguration(undefined),
    readers: desk.configuration(),
  }).readers;
  const line = await readerDriverOf(chip!).open(AbortSignal.timeout(5_000));
  t.teardown(() => line.close());
  const { traffic } = desk.overview().readers[0]!;
  t.ok(traffic.exchanges > 0);
  t.equal(traffic.frames.length, 2 * traffic.exchanges);
  for (const frame of traffic.frames) t.match(frame, /^[→←] [0-9A-F]{2,24}( … \+\d+)?$/);
  t.match(traffic.frames[0], /^→ 03/);
  desk.lay('desk-1', 'social-security-v1');
  t.match(desk.overview().readers[0], { card: 'social-security-v1', traffic: { exchanges: 0, frames: [] } });
});

const [insurance, healthCode] = ['insurance-code', 'health-code'].map(
  (id) => VIRTUAL_CODES.find((each) => each.id === id)!,
);

t.test(
  'a code that lies on the scanner is scanned at once and every second, until it is taken away',
  async (t) => {
    const timers = new TestTimers(new TestClock());
    const desk = await VirtualDesk.start(timers);
    t.teardown(() => desk.close());
    const scans = () => desk.overview().readers[2]!.traffic;
    desk.lay('desk-3', 'insurance-code');
    t.same(scans(), { exchanges: 0, bytes: 28, frames: ['← 34323430 … +24'] }, 'its person is not shown');
    await timers.advance(2_999);
    t.equal(scans().frames.length, 3);
    desk.lay('desk-3', 'health-code');
    t.equal(scans().bytes, healthCode!.code.length, 'another takes its place');
    t.equal(timers.count, 1);
    await timers.advance(60_000);
    t.equal(scans().frames.length, 24, 'no more are kept');
    desk.remove('desk-3');
    desk.remove('desk-3');
    t.equal(timers.count, 0);
    desk.lay('desk-3', 'insurance-code');
    await desk.close();
    t.equal(timers.count, 0, 'nor is it scanned once the desk has gone');
  },
);

t.test('whoever connects to the scanner hears the codes, each with a line end', async (t) => {
  const timers = new TestTimers(new TestClock());
  const desk = await VirtualDesk.start(timers);
  t.teardown(() => desk.close());
  desk.lay('desk-3', 'insurance-code');
  const { readers } = checkConfiguration({
    ...readConfiguration(undefined),
    readers: desk.configuration(),
  });
  const line = await readerDriverOf(readers[2]!).open(AbortSignal.timeout(5_000));
  t.teardown(() => line.close());
  const { codes } = line;
  const heard = codes!.next(60_000, new AbortController().signal);
  // What was scanned before anybody listened is lost; it lies there still.
  let code: string | undefined;
  void heard.then((found) => {
    code = found;
  });
  while (code === undefined) await timers.advance(1_000);
  t.equal(code, insurance!.code);
});
