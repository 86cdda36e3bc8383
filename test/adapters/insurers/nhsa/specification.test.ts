import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import t from 'tap';
import { Specification } from '../../../../adapters/insurers/nhsa/specification.ts';
import { specification } from './helper.ts';

const person = {
  data: {
    mdtrt_cert_type: '02',
    mdtrt_cert_no: 'E00000001',
    psn_cert_type: '08',
    certno: 'E00000001',
    psn_name: '样例乙',
  },
};

function with1101(change: Record<string, unknown>) {
  return { data: { ...person.data, ...change } };
}

t.test('every transaction has a schema for both sides, made from the data', async (t) => {
  const transactions = specification.transactions();
  t.equal(transactions.size, 212);
  for (const infno of transactions.keys()) {
    specification.requestProblem(infno, {});
    specification.answerProblems(infno, {});
  }
  t.equal(specification.requestProblem('1101', person), undefined);
});

t.test('any JSON is checked without a throw, whatever the transaction', async () => {
  const numbers = [...specification.transactions().keys()];
  fc.assert(
    fc.property(fc.constantFrom(...numbers), fc.jsonValue(), (infno, value) => {
      specification.requestProblem(infno, value);
      specification.answerProblems(infno, value);
    }),
    { numRuns: 300 },
  );
});

t.test('a request is held to the specification, and the place is named', async (t) => {
  const cases: [Record<string, unknown>, string, RegExp][] = [
    [{ certno: undefined }, '/data/certno', /缺少/],
    [{ certno: '' }, '/data/certno', /为空/],
    [{ certno: null }, '/data/certno', /类型/],
    [{ certno: 12 }, '/data/certno', /类型/],
    [{ certno: 'x'.repeat(51) }, '/data/certno', /50/],
    [{ mdtrt_cert_type: '77' }, '/data/mdtrt_cert_type', /代码表/],
    [{ begntime: '2026-02-30' }, '/data/begntime', /yyyy/],
    [{ begntime: '20260228' }, '/data/begntime', /yyyy/],
    [{ begntime: '2026-02-28 24:00:00' }, '/data/begntime', /yyyy/],
    [{ certNo: 'x' }, '/data/certNo', /没有这一项/],
  ];
  for (const [change, pointer, message] of cases) {
    const clean = Object.fromEntries(
      Object.entries(with1101(change).data).filter(([, value]) => value !== undefined),
    );
    t.match(
      specification.requestProblem('1101', { data: clean }),
      { pointer, message },
      JSON.stringify(change),
    );
  }
  t.match(specification.requestProblem('1101', {}), { pointer: '/data' });
  for (const begntime of ['', '2026-02-28', '2026-02-28 23:59:59']) {
    t.equal(specification.requestProblem('1101', with1101({ begntime })), undefined, begntime);
  }
});

t.test('a node is taken as an object and as a list', async (t) => {
  t.equal(specification.requestProblem('1101', { data: [person.data] }), undefined);
  t.match(specification.requestProblem('1101', { data: [person.data, {}] }), { pointer: /^\/data\/1\// });
});

t.test('decimals are exact and within their digits', async (t) => {
  const trial = {
    ...person.data,
    psn_no: 'P1',
    psn_type: '15',
    med_type: '11',
    psn_setlway: '01',
    mdtrt_id: 'V1',
    chrg_bchno: 'B1',
    acct_used_flag: '0',
    insutype: '390',
  };
  const problem = (value: unknown) => {
    const found = specification.requestProblem('2206', { data: { ...trial, medfee_sumamt: value } });
    return found?.pointer === '/data/medfee_sumamt' && found.message.includes('n(16,2)');
  };
  for (const good of ['12.30', '0', '-0.10', '12345678901234.99', 12.3, 0, new LosslessNumber('12.30')]) {
    t.notOk(problem(good), String(good));
  }
  const bad = [
    '',
    '12.345',
    '123456789012345',
    '1e2',
    '1E+2',
    'NaN',
    ' 1',
    '1.',
    '.5',
    '0x1',
    null,
    true,
    {},
    [],
  ];
  for (const value of [...bad, 0.1 + 0.2, 1e21, 1e-7, 1234567890123456, Number.NaN])
    t.ok(problem(value), String(value));
});

t.test('answers may write numbers as Java does, and departures are notes without values', async (t) => {
  const problems = specification.answerProblems('2207', {
    setlinfo: {
      medfee_sumamt: '1E+2',
      fund_pay_sumamt: '',
      acct_pay: '0.0000',
      psn_type: '不明',
      balc: 'x',
      新: '1',
    },
    setldetail: [{ fund_pay_type: '', fund_payamt: '', inscp_scp_amt: '', crt_payb_lmt_amt: '' }],
  });
  const pointers = problems.map((problem) => problem.pointer);
  t.ok(pointers.includes('/setlinfo/新'), 'a field the edition does not know');
  t.ok(pointers.includes('/setlinfo/psn_type'), 'a code its table does not know');
  t.ok(pointers.includes('/setlinfo/balc'), 'no number');
  t.ok(pointers.includes('/setlinfo/mdtrt_id'), 'a missing field');
  for (const fine of ['medfee_sumamt', 'fund_pay_sumamt', 'acct_pay'])
    t.notOk(pointers.includes(`/setlinfo/${fine}`));
  t.notMatch(JSON.stringify(problems), /不明/);
  t.ok(problems.length <= 20);
});

t.test('a length shorter than a code of its table gives way', async (t) => {
  const schema = specification.schema('2201', 'input') as {
    $defs: { data: { properties: Record<string, unknown> } };
  };
  t.match(schema.$defs.data.properties.psn_type, { maxLength: 6 });
});

t.test('a lenient province takes codes and fields of its own', async (t) => {
  const lenient = new Specification({ checking: 'lenient' });
  t.equal(lenient.requestProblem('1101', with1101({ mdtrt_cert_type: '04', prov_field: 'x' })), undefined);
  t.match(lenient.requestProblem('1101', with1101({ certno: '' })), { pointer: '/data/certno' });
});
