import t from 'tap';
import { fieldsOf } from '../../../../adapters/encryption/xml/answer.ts';
import {
  authenticationAnswer,
  authenticationXml,
  keyedAnswer,
  keyedXml,
} from '../../../../adapters/encryption/xml/message.ts';
import { ANSWER, keyedRequest, RESULT1, RESULT2, request } from './helper.ts';

const fields = (xml: string) => fieldsOf(Buffer.from(xml), 'text/xml; charset=UTF-8');
const answered = (inside: string) => fields(`<ROOT>${inside}</ROOT>`);

t.test('the request of a card is the one the service is called with', async (t) => {
  t.equal(
    authenticationXml(request),
    '<ROOT><AAB301>510100</AAB301><AAZ507>0081544C968684510100035676</AAZ507><AFLAG>03</AFLAG>' +
      '<AAZ501>510100D156000005F0348866E075C174</AAZ501><SJS1>C49031D2A31E6A14</SJS1>' +
      '<SJS2>0102030405060708</SJS2><SJS3>096D1FFE340D812F</SJS3><SJS4>0102030405060708</SJS4>' +
      '<MSGNO>9013</MSGNO></ROOT>',
  );
  const free = { ...request, algorithm: '01', externalFactor: '', externalSource: '' };
  t.match(
    authenticationXml(free),
    /<SJS3><\/SJS3><SJS4><\/SJS4>/,
    'a card that reads freely has no external half',
  );
});

t.test('a key by its address is asked for with factor, source and card', async (t) => {
  t.equal(
    keyedXml(keyedRequest),
    '<ROOT><AAB301>510100</AAB301><AAZ507>0081544C968684510100035676</AAZ507><AFLAG>03</AFLAG>' +
      '<AAZ501>510100D156000005F0348866E075C174</AAZ501><KEYADD>00803F</KEYADD>' +
      '<KEYFAC>096D1FFE340D812F</KEYFAC><ODATA>0102030405060708</ODATA>' +
      '<CARDINFO>510100D156000005F0348866E075C174|X00000043|</CARDINFO><MSGNO>9011</MSGNO></ROOT>',
  );
  const forged = keyedXml({ ...keyedRequest, cardNumber: '</CARDINFO><MSGNO>1&' });
  t.match(forged, /\|&lt;\/CARDINFO&gt;&lt;MSGNO&gt;1&amp;\|<\/CARDINFO>/, 'a card can write no elements');
});

t.test('the two results of an answer are taken', async (t) => {
  const taken = { internal: RESULT1, external: RESULT2 };
  t.strictSame(authenticationAnswer(request, fields(ANSWER)), taken);
  t.strictSame(
    authenticationAnswer(
      request,
      fields(ANSWER.toLowerCase().replaceAll('result', 'RESULT').replaceAll('ret', 'RET')),
    ),
    taken,
  );
  t.strictSame(
    authenticationAnswer(request, answered(`<RESULT1>${RESULT1}</RESULT1><RESULT2>${RESULT2}</RESULT2>`)),
    taken,
    'a service that names no code',
  );
});

t.test('what was not asked for is not taken', async (t) => {
  const free = { ...request, externalFactor: '', externalSource: '' };
  const only = answered(`<RESULT1>${RESULT1}</RESULT1><RESULT2/>`);
  t.strictSame(authenticationAnswer(free, only), { internal: RESULT1, external: '' });
  t.throws(() => authenticationAnswer(request, only), { code: 'encryption.refused' });
});

t.test('the result for a key is RESULT or RESULT1', async (t) => {
  t.strictSame(keyedAnswer(answered(`<RESULT>${RESULT2}</RESULT>`)), { external: RESULT2 });
  t.strictSame(keyedAnswer(answered(`<RESULT1>${RESULT2}</RESULT1>`)), { external: RESULT2 });
  t.throws(() => keyedAnswer(answered('<RETCODE>0</RETCODE>')), { code: 'encryption.refused' });
});

t.test('a result of another length or alphabet is none', async (t) => {
  for (const result of [RESULT1.slice(1), `${RESULT1}0`, RESULT1.replace('9', 'G'), '成功', `${RESULT1}|`]) {
    const answer = answered(`<RESULT1>${result}</RESULT1><RESULT2>${RESULT2}</RESULT2>`);
    t.throws(() => authenticationAnswer(request, answer), { code: 'encryption.refused' }, result);
  }
});

t.test('a refusal is told in the service’s words, without the card they name', async (t) => {
  const detail = (inside: string): string | undefined => {
    try {
      authenticationAnswer(request, answered(inside));
      return undefined;
    } catch (error) {
      return (error as { context: { detail: string } }).context.detail;
    }
  };
  t.equal(detail('<RETCODE>-25</RETCODE><RETTEXT>密钥不存在</RETTEXT>'), '-25 密钥不存在');
  t.equal(detail('<RETCODE>-1</RETCODE><RESULT1/><RESULT2/>'), '-1');
  t.equal(detail('<RESULT1/>'), 'no result');
  t.equal(
    detail(`<RETCODE>-1</RETCODE><RETTEXT>卡 ${request.cardId}\n1234567890 无效</RETTEXT>`),
    '-1 卡 * 123*****90 无效',
  );
  t.equal(
    detail(`<RETCODE>-1</RETCODE><RESULT1>${RESULT1}</RESULT1><RESULT2>${RESULT2}</RESULT2>`),
    '-1',
    'a negative code is no success, whatever comes with it',
  );
  t.ok((detail(`<RETTEXT>${'长'.repeat(9_000)}</RETTEXT>`) ?? '').length < 100);
});
