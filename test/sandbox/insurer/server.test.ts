import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { tifSignature } from '../../../adapters/insurers/nhsa/signing.ts';
import type { Signing } from '../../../src/sandbox/insurer/port.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import {
  liveSettlements,
  must,
  platformParts,
  SIGNING,
  sampleBill,
  specification,
} from '../../adapters/insurers/nhsa/helper.ts';
import { TestClock, temporaryFolder } from '../../helper.ts';

interface Teardown {
  teardown(work: () => unknown): void;
}

async function started(t: Teardown, signing: Signing = { kind: 'none' }) {
  const clock = new TestClock();
  const virtual = await startVirtualInsurer({ port: 0, specification, signing, clock });
  t.teardown(() => virtual.close());
  return { virtual, clock, base: new URL(virtual.url).origin };
}

const json = { 'content-type': 'application/json' };

async function post(url: string, body: string, headers: Record<string, string> = json) {
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** A request envelope that is in order, but for what `change` says. */
function envelope(infno: string, input: unknown, change: Record<string, unknown> = {}): string {
  return JSON.stringify({
    infno,
    msgid: 'H43010000001202603020900000001',
    mdtrtarea_admvs: '430100',
    insuplc_admdvs: '',
    recer_sys_code: 'FSI',
    infver: 'V1.0',
    opter_type: '1',
    opter: 'op1',
    opter_name: '收费员',
    inf_time: '2026-03-02 09:00:00',
    fixmedins_code: 'H43010000001',
    fixmedins_name: '样例卫生院',
    sign_no: '',
    input,
    ...change,
  });
}

const SIGN_IN = { signIn: { opter_no: 'op1', mac: '00-00', ip: '127.0.0.1' } };

t.test('the gateway turns requests away in the four known texts', async (t) => {
  const { virtual, clock } = await started(t, SIGNING);
  const headers = (change: Record<string, string>) => {
    const timestamp = String(clock.now() / 1_000);
    return {
      'x-tif-paasid': 'clinic',
      'x-tif-timestamp': timestamp,
      'x-tif-nonce': 'n',
      'x-tif-signature': tifSignature(timestamp, SIGNING.secret, 'n'),
      ...change,
    };
  };
  const old = String(clock.now() / 1_000 - 1_801);
  const cases: [Record<string, string>, string][] = [
    [{}, '缺少服务网关的请求头!'],
    [
      headers({ 'x-tif-timestamp': old, 'x-tif-signature': tifSignature(old, SIGNING.secret, 'n') }),
      '签名时间戳超时!',
    ],
    [headers({ 'x-tif-paasid': 'other' }), '非法用户!'],
    [headers({ 'x-tif-signature': '0'.repeat(64) }), '签名不一致!'],
  ];
  for (const [sent, message] of cases) {
    const { text } = await post(virtual.url, envelope('9001', SIGN_IN), { ...json, ...sent });
    t.equal(text, `{"code":401,"message":"${message}"}`);
  }
  const { text } = await post(virtual.url, envelope('9001', SIGN_IN), { ...json, ...headers({}) });
  t.match(JSON.parse(text), { infcode: 0 });
});

t.test(
  'an answer has the fields and forms of the specification, and shows that it is a sandbox',
  async (t) => {
    const { virtual } = await started(t);
    const { text, headers } = await post(virtual.url, envelope('9001', SIGN_IN));
    t.match(JSON.parse(text), {
      infcode: 0,
      inf_refmsgid: /^430100\d{24}$/,
      refmsg_time: /^\d{17}$/,
      respond_time: /^\d{17}$/,
      err_msg: '',
      output: { signinoutb: { sign_no: /^S\d+$/, sign_time: '2026-03-02 09:00:00' } },
    });
    t.equal(headers.get('x-yikatong-sandbox'), '1');
  },
);

t.test('envelope and fields are checked before anything is done', async (t) => {
  const { virtual } = await started(t);
  const cases: [body: string, err: RegExp][] = [
    ['', /JSON/],
    ['{"infno":', /JSON/],
    ['[]', /格式/],
    [envelope('9001', SIGN_IN, { opter: '' }), /opter /],
    [envelope('9001', SIGN_IN, { opter: 1 }), /opter /],
    [envelope('9001', SIGN_IN, { infver: '1.0.0.0' }), /infver/],
    [envelope('9001', SIGN_IN, { msgid: '1' }), /msgid/],
    [envelope('9001', SIGN_IN, { msgid: 'H43010000009202603020900000001' }), /msgid/],
    [envelope('9001', 'x'), /input/],
    [envelope('9001', { signIn: { opter_no: 'op1', mac: 'x' } }), /\/signIn\/ip/],
    [envelope('9001', { signIn: { opter_no: 1, mac: 'x', ip: 'y' } }), /opter_no.*string/],
    [envelope('0000', {}), /交易编号/],
    [envelope('1101', { data: {} }), /入参校验失败/],
    [envelope('5203', { data: { psn_no: 'P', setl_id: 'S', mdtrt_id: 'V' } }), /签到/],
    [envelope('5203', { data: { psn_no: 'P', setl_id: 'S', mdtrt_id: 'V' } }, { sign_no: 'S1' }), /签到/],
  ];
  for (const [body, err] of cases) {
    const { text } = await post(virtual.url, body);
    t.match(JSON.parse(text), { infcode: -1, err_msg: err }, body.slice(0, 80));
  }
  t.same(virtual.ledger(), []);
});

t.test('it survives any bytes on its socket', async (t) => {
  const { virtual } = await started(t);
  const { hostname, port } = new URL(virtual.url);
  const send = (bytes: Uint8Array) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.end(bytes));
      socket.on('error', () => undefined);
      socket.resume().once('close', () => resolve());
    });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) => send(bytes)),
    { numRuns: 50 },
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 200 }), async (text) => {
      await post(virtual.url, text);
    }),
    { numRuns: 50 },
  );
  t.match(JSON.parse((await post(virtual.url, envelope('9001', SIGN_IN))).text), { infcode: 0 });
});

t.test('a body beyond its limit is cut off', async (t) => {
  const { virtual } = await started(t);
  const outcome = await new Promise<string>((resolve) => {
    const sent = request(virtual.url, { method: 'POST' }, (response) => resolve(String(response.statusCode)));
    sent.on('error', () => resolve('closed'));
    sent.end('x'.repeat(2 * 1024 * 1024));
  });
  t.match(outcome, /413|closed/);
  t.match(JSON.parse((await post(virtual.url, envelope('9001', SIGN_IN))).text), { infcode: 0 });
});

t.test('it is steered and shown over its own routes', async (t) => {
  const { virtual, base } = await started(t);
  const misbehave = (body: string, headers = json) => post(`${base}/sandbox/misbehave`, body, headers);
  t.equal((await misbehave('{"infno":"9001","kind":"5xx-before"}')).status, 202);
  t.equal((await post(virtual.url, envelope('9001', SIGN_IN))).status, 502);
  t.equal((await post(virtual.url, envelope('9001', SIGN_IN))).status, 200, 'once only');
  const bad = [
    '',
    '{}',
    'null',
    '{"kind":"explode"}',
    '{"kind":"delay","delayMs":-1}',
    '{"kind":"delay","times":0}',
  ];
  for (const body of [...bad, '{"kind":"delay","infno":7}'])
    t.equal((await misbehave(body)).status, 400, body);
  t.equal((await misbehave('{"kind":"rubbish"}', { 'content-type': 'text/plain' })).status, 400);
  t.same(await (await fetch(`${base}/sandbox/ledger`)).json(), { settlements: [] });
  t.equal((await fetch(`${base}/other`)).status, 404);
  t.equal((await post(`${base}/other`, '{}')).status, 404);
});

t.test('what was settled is still there after a restart, and can be taken back', async (t) => {
  const file = join(temporaryFolder(t), 'insurer.db');
  const first = await platformParts(t, { file });
  const bill = sampleBill();
  const quote = must(await first.insurer.quote(bill, first.journal.exchange)).value;
  const settled = must(await first.insurer.settle(bill, quote, first.journal.exchange));
  await first.virtual.close();
  t.ok(readFileSync(file).length > 0);

  const second = await platformParts(t, { file });
  t.same(liveSettlements(second.virtual), [settled.at.ownId]);
  const { identity, visit } = bill;
  const person = must(
    await second.insurer.verify({ identity, at: visit.startedAt }, second.journal.exchange),
  );
  t.equal(person.value.insurances[0]?.balanceFen, 20_000 - settled.value.split.accountFen);
  second.clock.advance(60_000);
  must(await second.insurer.reverse(bill, settled.value, second.journal.exchange));
  t.same(liveSettlements(second.virtual), []);
});

t.test('the year’s use grows with each settlement and shrinks with each reversal', async (t) => {
  const { insurer, journal, virtual } = await platformParts(t);
  const settle = async () => {
    const bill = sampleBill();
    const quote = must(await insurer.quote(bill, journal.exchange)).value;
    return { bill, settled: must(await insurer.settle(bill, quote, journal.exchange)).value };
  };
  const first = await settle();
  t.equal(first.settled.split.deductibleFen, 5_000);
  const second = await settle();
  t.equal(second.settled.split.deductibleFen, 0, 'the deductible is used up');
  must(await insurer.reverse(first.bill, first.settled, journal.exchange));
  const third = await settle();
  t.equal(third.settled.split.deductibleFen, 5_000, 'and due again');
  t.equal(liveSettlements(virtual).length, 2);
});
