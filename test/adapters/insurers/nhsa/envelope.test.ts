import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import t from 'tap';
import { decimalsOf, envelopeWriter, exactJson } from '../../../../adapters/insurers/nhsa/envelope.ts';
import { parseExactly } from '../../../../adapters/insurers/nhsa/exact-json.ts';
import { fenOf, yuanOf } from '../../../../src/money.ts';
import { configurationOf } from './helper.ts';

const parts = {
  infno: '2207',
  msgid: 'H43010000001202603020900000001',
  insuredPlace: '430200',
  operator: { no: 'op1', name: '收费"员' },
  signNo: 'S1',
  at: Date.parse('2026-03-02T09:00:00+08:00'),
  input: '{"data":{"medfee_sumamt":12.30}}',
};

t.test('a request envelope has every field, and its input to the digit', async (t) => {
  const text = envelopeWriter(configurationOf('http://127.0.0.1:1'))(parts).toString();
  t.match(text, /"medfee_sumamt":12\.30\}/);
  t.same(JSON.parse(text), {
    infno: '2207',
    msgid: 'H43010000001202603020900000001',
    mdtrtarea_admvs: '430100',
    insuplc_admdvs: '430200',
    recer_sys_code: 'FSI',
    dev_no: '',
    dev_safe_info: '',
    cainfo: '',
    signtype: '',
    infver: 'V1.0',
    opter_type: '1',
    opter: 'op1',
    opter_name: '收费"员',
    inf_time: '2026-03-02 09:00:00',
    fixmedins_code: 'H43010000001',
    fixmedins_name: '样例卫生院',
    sign_no: 'S1',
    input: { data: { medfee_sumamt: 12.3 } },
  });
});

t.test('where the province wants it, input is JSON text and amounts are texts', async (t) => {
  const configuration = configurationOf('http://127.0.0.1:1', { inputAs: 'text', amountsAs: 'text' });
  const text = envelopeWriter(configuration)(parts).toString();
  t.equal(JSON.parse(text).input, parts.input);
  t.equal(exactJson({ a: decimalsOf(configuration)('12.30') }), '{"a":"12.30"}');
  t.equal(exactJson({ a: decimalsOf(configurationOf('http://127.0.0.1:1'))('12.30') }), '{"a":12.30}');
});

t.test('any amount goes out and comes back the same', async () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (fen) => {
      const text = exactJson({ amount: new LosslessNumber(yuanOf(fen)) });
      const read = parseExactly(text) as { amount: string };
      const back = fenOf(read.amount);
      return read.amount === yuanOf(fen) && back.ok && back.value === fen;
    }),
  );
});
