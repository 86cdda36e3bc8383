import fc from 'fast-check';
import t from 'tap';
import { loadProfile } from '../../../../adapters/insurers/nhsa/profile.ts';
import { hideFieldsOf, judgeAnswer } from '../../../../adapters/insurers/nhsa/verdict.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';

const national = loadProfile('national');

function judge(text: string | Buffer, status = 200, input: unknown = {}) {
  const body = Buffer.from(text);
  return judgeAnswer({ status, body }, national, hideFieldsOf(input));
}

t.test('each kind of answer proves what it proves and no more', async (t) => {
  const cases: [what: string, status: number, text: string, kind: string][] = [
    ['infcode 0', 200, '{"infcode":0,"output":{}}', 'accepted'],
    ['infcode "0"', 200, '{"infcode":"0","output":{}}', 'accepted'],
    ['no output', 200, '{"infcode":0}', 'accepted'],
    ['infcode 1, as the printed example has it', 200, '{"infcode":"1","output":{}}', 'unknown'],
    ['infcode 0.0', 200, '{"infcode":0.0}', 'unknown'],
    ['infcode -1 with a reason', 200, '{"infcode":-1,"err_msg":"未查询到参保人信息"}', 'refused'],
    ['infcode "-1"', 200, '{"infcode":"-1","err_msg":"余额不足"}', 'refused'],
    ['another negative', 200, '{"infcode":-2,"err_msg":"余额不足"}', 'refused'],
    ['infcode -1 without a reason', 200, '{"infcode":-1}', 'unknown'],
    ['infcode -1 and a failing system', 200, '{"infcode":-1,"err_msg":"系统异常,请联系管理员"}', 'unknown'],
    [
      'infcode -1 and an exception',
      200,
      '{"infcode":-1,"err_msg":"java.lang.NullPointerException"}',
      'unknown',
    ],
    ['infcode -1 and a time-out', 200, '{"infcode":-1,"err_msg":"调用核心超时"}', 'unknown'],
    ['another positive', 200, '{"infcode":500,"err_msg":"失败"}', 'unknown'],
    ['infcode null', 200, '{"infcode":null}', 'unknown'],
    ['an infcode on HTTP 500', 500, '{"infcode":0,"output":{}}', 'unknown'],
    ['gateway refusal: headers', 200, '{"code":401,"message":"缺少服务网关的请求头!"}', 'not-run'],
    ['gateway refusal: time', 200, '{"code":401,"message":"签名时间戳超时!"}', 'not-run'],
    ['gateway refusal: user', 401, '{"code":401,"message":"非法用户!"}', 'not-run'],
    ['gateway refusal: signature', 200, '{"code":401,"message":"签名不一致!"}', 'not-run'],
    ['a 401 inside an envelope is none', 200, '{"infcode":-1,"code":401,"err_msg":"系统错误"}', 'unknown'],
    ['another code', 200, '{"code":500,"message":"失败"}', 'unknown'],
    ['HTTP 401 without a body', 401, '', 'not-run'],
    ['HTTP 404', 404, '<html>', 'not-run'],
    ['HTTP 429', 429, '', 'not-run'],
    ['HTTP 408', 408, '', 'unknown'],
    ['HTTP 502', 502, '<html>', 'unknown'],
    ['HTTP 500 with a 401 in it', 500, '{"code":401}', 'unknown'],
    ['HTTP 302', 302, '', 'unknown'],
    ['nothing', 200, '', 'unknown'],
    ['HTML', 200, '<html>ok</html>', 'unknown'],
    ['half an answer', 200, '{"infcode":0,"output":{"setlinfo"', 'unknown'],
    ['two answers', 200, '{"infcode":0}{"infcode":0}', 'unknown'],
    ['a list', 200, '[{"infcode":0}]', 'unknown'],
    ['a text', 200, '"0"', 'unknown'],
  ];
  for (const [what, status, text, kind] of cases) t.equal(judge(text, status).kind, kind, what);
});

t.test('numbers of an answer are the text they were', async (t) => {
  const output =
    '{"a":0.1,"b":1E+2,"c":0.0,"d":"","e":12345678901234567.89,"f":-0,"g":"x","h":true,"i":[1.10]}';
  const expected = {
    a: '0.1',
    b: '1E+2',
    c: '0.0',
    d: '',
    e: '12345678901234567.89',
    f: '-0',
    g: 'x',
    h: true,
    i: ['1.10'],
  };
  t.match(judge(`{"infcode":0,"inf_refmsgid":"R1","output":${output}}`), { output: expected, theirId: 'R1' });
  t.match(
    judge(`{"infcode":0,"output":${JSON.stringify(output)}}`),
    { output: expected },
    'as JSON text too',
  );
  t.match(judge('{"infcode":0,"output":"plain"}'), { output: 'plain' });
});

t.test('a reason tells nobody who the person is', async (t) => {
  /** A number as long as an identity number, and nobody's. */
  const SOMEBODY = `112${'0'.repeat(13)}18`;
  const input = { data: { psn_name: SAMPLE_NAME, certno: SAMPLE_NUMBER, psn_no: 'P12' } };
  const message = `参保人${SAMPLE_NAME}(${SAMPLE_NUMBER})人员编号P12,另一人${SOMEBODY}:未参保\n\u0007`;
  const verdict = judge(JSON.stringify({ infcode: -1, err_msg: message }), 200, input);
  t.equal(
    verdict.kind === 'refused' && verdict.reason,
    '参保人张*(******)人员编号******,另一人112*************18:未参保',
  );
  const long = judge(JSON.stringify({ infcode: -1, err_msg: 'x'.repeat(5_000) }));
  t.ok(long.kind === 'refused' && long.reason.length <= 300);
});

t.test('random bytes prove nothing and break nothing', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => judge(Buffer.from(bytes)).kind === 'unknown'),
    { numRuns: 500 },
  );
  const good = '{"infcode":0,"inf_refmsgid":"1","err_msg":"","output":{"setlinfo":{"setl_id":"1"}}}';
  fc.assert(
    fc.property(fc.nat(good.length - 1), (length) => judge(good.slice(0, length)).kind === 'unknown'),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      judge(JSON.stringify(value));
      judge(JSON.stringify({ infcode: 0, output: value }));
    }),
  );
});
