import t from 'tap';
import { maskedBody } from '../../src/settlement/masked-body.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

const masked = (body: unknown, known: string[] = []) =>
  maskedBody(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), known);

t.test('names and numbers of persons are masked by their fields, the business stays readable', async (t) => {
  const person = { psn_name: SAMPLE_NAME, certno: SAMPLE_NUMBER, psn_no: '4301', tel: '010-1' };
  const business = {
    dept_name: '全科医疗科',
    dise_name: '高血压',
    fixmedins_name: '示例卫生院',
    medfee_sumamt: 12.3,
  };
  t.same(JSON.parse(masked({ infno: '2207', input: { data: { ...person, ...business } } })), {
    infno: '2207',
    input: { data: { psn_name: '张*', certno: '******', psn_no: '******', tel: '******', ...business } },
  });
});

t.test('JSON within a text is masked too', async (t) => {
  const text = masked({ infno: '1101', input: JSON.stringify({ data: { psn_name: SAMPLE_NAME } }) });
  t.notOk(text.includes(SAMPLE_NAME));
  t.ok(text.includes('张*'));
});

t.test('the person a settlement is about is hidden wherever they stand', async (t) => {
  const known = [SAMPLE_NAME, SAMPLE_NUMBER, '4301'];
  const text = masked({ err_msg: `${SAMPLE_NAME}(${SAMPLE_NUMBER})不符合条件`, memo: '4301' }, known);
  for (const value of known) t.notOk(text.includes(value));
});

t.test('in what is no JSON every Chinese word is masked, and every long number', async (t) => {
  const text = masked(`<xm>${SAMPLE_NAME}</xm><sfzh>${SAMPLE_NUMBER}</sfzh><state>true</state>`);
  t.equal(text, `<xm>张*</xm><sfzh>111${'*'.repeat(13)}10</sfzh><state>true</state>`);
});

t.test('a body that is too long is shown in part, and masked as text', async (t) => {
  const text = masked(JSON.stringify({ psn_name: SAMPLE_NAME, filler: 'x'.repeat(100_000) }));
  t.ok(text.length <= 64 * 1024);
  t.notOk(text.includes(SAMPLE_NAME));
});
