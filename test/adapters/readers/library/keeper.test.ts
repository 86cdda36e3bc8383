import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { libraryDriver } from '../../../../adapters/readers/library/driver.ts';
import { ReaderPool } from '../../../../src/card/pool.ts';
import { CardService } from '../../../../src/card/service.ts';
import { systemClock } from '../../../../src/clock.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testParts } from '../../../helper.ts';
import { codeOf } from '../helper.ts';
import { compileLibrary, noCompiler } from './helper.ts';

const compiled = { skip: noCompiler };
const caller = { client: 'his', requestId: 'request-1' };

/** A gateway's card side with one reader, that of the library. */
async function desk(t: Test) {
  const library = compileLibrary(t);
  const driver = libraryDriver({ file: library.file, extras: ['iReadIdentityCard'] });
  const parts = { ...(await testParts(t)), clock: systemClock };
  const pool = new ReaderPool({ ...parts, readers: [{ id: 'window', driver }] });
  t.teardown(() => pool.close());
  const cards = new CardService({ ...parts, pool });
  const until = async (state: string) => {
    while (pool.status('window').state !== state) await sleep(5);
  };
  const read = (timeoutMs = 0) =>
    cards.read('window', { accept: ['social-security-card', 'resident-id-card'], timeoutMs }, caller);
  pool.start();
  await until('ready');
  return { ...library, pool, read, until };
}

t.test('a card is read through the library and becomes a reading like any other', compiled, async (t) => {
  const { pool, read } = await desk(t);
  t.same(pool.status('window').reads, ['social-security-card', 'resident-id-card']);
  const { reading } = await read();
  t.match(reading, {
    kind: 'social-security-card',
    verifiedBy: 'nobody',
    identity: { name: SAMPLE_NAME, documentNumber: SAMPLE_NUMBER, cardNumber: 'X00000019' },
    card: { cardId: '639900D15600000500BF7C7A48FB4966', version: '1.00', issuedOn: '2010-10-01' },
  });
});

t.test('nobody lays a card down: the reader is as good as before', compiled, async (t) => {
  const { pool, read, behave } = await desk(t);
  behave('return -2');
  t.equal(await codeOf(read()), 'card.none');
  t.match(pool.status('window'), { state: 'ready', counters: { failures: 0, reopenings: 0 } });
});

t.test('a library that crashes is opened anew, and the gateway goes on', compiled, async (t) => {
  const { pool, read, until, behave } = await desk(t);
  behave('crash');
  t.equal(await codeOf(read()), 'reader.lost');
  behave('sample');
  await until('ready');
  t.match(pool.status('window').counters, { reopenings: 1 });
  t.match((await read()).reading.identity, { name: SAMPLE_NAME });
});

t.test('a reader that is unplugged behind its library is absent until it is back', compiled, async (t) => {
  const { pool, read, until, behave } = await desk(t);
  behave('return -11');
  t.equal(await codeOf(read()), 'reader.lost');
  await until('absent');
  t.equal(pool.status('window').lastError, 'reader.absent');
  behave('sample');
  await until('ready');
  t.match((await read()).reading.identity, { name: SAMPLE_NAME });
});
