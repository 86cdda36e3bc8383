import fc from 'fast-check';
import t from 'tap';
import { applicationOf, open, seal } from '../../../adapters/insurers/nhsa/sm-envelope/message.ts';
import { signingKeyOf } from '../../../adapters/insurers/nhsa/sm-envelope/sm2.ts';
import {
  APP,
  billWithCode,
  clinicKey,
  mobileParts,
  platformKey,
} from '../../adapters/insurers/mobile/helper.ts';
import { must } from '../../adapters/insurers/nhsa/helper.ts';

const application = applicationOf({
  ...APP,
  signingKey: signingKeyOf(clinicKey.privateKey)!,
  platformKey: platformKey.publicKey,
});

async function post(url: string, path: string, body: string) {
  const response = await fetch(new URL(url).origin + path, { method: 'POST', body });
  t.equal(response.headers.get('x-yikatong-sandbox'), '1');
  return { status: response.status, text: await response.text() };
}

function said(text: string) {
  const opened = open(text, application);
  if ('fault' in opened) throw new Error(opened.fault);
  return opened;
}

t.test('a centre says in its own words what is wrong with a request, and signs them', async (t) => {
  const { virtual } = await mobileParts(t);
  const path = '/org/local/api/hos/query_order_info';
  const sealed = seal({ payOrdId: 'P1' }, 0, application);
  const cases: [string, RegExp][] = [
    ['rubbish', /无法解析/],
    ['[]', /应用未登记/],
    ['{"appId":"B"}', /应用未登记/],
    [sealed.replace(/"signData":"../, '"signData":"AA'), /验签失败|无法解析/],
    [sealed.replace('"version":"1.0.0"', '"version":"1.0.1"'), /验签失败/],
    [sealed, /入参校验失败/],
  ];
  for (const [body, words] of cases) {
    const { status, text } = await post(virtual.url, path, body);
    t.equal(status, 200);
    t.match(said(text), { signed: true, codeSigned: true, code: '10001', message: words }, body.slice(0, 20));
  }
  t.equal((await post(virtual.url, '/org/local/api/hos/nothing', sealed)).status, 404);
});

t.test('no body, however odd, stops a centre', async (t) => {
  const { virtual, mobile, journal } = await mobileParts(t);
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant(`{"appId":"${APP.appId}","data":${deep},"signData":"x"}`),
    fc.jsonValue().map((data) => seal(data, 0, { ...application, encrypted: false })),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (body) => {
      const { status } = await post(virtual.url, '/epc/api/fixmedins/uploadChk', body);
      return status === 200;
    }),
    { numRuns: 40 },
  );
  must(await mobile.quote(billWithCode(), journal.exchange));
});

t.test('an order is made for whom it says, of lines that make it up, once', async (t) => {
  const { mobile, journal, virtual } = await mobileParts(t);
  const bill = billWithCode();
  must(await mobile.quote(bill, journal.exchange));
  const input = JSON.parse(JSON.stringify(opened(journal.requests.at(-2)?.body.toString() ?? '')));
  const again = async (change: object) => {
    const body = seal({ ...input, ...change }, 0, application);
    return said((await post(virtual.url, '/org/local/api/hos/uldFeeInfo', body)).text).message;
  };
  t.equal(await again({}), '医疗机构订单号重复');
  t.equal(await again({ ecToken: 'T', medOrgOrd: 'O2' }), '电子凭证令牌无效');
  t.equal(await again({ userName: '李四', medOrgOrd: 'O2' }), '姓名与证件号码不符');
  t.equal(await again({ medfeeSumamt: '1.00', medOrgOrd: 'O2' }), '医疗费总额与费用明细不一致');
  t.equal(await again({ mdtrtId: 'V1', medOrgOrd: 'O2' }), '未查询到就诊信息');
  t.equal(await again({ medOrgOrd: 'O2' }), '成功');
  t.equal(virtual.orders().length, 2);
});

/** What the clinic sent, as the centre reads it. */
function opened(text: string): object {
  const reader = applicationOf({
    ...APP,
    signingKey: signingKeyOf(platformKey.privateKey)!,
    platformKey: clinicKey.publicKey,
  });
  const opening = open(text, reader);
  if ('fault' in opening) throw new Error(opening.fault);
  return opening.data as object;
}
