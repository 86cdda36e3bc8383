import t from 'tap';
import { loadProfile } from '../../../../../adapters/insurers/nhsa/profile.ts';
import { type SmChannel, smChannels } from '../../../../../adapters/insurers/nhsa/sm-envelope/channel.ts';
import type { SmEnvelopeConfiguration } from '../../../../../schemas/sm-envelope-configuration.ts';
import { VirtualEnvelope } from '../../../../../src/sandbox/insurer/sm-envelope.ts';
import { APP, clinicKey, envelopeOf, platformKey } from '../../mobile/helper.ts';

const national = loadProfile('national');

const URL_OF_CENTRE = 'http://127.0.0.1:1/';
const centre = new VirtualEnvelope({
  ...APP,
  clinicPublicKey: clinicKey.publicKey,
  privateKey: platformKey.privateKey,
});
const secrets = { appSecret: APP.appSecret, privateKey: clinicKey.privateKey };

function channelOf(more: Partial<SmEnvelopeConfiguration> = {}): SmChannel {
  const configuration = envelopeOf(URL_OF_CENTRE, more);
  const [channel] = smChannels({ mobile: configuration }, national, () => secrets);
  if (!channel) throw new Error('no channel');
  return channel;
}

const hide = (text: string) => text.replaceAll('李四', '李*');

function judged(text: string, more: Partial<SmEnvelopeConfiguration> = {}, status = 200) {
  return channelOf(more).judge({ status, body: Buffer.from(text) }, hide);
}

const signed = (code: number, message: string, data: unknown = {}) =>
  centre.seal({ code, message, data }, true, 0);

t.test('a signed success is accepted, its data in its node and its numbers as text', async (t) => {
  t.same(judged(centre.seal({ code: 0, message: '成功', data: { payOrdId: 'P1' } }, true, 0)), {
    kind: 'accepted',
    output: { data: { payOrdId: 'P1' } },
  });
  t.same(judged(centre.seal({ code: 0, message: '成功', data: {} }, false, 0)), {
    kind: 'accepted',
    output: {},
  });
  t.match(judged(signed(200, '成功'), { successCodes: ['200'] }), { kind: 'accepted' });
  t.match(judged(signed(200, '成功')), { kind: 'refused' }, 'another code is no success by itself');
});

t.test('a signed refusal is one, a system’s excuse is none, and neither names anybody', async (t) => {
  t.same(judged(signed(-1, '李四 的订单不存在')), { kind: 'refused', reason: '李* 的订单不存在' });
  t.match(judged(signed(-1, '系统异常,请稍后')), { kind: 'unknown' });
  t.match(judged(signed(-1, '')), { kind: 'unknown' });
});

t.test(
  'without a signature nothing is accepted, and refused only where the centre is known to do so',
  async (t) => {
    t.match(judged('{"code":0,"message":"成功","data":{"ordStas":"6"}}'), {
      kind: 'unknown',
      reason: /签名/,
    });
    t.match(judged('{"code":0,"message":"成功","data":{"ordStas":"6"}}', { unsignedRefusals: true }), {
      kind: 'unknown',
    });
    const refusal = '{"code":-1,"message":"余额不足"}';
    t.match(judged(refusal), { kind: 'unknown', reason: '余额不足' });
    t.match(judged(refusal, { unsignedRefusals: true }), { kind: 'refused', reason: '余额不足' });
    t.match(judged('{"infcode":"-1","err_msg":"余额不足"}', { unsignedRefusals: true }), { kind: 'refused' });
  },
);

t.test('a code that the signature leaves out refuses no more than an unsigned one', async (t) => {
  const unsignedFields = ['code', 'message', 'success'];
  const { code, message, success, ...inner } = JSON.parse(signed(0, '成功', { payOrdId: 'P1' }));
  t.same([code, message, success], [0, '成功', true]);
  const resigned = JSON.stringify({ ...inner, code: 0 });
  t.match(
    judged(resigned, { unsignedFields }),
    { kind: 'unknown', reason: /签名/ },
    'it was signed with them',
  );
  const forged = JSON.stringify({ ...JSON.parse(signed(0, '成功')), code: -1 });
  t.match(judged(forged), { kind: 'unknown', reason: /签名/ });
});

t.test('what turns a request away before the centre is no word of the centre', async (t) => {
  t.match(judged('{"code":401,"message":"签名不一致!"}'), { kind: 'not-run', reason: /401/ });
  t.match(judged('<html>', {}, 403), { kind: 'not-run' });
  t.match(judged(signed(0, '成功'), {}, 502), { kind: 'unknown' }, 'nor is a 5xx, whatever its body');
  for (const text of ['', '<html>', '[]', 'null', '5', '{}', '{"encData":"00","code":0}'])
    t.match(judged(text), { kind: 'unknown' }, text);
});

t.test('a request is flat: the fields of its node data beside its other nodes', async (t) => {
  const body = channelOf().body('{"data":{"a":"1","amount":12.30},"list":[{"b":"2"}]}', 0);
  const opened = centre.open(body.toString());
  if (typeof opened === 'string') throw new Error(opened);
  t.same(JSON.parse(JSON.stringify(opened.data)), {
    a: '1',
    amount: { value: '12.30', isLosslessNumber: true },
    list: [{ b: '2' }],
  });
});

t.test('a transaction goes its own way where there is a path for it, and only then', async (t) => {
  const channel = channelOf({ paths: { '6101': '/org/local/api/hos/decode' } });
  for (const infno of ['6101', '6201', '6202', '6203', '6204', '6301', '6401'])
    t.ok(channel.carries(infno), infno);
  for (const infno of ['6302', '7101', '2207', '__proto__']) t.notOk(channel.carries(infno), infno);
  t.same(
    smChannels({}, national, () => secrets),
    [],
  );
  const [prescriptions] = smChannels({ prescriptions: envelopeOf(URL_OF_CENTRE) }, national, () => secrets);
  for (const infno of ['7101', '7107', '7211']) t.ok(prescriptions?.carries(infno), infno);
  t.notOk(prescriptions?.carries('7108'), 'a notification comes to us');
  await t.rejects(channel.send('6202', Buffer.from('{}'), new AbortController().signal), {
    name: 'WireError',
    message: 'ECONNREFUSED',
  });
  await channel.close();
});
