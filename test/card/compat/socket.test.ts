import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import { WebSocket } from 'ws';
import { HOLD_MS } from '../../../src/card/compat/dialogue.ts';
import { HEARTBEAT_MS } from '../../../src/card/compat/socket.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { settle } from '../timers.ts';
import { chip, compatWorld, PAGE, STRANGER } from './world.ts';

const PATH = '/v1/compat';

/** A gateway that listens, and pages that connect to it. */
async function world(t: Parameters<typeof compatWorld>[0], options: Parameters<typeof compatWorld>[1] = {}) {
  const parts = await compatWorld(t, options);
  const url = (await parts.app.listen({ host: '127.0.0.1', port: 0 })).replace('http', 'ws');
  const dial = (protocols: string[], headers: Record<string, string>, path = PATH) => {
    const socket = new WebSocket(url + path, protocols, { headers });
    t.teardown(() => socket.terminate());
    return socket;
  };
  /** The status and code of the refusal. */
  const refusal = async (protocols: string[], headers: Record<string, string>, path?: string) => {
    const socket = dial(protocols, headers, path);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return [response.statusCode, JSON.parse(Buffer.concat(chunks).toString()).code];
  };
  const open = async (
    protocols: string[] = [],
    headers: Record<string, string> = parts.bearer('desk'),
    path?: string,
  ) => {
    const socket = dial(protocols, headers, path);
    await once(socket, 'open');
    return socket;
  };
  return { ...parts, url, open, refusal };
}

const heard = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0]));
const ask = (socket: WebSocket, message: object | string) => {
  const answer = heard(socket);
  socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return answer;
};
const closed = async (socket: WebSocket) => (await once(socket, 'close'))[0];

t.test('a page reads a card in either form, at either path', async (t) => {
  const { driver, open, keys } = await world(t);
  driver.slot.insert(chip('social-security-v1'));
  const string =
    `639900|${SAMPLE_NUMBER}|X00000019|639900D15600000500BF7C7A48FB4966|${SAMPLE_NAME}|` +
    '00814E43238697159900BF7C7A|1.00|20101001|20351001|000000000000|desk-1|';
  for (const path of [PATH, `${PATH}/ws`]) {
    const socket = await open(['yikatong', `yikatong.${keys.desk.key}`], { origin: PAGE }, path);
    t.equal(socket.protocol, 'yikatong', 'the key is not said back');
    t.strictSame(await ask(socket, { function: 'iReadCardBas', iType: 1 }), {
      functionName: 'iReadCardBas',
      success: true,
      pOutInfo: string,
      ret: 0,
    });
    t.strictSame(await ask(socket, { func: 'iReadCardBas', in: ['3'] }), { result: '0', out: [string] });
  }
});

t.test('what is wrong is told in the form it was asked in, and the connection goes on', async (t) => {
  const { open, bearer } = await world(t);
  const socket = await open([], bearer('reading'));
  t.match(await ask(socket, 'nonsense'), { success: false, code: 'request.malformed' });
  t.match(await ask(socket, { function: 'iNoSuch' }), {
    functionName: 'iNoSuch',
    ret: -13,
    code: 'compat.unknown',
  });
  t.match(await ask(socket, { func: 'dc_init', in: ['100'] }), { result: '-13', code: 'compat.unknown' });
  t.match(await ask(socket, { function: 'iReadCardBas' }), { ret: -14, code: 'request.invalid' });
  t.match(await ask(socket, { function: 'iReadCardBas', iType: 9 }), { ret: -14, detail: /iType/ });
  t.match(await ask(socket, { func: 'iVerifyPIN', in: ['1'] }), { result: '-14', code: 'access.forbidden' });
  t.match(await ask(socket, { function: 'iReadCardBas', iType: 1, reader: 'desk-9' }), {
    code: 'reader.not-found',
  });
  t.match(await ask(socket, { function: 'iReadCardBas', iType: 2 }), {
    ret: -13,
    message: '读卡器不支持该命令',
  });
});

t.test('calls are answered one after the other, and no more than a few may wait', async (t) => {
  const { open, timers, driver } = await world(t);
  const socket = await open();
  const answers: string[] = [];
  socket.on('message', (data) => answers.push(String(data)));
  driver.slot.insert(chip('social-security-v1'));
  socket.send('{"func":"iReadCardBas","in":["1"]}');
  socket.send('{"func":"iGetReaderInfo","in":[]}');
  while (answers.length < 2) await once(socket, 'message');
  t.match(answers[0], /639900/);
  t.match(answers[1], /desk-1\|000000000000/);
  driver.slot.insert(undefined);
  const end = closed(socket);
  for (let i = 0; i < 20; i++) socket.send('{"func":"iReadCardBas","in":["1"]}');
  t.equal(await end, 1008);
  await settle();
  await timers.advance(1_000);
});

t.test('binary, too much and lasting nonsense end the connection, and no other', async (t) => {
  const { open, app, url } = await world(t);
  const good = await open();
  const ends: [what: string, (socket: WebSocket) => void, code: number][] = [
    ['binary', (socket) => socket.send(Buffer.from([0, 1, 2])), 1003],
    ['too long for us', (socket) => socket.send('x'.repeat(70_000)), 1009],
    ['too long for anybody', (socket) => socket.send('x'.repeat(1_000_000)), 1009],
  ];
  for (const [what, send, code] of ends) {
    const socket = await open();
    socket.on('error', () => {});
    const end = closed(socket);
    send(socket);
    t.ok([code, 1006].includes(await end), what);
  }
  const nagging = await open();
  const end = closed(nagging);
  for (let i = 0; i < 10; i++) await ask(nagging, `nonsense ${i}`);
  t.equal(await end, 1008);
  const { port } = new URL(url);
  const raw = connect(Number(port), '127.0.0.1');
  raw.write(
    'GET /v1/compat HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n',
  );
  raw.on('error', () => {});
  raw.resume();
  await once(raw, 'close');
  t.match(await ask(good, { func: 'iGetReaderInfo', in: [] }), { result: '0' });
  t.match((await app.inject({ url: '/v1/compat', headers: { authorization: 'Bearer no' } })).json(), {
    status: 401,
  });
});

t.test('a refused upgrade leaves no line open, and one to anything but a WebSocket is none', async (t) => {
  const { url, bearer } = await world(t);
  const say = async (lines: string[], body = '') => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.teardown(() => socket.destroy());
    socket.write(`${[...lines, 'host: a'].join('\r\n')}\r\n\r\n${body}`);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (lines.includes('upgrade: h2c')) socket.destroy();
    });
    await once(socket, 'close');
    return text;
  };
  const upgrade = ['connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13'];
  t.match(await say(['GET /v1/compat HTTP/1.1', ...upgrade]), /^HTTP\/1.1 401 /);
  t.match(await say(['GET /v1/nothing HTTP/1.1', ...upgrade]), /^HTTP\/1.1 404 /);
  const body = '{"reader":"desk-1"}';
  const ofJava = [
    'POST /v1/compat/iGetReaderInfo HTTP/1.1',
    'connection: Upgrade, HTTP2-Settings',
    'upgrade: h2c',
    'http2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
    `authorization: ${bearer('desk').authorization}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  const told = await say(ofJava, body);
  t.match(told, /^HTTP\/1.1 200 /);
  t.match(told, /"pOutInfo":"desk-1\|000000000000\|"/);
});

t.test('a peer that answers no ping is let go; one that does stays', async (t) => {
  const { open, timers } = await world(t);
  const good = await open();
  const mute = await open();
  mute.pong = () => {};
  // What ws answers by itself.
  (mute as unknown as { _autoPong: boolean })._autoPong = false;
  const pinged = Promise.all([once(good, 'ping'), once(mute, 'ping')]);
  await timers.advance(HEARTBEAT_MS);
  await pinged;
  t.match(await ask(good, { func: 'iGetReaderInfo', in: [] }), { result: '0' });
  const end = closed(mute);
  await timers.advance(HEARTBEAT_MS);
  t.equal(await end, 1006);
  t.match(await ask(good, { func: 'iGetReaderInfo', in: [] }), { result: '0' });
});

t.test('a page that goes away leaves no reader behind: neither waiting nor between two steps', async (t) => {
  const { open, pool, driver, timers } = await world(t);
  driver.slot.insert(chip('social-security-v3'));
  const socket = await open();
  t.match(await ask(socket, { func: 'iReadCardBas_HSM_Step1', in: ['1'] }), { result: '0' });
  t.equal(pool.status('desk-1').state, 'busy');
  const other = await open();
  t.match(await ask(other, { func: 'iReadCardBas', in: ['1'] }), { result: '-12' });
  t.match(
    await ask(other, { func: 'iReadCardBas_HSM_Step2', in: ['a|b|'] }),
    { result: '-3' },
    'another’s session',
  );
  socket.terminate();
  while (pool.status('desk-1').state !== 'ready') await settle();
  t.match(await ask(other, { func: 'iReadCardBas', in: ['1'] }), { result: '-2201' });
  await timers.advance(HOLD_MS);
  t.match(pool.status('desk-1'), { state: 'ready', counters: { reopenings: 0 } });
});

t.test('who has no key, or comes from a page that is not listed, gets no connection', async (t) => {
  const { refusal, keys, bearer } = await world(t, { keyless: false });
  t.strictSame(await refusal([], {}), [401, 'access.unknown-key']);
  t.strictSame(await refusal([], { origin: PAGE }), [401, 'access.unknown-key']);
  t.strictSame(await refusal(['yikatong', 'yikatong.wrong'], { origin: PAGE }), [401, 'access.unknown-key']);
  t.strictSame(await refusal([], bearer('console')), [403, 'access.forbidden']);
  for (const origin of [STRANGER, 'null', `${PAGE}/`, PAGE.toUpperCase(), `${PAGE}.evil.example`]) {
    const refused = await refusal(['yikatong', `yikatong.${keys.desk.key}`], { origin });
    t.strictSame(refused, [403, 'compat.origin'], origin);
  }
  t.strictSame(await refusal([], { origin: STRANGER }, `${PATH}/ws`), [403, 'compat.origin']);
});

t.test('a page of a listed origin without a key acts as the client for such pages', async (t) => {
  const { open, refusal } = await world(t);
  const socket = await open([], { origin: PAGE });
  t.match(await ask(socket, { func: 'iGetReaderInfo', in: [] }), { result: '0' });
  t.match(await ask(socket, { func: 'iVerifyPIN', in: ['1'] }), { code: 'access.forbidden' });
  t.strictSame(await refusal([], {}), [401, 'access.unknown-key'], 'what names no origin is no page');
});

t.test(
  'calls over connections count as requests do, of one client over all of its connections',
  async (t) => {
    const { open, post } = await world(t, { requestsPerMinuteMax: 5 });
    const sockets = [await open(), await open()];
    const info = { function: 'iGetReaderInfo' };
    for (const socket of [...sockets, sockets[0]!]) t.match(await ask(socket, info), { success: true });
    t.match(await ask(sockets[1]!, info), { success: false, code: 'request.rate' });
    t.equal((await post('iGetReaderInfo', {})).status, 429);
  },
);
