import { stringify } from 'lossless-json';
import t from 'tap';
import { Specification } from '../../../adapters/insurers/nhsa/specification.ts';
import { Refusal, type Request } from '../../../src/sandbox/insurer/envelope.ts';
import { sampleOutput } from '../../../src/sandbox/insurer/sample.ts';
import { handlersOf } from '../../../src/sandbox/insurer/transactions.ts';

const specification = new Specification();
const now = Date.parse('2026-03-02T09:00:00+08:00');

function contextOf(infno: string, input: unknown = {}) {
  const request: Request = {
    infno,
    msgid: '',
    area: '',
    insuredPlace: '',
    opter: '',
    institution: '',
    institutionName: '',
    signNo: '',
    input,
  };
  return { request, now, book: undefined as never };
}

t.test('a made-up answer speaks of what was asked about, and of now', async (t) => {
  const input = { data: { psn_no: 'P1', begntime: '2026-03-01', endtime: '2026-03-02' } };
  const output = JSON.parse(stringify(sampleOutput(contextOf('5303', input), specification)) ?? '');
  const [row] = [output.data].flat();
  t.equal(row.psn_no, 'P1');
  t.equal(row.begndate, '2026-03-02');
  t.same(specification.answerProblems('5303', output), []);
});

t.test('what was asked comes back only where it fits', async (t) => {
  const input = { data: { psn_no: 'P'.repeat(31), insutype: '999' } };
  const output = JSON.parse(stringify(sampleOutput(contextOf('5303', input), specification)) ?? '');
  t.same(specification.answerProblems('5303', output), []);
  t.notMatch(JSON.stringify(output), /PPP|999"/);
});

t.test('money is never made up', async (t) => {
  for (const infno of ['2163', '2167']) {
    t.throws(() => handlersOf(specification)(infno)(contextOf(infno)), Refusal, infno);
  }
});
