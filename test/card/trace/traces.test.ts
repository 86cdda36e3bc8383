import t from 'tap';
import type { OpenReader } from '../../../src/card/port.ts';
import { Traces } from '../../../src/card/trace/traces.ts';
import { systemClock } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';

const signal = new AbortController().signal;
const SELECT = Buffer.from('00A4040006010203040506', 'hex');
const VERIFY = Buffer.from('0020000003123456', 'hex');

/** A reader whose slot holds a card that answers 9000, or none. */
function reader(card: boolean): OpenReader {
  return {
    slot: {
      powerOn: async () => (card ? Buffer.from('3B00', 'hex') : undefined),
      transmit: async () => Buffer.from('9000', 'hex'),
      powerOff: async () => undefined,
    },
    lost: new Promise(() => {}),
    close: async () => undefined,
  };
}

async function use(traces: Traces, command: Buffer, card = true, error?: unknown): Promise<void> {
  const recorded = traces.record('desk-1', 'a reader', async ({ slot }) => {
    if (await slot?.powerOn(1)) await slot?.transmit(command, 1);
  });
  await recorded.work(reader(card), signal);
  recorded.keep(error);
}

t.test('the last three uses are kept, the latest first, masked, with what each failed with', async (t) => {
  const traces = new Traces(systemClock);
  t.strictSame(traces.of('desk-1'), []);
  await use(traces, SELECT);
  await use(traces, VERIFY, true, new Fault('card.refused'));
  const [latest, before] = traces.of('desk-1');
  t.match(latest, { driver: 'a reader', fault: 'card.refused' });
  t.strictSame(
    latest?.exchanges.map(({ act, command }) => [act, command]),
    [
      ['power-on', undefined],
      ['transmit', '0020000003000000'],
    ],
    'a PIN is not in it',
  );
  t.notOk(before?.fault);
  for (let i = 0; i < 5; i++) await use(traces, SELECT);
  t.equal(traces.of('desk-1').length, 3);
  t.strictSame(traces.of('desk-2'), []);
});

t.test('a wait that nobody came to is shown, but displaces nothing that says more', async (t) => {
  const traces = new Traces(systemClock);
  await use(traces, SELECT, false, new Fault('card.none'));
  t.match(traces.of('desk-1'), [{ fault: 'card.none' }]);
  await use(traces, SELECT);
  await use(traces, SELECT, false, new Fault('card.none'));
  t.equal(traces.of('desk-1').length, 1);
  t.notOk(traces.of('desk-1')[0]?.fault);
});
