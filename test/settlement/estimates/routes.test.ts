import t, { type Test } from 'tap';
import { ClientDirectory, newKey } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { estimateRoutes } from '../../../src/settlement/estimates/routes.ts';
import { Estimates } from '../../../src/settlement/estimates/service.ts';
import type { Referrals } from '../../../src/settlement/port.ts';
import { TestClock, testIds, testLogger } from '../../helper.ts';
import { shangluo } from './parts.ts';

const key = newKey('his');

const onFile: Referrals = {
  async onFile(number) {
    if (number === 'up-1')
      return { state: 'referred', direction: 'up', fromLevel: 'township', toLevel: 'county' };
    return number === 'down-1' ? { state: 'referred', direction: 'down', toLevel: 'township' } : undefined;
  },
};

async function gateway(t: Test, benefits: typeof shangluo | 'none' = shangluo) {
  const estimates = new Estimates({
    benefits: async () => (benefits === 'none' ? undefined : benefits),
    referrals: onFile,
    ownLevel: 'township',
    clock: new TestClock(),
  });
  const app = await buildGateway({
    ...{ logger: testLogger(), ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([
      { id: 'his', keyHash: key.hash, scopes: new Set(['eligibility:write'] as const) },
    ]),
    features: [estimateRoutes({ estimates })],
  });
  t.teardown(() => app.close());
  return (more: object) =>
    app.inject({
      method: 'POST',
      url: '/v1/estimates',
      headers: { authorization: `Bearer ${key.key}` },
      payload: { insurer: 'nhsa', insutype: '390', setting: 'inpatient', ...more },
    });
}

const bill = { amounts: { total: '6000.00', inScope: '5000.00' } };

t.test('an estimate compares here and one level up, with and without a referral', async (t) => {
  const post = await gateway(t);
  const response = await post(bill);
  t.equal(response.statusCode, 200);
  const body = response.json();
  t.equal(body.estimate, true);
  t.match(body.notice.zh, /以医保结算为准/);
  t.same(body.assumed, ['nothing-used', 'no-referral']);
  t.same(body.noRule, []);
  t.match(body.rows, [
    { tier: 'township', asked: true, referral: 'none', fund: '4165.00', patient: '1835.00' },
    { tier: 'level-1', asked: false, referral: 'referred', direction: 'up', deductible: '300.00' },
    {
      tier: 'level-1',
      asked: false,
      referral: 'none',
      fund: '3760.00',
      ratio: [{ over: '0.00', ratio: '80%' }],
    },
  ]);
  t.same(body.rows[0].sources, [
    { part: 'basic', document: '商医保发〔2023〕81号(样例)', from: '2024-01-01' },
    { part: 'critical', document: '商洛市城乡居民大病保险(样例)', from: '2024-01-01' },
  ]);
});

t.test('a referral on file decides the tier and the rows', async (t) => {
  const post = await gateway(t);
  const up = (await post({ ...bill, referralNumber: 'up-1', usedDeductible: '100.00' })).json();
  t.match(up.rows, [
    { tier: 'level-2', asked: true, referral: 'referred', direction: 'up', deductible: '300.00' },
    { tier: 'level-2', asked: false, referral: 'none', deductible: '400.00' },
    { tier: 'level-3' },
    { tier: 'level-3' },
  ]);
  t.same(up.assumed, []);
  const down = (await post({ ...bill, referralNumber: 'down-1' })).json();
  t.match(down.rows[0], { tier: 'township', direction: 'down', deductible: '0.00', fund: '4250.00' });
  const unknown = await post({ ...bill, referralNumber: 'nobody' });
  t.match(unknown.json(), { code: 'estimate.referral-unknown', pointer: '/body/referralNumber' });
  t.equal((await post({ ...bill, referralNumber: 'up-1', referral: { state: 'none' } })).statusCode, 400);
});

t.test('a tier is named as the table has it, or by the level of an organisation', async (t) => {
  const post = await gateway(t);
  const of = async (tier: string) => (await post({ ...bill, tier })).json();
  t.equal((await of('level-3')).rows.length, 1, 'above the highest there is none');
  t.equal((await of('county')).rows[0].tier, 'level-2');
  t.match(await of('moon'), { code: 'request.invalid', pointer: '/body/tier' });
  t.match(await of('__proto__'), { code: 'request.invalid' });
});

t.test('a comparison without a rule is named; a case without one is refused', async (t) => {
  const post = await gateway(t);
  const outpatient = { ...bill, setting: 'outpatient', tier: 'level-1' };
  t.same((await post(outpatient)).json().noRule, [
    { tier: 'level-2', referral: 'referred' },
    { tier: 'level-2', referral: 'none' },
  ]);
  const refused = await post({ ...outpatient, tier: 'level-3' });
  t.equal(refused.statusCode, 422);
  t.equal(refused.json().code, 'estimate.no-rule');
  t.equal((await post({ ...bill, insutype: '310' })).json().code, 'estimate.no-rule');
  t.equal((await post({ ...bill, day: '2023-12-31' })).json().code, 'estimate.no-rule');
});

t.test('without a good table nothing is estimated', async (t) => {
  const post = await gateway(t, 'none');
  const response = await post(bill);
  t.equal(response.statusCode, 424);
  t.equal(response.json().code, 'estimate.no-table');
});

t.test('the bill comes as a total or as its charges', async (t) => {
  const post = await gateway(t);
  const line = { line: '1', nationalCode: 'N1', localCode: 'L1', name: '项目', count: '2', price: '250.00' };
  const charges = [{ ...line, amount: '500.00' }];
  const body = (await post({ charges })).json();
  t.match(body, { assumed: ['all-in-scope', 'nothing-used', 'no-referral'], rows: [{ fund: '340.00' }] });
  t.match((await post({ charges, amounts: { total: '500.00', inScope: '400.00' } })).json().rows[0], {
    fund: '255.00',
    patient: '245.00',
  });
  t.match((await post({ charges: [{ ...line, amount: '501.00' }] })).json(), {
    code: 'settlement.charges',
    pointer: '/body/charges/0/amount',
  });
  t.match((await post({ charges, amounts: { total: '400.00' } })).json().code, 'settlement.charges');
  t.equal((await post({})).statusCode, 400);
  t.match((await post({ amounts: { total: '1.00', inScope: '2.00' } })).json(), {
    pointer: '/body/amounts/inScope',
  });
  t.equal((await post({ amounts: { total: '-1.00' } })).statusCode, 400);
  t.equal((await post({ amounts: { total: '0.00' } })).statusCode, 200, 'a bill of nothing costs nothing');
});
