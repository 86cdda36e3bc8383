import fc from 'fast-check';
import { LosslessNumber } from 'lossless-json';
import t from 'tap';
import {
  decimalsOf,
  envelopeWriter,
  exactJson,
  type RequestParts,
} from '../../../../adapters/insurers/nhsa/envelope.ts';
import { parseExactly } from '../../../../adapters/insurers/nhsa/exact-json.ts';
import { profileOf } from '../../../../adapters/insurers/nhsa/profile.ts';
import type { NhsaConfiguration } from '../../../../schemas/insurer-configuration.ts';
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

/** The request as it is written with a configuration. */
function written(more: Partial<NhsaConfiguration> = {}, change: Partial<RequestParts> = {}): string {
  const configuration = configurationOf('http://127.0.0.1:1', more);
  return envelopeWriter(configuration, profileOf(configuration))({ ...parts, ...change }).toString();
}

t.test('a request envelope has every field, and its input to the digit', async (t) => {
  const text = written();
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

/** The bytes of the sample request up to `middle`, which tells the profiles apart. */
const HEAD =
  '{"infno":"2207","msgid":"H43010000001202603020900000001","mdtrtarea_admvs":"430100","insuplc_admdvs":"430200",';
const TAIL =
  '"infver":"V1.0","opter_type":"1","opter":"op1","opter_name":"收费\\"员","inf_time":"2026-03-02 09:00:00",' +
  '"fixmedins_code":"H43010000001","fixmedins_name":"样例卫生院","sign_no":"S1",';
const INPUT = '"input":{"data":{"medfee_sumamt":12.30}}}';
const DEVICE = '"dev_no":"","dev_safe_info":"","cainfo":"","signtype":"",';

t.test('each province has its envelope, to the byte', async (t) => {
  const common = `${HEAD}"recer_sys_code":"FSI",${DEVICE}${TAIL}`;
  t.equal(written({ profile: 'national' }), common + INPUT);
  t.equal(written({ profile: 'hainan' }), common + INPUT);
  t.equal(written({ profile: 'hebei' }), common + INPUT);
  t.equal(
    written({ profile: 'hunan' }),
    `${HEAD}"recer_sys_code":"FSI","devNo":"","dev_safeInfo":"","cainfo":"","signtype":"",${TAIL}${INPUT}`,
  );
  t.equal(written({ profile: 'guangdong' }), `${common}"serv_code":"","serv_sign":"",${INPUT}`);
  t.equal(
    written({ profile: 'guangdong', extraFields: { serv_code: 'C1', app_id: 'A1' } }),
    `${common}"serv_code":"C1","serv_sign":"","app_id":"A1",${INPUT}`,
  );
});

t.test('the receiving system goes by the insurance where the province has several', async (t) => {
  const hebei = (insutype?: string) => written({ profile: 'hebei' }, { insutype });
  t.match(hebei('340'), '"recer_sys_code":"LXXT"');
  for (const insutype of ['310', undefined, 'constructor'])
    t.match(hebei(insutype), '"recer_sys_code":"FSI"');
  t.match(written({ profile: 'national' }, { insutype: '340' }), '"recer_sys_code":"FSI"');
});

t.test('a profile may spell any field its way and write "null" for what is empty', async (t) => {
  const configuration = configurationOf('http://127.0.0.1:1');
  const profile = { ...profileOf(configuration), emptyAs: 'null' as const };
  const write = (fieldNames: Record<string, string>) =>
    envelopeWriter(configuration, { ...profile, fieldNames })({
      ...parts,
      insuredPlace: '',
      signNo: '',
    }).toString();
  t.equal(
    write({ mdtrtarea_admvs: 'mdtrtarea_admdvs', sign_no: 'signNo' }),
    HEAD.replace('mdtrtarea_admvs', 'mdtrtarea_admdvs').replace('430200', 'null') +
      `"recer_sys_code":"FSI",${DEVICE.replaceAll('""', '"null"')}` +
      TAIL.replace('"sign_no":"S1"', '"signNo":"null"') +
      INPUT,
  );
  t.throws(() => write({ sign_no: 'msgid' }), { message: /msgid/ }, 'no field may stand twice');
});

t.test('where the province wants it, input is JSON text and amounts are texts', async (t) => {
  const text = written({ inputAs: 'text' });
  t.equal(JSON.parse(text).input, parts.input);
  t.equal(exactJson({ a: decimalsOf({ amountsAs: 'text' })('12.30') }), '{"a":"12.30"}');
  t.equal(exactJson({ a: decimalsOf({ amountsAs: 'number' })('12.30') }), '{"a":12.30}');
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
