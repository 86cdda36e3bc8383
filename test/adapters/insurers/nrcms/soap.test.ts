import fc from 'fast-check';
import t from 'tap';
import { soapAnswer, soapRequest } from '../../../../adapters/insurers/nrcms/soap.ts';
import { childOf, parseXml } from '../../../../adapters/insurers/nrcms/xml.ts';

const answered = (inner: string) =>
  soapAnswer(
    Buffer.from(
      `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Header/><S:Body>${inner}</S:Body></S:Envelope>`,
    ),
  );

t.test('a call carries its arguments as text, XML and JSON alike', async (t) => {
  const call = {
    namespace: 'urn:a',
    operation: 'request',
    arguments: [
      ['headXml', '<head><a>1</a></head>'],
      ['bodyXml', '{"a":"&"}'],
    ],
  } as const;
  const text = soapRequest(call).toString();
  t.match(
    text,
    '<his:request><headXml>&lt;head&gt;&lt;a&gt;1&lt;/a&gt;&lt;/head&gt;</headXml><bodyXml>{"a":"&amp;"}</bodyXml></his:request>',
  );
  t.same(childOf(parseXml(text)?.root, 'Body'), {
    request: { headXml: '<head><a>1</a></head>', bodyXml: '{"a":"&"}' },
  });
});

t.test('an answer is the one text that the method returned, escaped or in CDATA', async (t) => {
  const returned = '<result><state>true</state></result>';
  t.same(
    answered(
      `<n:requestResponse xmlns:n="x"><return>${returned.replaceAll('<', '&lt;')}</return></n:requestResponse>`,
    ),
    {
      text: returned,
    },
  );
  t.same(answered(`<r><return><![CDATA[${returned}]]></return></r>`), { text: returned });
  t.same(answered('<r><return/></r>'), { text: '' });
});

t.test('a fault is told apart, and anything else is no answer', async (t) => {
  const fault = '<S:Fault><faultcode>S:Server</faultcode><faultstring>java.lang.X</faultstring></S:Fault>';
  t.same(answered(fault), { fault: 'java.lang.X' });
  for (const inner of [
    '',
    '<r/>',
    '<r><a>1</a><b>2</b></r>',
    '<r><a>1</a></r><r><a>1</a></r>',
    '<r><a><b>1</b></a></r>',
  ]) {
    t.equal(answered(inner), undefined, inner);
  }
  t.equal(soapAnswer(Buffer.from('<html/>')), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void soapAnswer(Buffer.from(bytes))));
});
