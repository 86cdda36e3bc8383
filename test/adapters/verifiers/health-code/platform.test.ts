import t, { type Test } from 'tap';
import { healthCodePlatform } from '../../../../adapters/verifiers/health-code/platform.ts';
import type { Fault } from '../../../../src/errors.ts';
import { startVirtualHealthCodes } from '../../../../src/sandbox/health-code/server.ts';
import { HEALTH_CODE } from '../../../card/numbers.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock, testIds } from '../../../helper.ts';
import { type Answering, contextOf, serviceOf } from '../helper.ts';

const HOSPITAL = { code: 'H11111100001', name: '示例镇卫生院' };

function platformAt(t: Test, url: string, more: { secret?: string; appId?: string } = {}) {
  const clock = new TestClock();
  const { secret = 'sandbox-secret', appId = 'sandbox' } = more;
  const configuration = { url, appId, terminalId: 'window-1' };
  const platform = healthCodePlatform({ configuration, secret, hospital: HOSPITAL, clock, ids: testIds });
  t.teardown(() => platform.close());
  return { clock, verify: (code = HEALTH_CODE) => platform.verify(code, contextOf()) };
}

/** The sandbox's platform, which checks signatures with code of its own. */
async function setUp(t: Test, more?: { secret?: string; appId?: string }) {
  const now = new TestClock();
  const virtual = await startVirtualHealthCodes({
    port: 0,
    appId: 'sandbox',
    secret: 'sandbox-secret',
    now: () => now.now(),
  });
  t.teardown(() => virtual.close());
  return { ...platformAt(t, virtual.url, more), virtual };
}

t.test('a health code is verified over a signed session', async (t) => {
  const { verify } = await setUp(t);
  t.strictSame(await verify(), {
    verifiedBy: 'health-code-service',
    holder: {
      documentType: 'resident-id',
      number: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: '男',
      birthDate: '1981-01-01',
    },
  });
  t.match(await verify(HEALTH_CODE.replace('A1:0', 'A2:1')), {
    holder: { documentType: 'passport', number: 'E00000001' },
  });
});

t.test('codes that are expired or nobody’s are refused by number', async (t) => {
  const { verify } = await setUp(t);
  for (const [code, answer] of [
    [HEALTH_CODE.replace('A1:0', 'A3:0'), '2002'],
    [HEALTH_CODE.replace('A1:0', 'FF:0'), '2001'],
  ] as const)
    await t.rejects(verify(code), { code: 'code.refused', context: { facts: { answer } } });
});

t.test('a token that is no longer known is renewed by itself', async (t) => {
  const { verify, virtual } = await setUp(t);
  await verify();
  virtual.forgetTokens();
  t.ok(await verify());
});

t.test('a wrong secret or application is the configuration’s fault, not the code’s', async (t) => {
  const wrongSecret = await setUp(t, { secret: 'another' });
  await t.rejects(wrongSecret.verify(), { code: 'code.unreachable', context: { detail: /appToken: 1002/ } });
  const wrongApp = await setUp(t, { appId: 'another' });
  await t.rejects(wrongApp.verify(), { code: 'code.unreachable', context: { detail: /appToken: 1001/ } });
});

t.test('the request has the fields of the platform’s SDK, and one token for many codes', async (t) => {
  const answering: Answering = (_body, path) => ({
    commonOut: { resultCode: 0 },
    rsp: path.endsWith('getAppToken')
      ? { appToken: 'T' }
      : { name: SAMPLE_NAME, idType: '03', idNumber: 'E00000001' },
  });
  const { url, asked } = await serviceOf(t, answering);
  const { verify, clock } = platformAt(t, url);
  await verify();
  await verify();
  clock.advance(111 * 60_000);
  await verify();
  const common = {
    requestId: String,
    hospitalId: 'H11111100001',
    timestamp: /^\d{10}$/,
    sign: /^[\w+/]{43}=$/,
  };
  const tokenPath = '/api/rest/auth/HealthCard/HealthOpenAuth/AuthObj/getAppToken';
  const verifyPath = '/api/rest/auth/HealthCard/HealthOpenPlatform/ISVOpenObj/verifyQRCode';
  t.same(
    asked.map(({ path }) => path),
    [tokenPath, verifyPath, verifyPath, tokenPath, verifyPath],
  );
  t.match(asked[0]!.body, { commonIn: common, req: { appId: 'sandbox' } });
  t.match(asked[1]!.body, {
    commonIn: { ...common, channelNum: 0, appToken: 'T' },
    req: {
      qrCodeText: HEALTH_CODE,
      time: '2026-03-02 09:00:00',
      medicalStep: '0101012',
      useChannel: '0100',
      hospitalCode: HOSPITAL.code,
      hospitalName: HOSPITAL.name,
      terminalId: 'window-1',
    },
  });
});

t.test('an answer that makes no sense is no identity, and what it says is not repeated', async (t) => {
  const verifying =
    (answer: object): Answering =>
    (_body, path) =>
      path.endsWith('getAppToken') ? { commonOut: { resultCode: 0 }, rsp: { appToken: 'T' } } : answer;
  for (const [answer, code] of [
    [{}, 'code.refused'],
    [{ commonOut: { resultCode: 2002, errMsg: `${SAMPLE_NAME} ${SAMPLE_NUMBER}` } }, 'code.refused'],
    [{ commonOut: { resultCode: 2002, errMsg: { token: 1 } }, rsp: null }, 'code.refused'],
    [{ commonOut: 'none' }, 'code.refused'],
  ] as const) {
    const { url } = await serviceOf(t, verifying(answer));
    try {
      await platformAt(t, url).verify();
      t.fail();
    } catch (error) {
      t.match(error, { code });
      t.notMatch(JSON.stringify((error as Fault).context), /张三|1111/);
    }
  }
  const { url } = await serviceOf(t, () => ({ commonOut: { resultCode: 0 }, rsp: { appToken: '' } }));
  await t.rejects(platformAt(t, url).verify(), { code: 'code.unreachable' });
});
