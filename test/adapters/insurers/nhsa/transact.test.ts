import t from 'tap';
import { createNhsaInsurer } from '../../../../adapters/insurers/nhsa/adapter.ts';
import { effectOf, MONEY } from '../../../../adapters/insurers/nhsa/kinds.ts';
import { startVirtualInsurer } from '../../../../src/sandbox/insurer/server.ts';
import { TestClock, temporaryStore } from '../../../helper.ts';
import {
  configurationOf,
  Journal,
  liveSettlements,
  must,
  platformParts,
  sampleBill,
  specification,
} from './helper.ts';

t.test('any transaction that moves no money is passed through', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const input = {
    data: {
      psn_no: '43000000000000000001',
      insutype: '390',
      fixmedins_code: 'H43010000001',
      med_type: '11',
      begntime: '2026-03-02',
    },
  };
  const outcome = must(await insurer.transact('2001', input, { insuredPlace: '430100' }, journal.exchange));
  t.match(outcome.value, { trtinfo: [{ trt_enjymnt_flag: '1' }] });
  const body = JSON.parse(journal.requests.at(-1)?.body.toString() ?? '');
  t.match(body, { infno: '2001', insuplc_admdvs: '430100', input, sign_no: /^S/ });
  must(
    await insurer.transact(
      '5201',
      {
        data: {
          psn_no: '43000000000000000001',
          begntime: '2026-03-01',
          endtime: '2026-03-02',
          med_type: '11',
        },
      },
      {},
      journal.exchange,
    ),
  );
});

t.test('what breaks the specification, is unknown or moves money is not sent', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const transact = (infno: string, input: unknown = {}) =>
    insurer.transact(infno, input, {}, journal.exchange);
  await t.rejects(transact('0000'), { code: 'insurer.unknown-transaction' });
  await t.rejects(transact('__proto__'), { code: 'insurer.unknown-transaction' });
  await t.rejects(transact('9101'), { code: 'insurer.unknown-transaction' });
  for (const infno of MONEY.filter((infno) => specification.has(infno))) {
    await t.rejects(transact(infno), { code: 'insurer.reserved-transaction' }, infno);
  }
  for (const input of [{}, null, [], 'x', { data: { psn_no: 1 } }]) {
    await t.rejects(transact('5201', input), { code: 'request.invalid', context: { pointer: /^\/input/ } });
  }
  t.same(journal.requests, []);
});

t.test(
  'every settlement and undoing of the specification counts as money, every query as nothing',
  async (t) => {
    for (const { infno, name } of specification.transactions().values()) {
      if (/(^|[^预])结算$|结算撤销|冲正|退费|下单/.test(name))
        t.equal(effectOf(infno), 'money', `${infno} ${name}`);
      if (/查询$/.test(name) && /^5/.test(infno)) t.equal(effectOf(infno), 'none', `${infno} ${name}`);
    }
  },
);

t.test('a bill that breaks the specification is its own fault, at its own place', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const bill = sampleBill();
  const [first] = bill.charges;
  if (!first) throw new Error('a bill has charges');
  const long = { ...first, line: '4', nationalCode: 'X'.repeat(51) };
  const charges = [...Array.from({ length: 100 }, () => first), long];
  await t.rejects(insurer.quote({ ...bill, charges, totalFen: 101 * first.amountFen }, journal.exchange), {
    code: 'settlement.charges',
    context: { pointer: '/charges/100/nationalCode', detail: /med_list_codg/ },
  });
  await t.rejects(insurer.quote({ ...bill, visit: { ...bill.visit, medType: '77' } }, journal.exchange), {
    code: 'request.invalid',
    context: { pointer: '/visit/medType' },
  });
});

t.test('over a CSB, with amounts as text and input as JSON text, all is the same', async (t) => {
  const clock = new TestClock();
  const signing = { kind: 'csb', accessKey: 'AK', secret: 'SK' } as const;
  const virtual = await startVirtualInsurer({ port: 0, specification, signing, clock });
  t.teardown(() => virtual.close());
  const configuration = configurationOf(virtual.url, {
    signing: { kind: 'csb', accessKey: 'AK', secret: { env: 'X' }, apiVersion: '1.0.0' },
    amountsAs: 'text',
    inputAs: 'text',
  });
  const insurer = createNhsaInsurer(configuration, { store: await temporaryStore(t), clock, secret: 'SK' });
  t.teardown(() => insurer.close());
  const { exchange } = new Journal();
  const bill = sampleBill();
  const quote = must(await insurer.quote(bill, exchange)).value;
  must(await insurer.settle(bill, quote, exchange));
  t.equal(liveSettlements(virtual).length, 1);
});

t.test('a wrong secret is turned away before anything runs', async (t) => {
  const clock = new TestClock();
  const virtual = await startVirtualInsurer({
    port: 0,
    specification,
    signing: { kind: 'tif', paasId: 'clinic', secret: 'right' },
    clock,
  });
  t.teardown(() => virtual.close());
  const insurer = createNhsaInsurer(configurationOf(virtual.url), {
    store: await temporaryStore(t),
    clock,
    secret: 'wrong',
  });
  t.teardown(() => insurer.close());
  const outcome = await insurer.quote(sampleBill(), new Journal().exchange);
  t.match(outcome, { kind: 'not-run', reason: /签名不一致/, at: { transaction: '9001' } });
});
