import t, { type Test } from 'tap';
import { codeVerifiersOf } from '../../../adapters/verifiers/index.ts';
import { readConfiguration } from '../../../src/config.ts';
import type { Fault } from '../../../src/errors.ts';
import { INSURANCE_CODE } from '../../card/numbers.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, TestClock, testIds } from '../../helper.ts';
import { type Answering, contextOf, serviceOf } from './helper.ts';

const RECORD = {
  idNo: SAMPLE_NUMBER,
  idType: '01',
  ecToken: '430000ecmecib2000000000000000000000000',
  insuOrg: '430000',
  userName: SAMPLE_NAME,
  gender: '男',
  birthday: '1981.01.01',
};

async function setUp(t: Test, answering: Answering, status = 200) {
  const service = await serviceOf(t, answering, status);
  const configuration = readConfiguration(undefined);
  const insuranceCode = { kind: 'ec-query', url: service.url, orgId: 'H11111100001' } as const;
  const [verifier] = codeVerifiersOf(
    { ...configuration, cards: { ...configuration.cards, insuranceCode } },
    {
      clock: new TestClock(),
      ids: testIds,
      healthCodeSecret: () => '',
      transact: async () => ({ output: {} }),
    },
  );
  t.teardown(() => verifier!.close());
  return {
    ...service,
    verify: (signal?: AbortSignal) => verifier!.verify(INSURANCE_CODE, contextOf(signal)),
  };
}

t.test('ec.query is asked as the local component is', async (t) => {
  const { verify, asked } = await setUp(t, () => ({ code: 0, data: RECORD, message: '成功' }));
  t.match(await verify(), {
    verifiedBy: 'insurer',
    insuranceCodeToken: RECORD.ecToken,
    holder: { documentType: 'resident-id', number: SAMPLE_NUMBER, name: SAMPLE_NAME },
  });
  t.strictSame(asked, [
    {
      path: '/api',
      body: {
        data: {
          orgId: 'H11111100001',
          businessType: '01101',
          operatorId: '001',
          operatorName: '收费员',
          officeId: '01',
          officeName: '挂号收费处',
          ecQrCode: INSURANCE_CODE,
        },
        orgId: 'H11111100001',
        transType: 'ec.query',
      },
    },
  ]);
});

t.test('the record may come as text within the answer', async (t) => {
  const { verify } = await setUp(t, () => ({ code: '0', data: JSON.stringify(RECORD), message: '处理成功' }));
  t.match(await verify(), { holder: { name: SAMPLE_NAME } });
});

t.test('a refusal is told by its number alone', async (t) => {
  for (const [code, answer] of [
    [-1, '-1'],
    ['2001', '2001'],
    [undefined, 'unknown'],
    [`${SAMPLE_NUMBER}`, 'unknown'],
    [{ of: SAMPLE_NAME }, 'unknown'],
  ]) {
    const { verify } = await setUp(t, () => ({ code, message: `${SAMPLE_NAME}的二维码已过期` }));
    try {
      await verify();
      t.fail();
    } catch (error) {
      t.match(error, { code: 'code.refused', context: { facts: { answer } } });
      t.notMatch(JSON.stringify((error as Fault).context) + (error as Fault).message, /张三|1111/);
    }
  }
});

t.test('what is no answer is unreachable', async (t) => {
  const cases: [answer: ReturnType<Answering>, status?: number][] = [
    ['<html>'],
    ['[]'],
    ['null'],
    [''],
    ['break'],
    [{ code: 0, data: RECORD }, 500],
    [{ code: 0, data: RECORD }, 404],
    [{ code: 0, data: RECORD }, 302],
    [{ code: 0, more: 'x'.repeat(64 * 1024) }],
  ];
  for (const [answer, status] of cases) {
    const { verify } = await setUp(t, () => answer, status);
    await t.rejects(verify(), { code: 'code.unreachable' }, JSON.stringify(answer).slice(0, 20));
  }
  const { verify } = await setUp(t, () => 'hang');
  const gone = new AbortController();
  const waiting = verify(gone.signal);
  gone.abort();
  await t.rejects(waiting, { code: 'code.unreachable' });
});

t.test('a record that says nothing is refused', async (t) => {
  for (const data of [null, 'no JSON', [], '[]', {}]) {
    const { verify } = await setUp(t, () => ({ code: 0, data }));
    await t.rejects(verify(), { code: 'code.refused' }, JSON.stringify(data));
  }
});
