import fc from 'fast-check';
import iconv from 'iconv-lite';
import t from 'tap';
import { fieldsOf } from '../../../../adapters/encryption/xml/answer.ts';
import { Fault } from '../../../../src/errors.ts';
import { ANSWER, RESULT1 } from './helper.ts';

const utf8 = (xml: string, contentType = '') => fieldsOf(Buffer.from(xml), contentType);

t.test('an answer is read in the encoding that it names', async (t) => {
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n${ANSWER}`;
  const read = [
    utf8(ANSWER),
    utf8(declared('UTF-8')),
    utf8(`\uFEFF${declared('utf-8')}`),
    fieldsOf(iconv.encode(declared('GBK'), 'gbk'), 'text/xml'),
    fieldsOf(iconv.encode(declared('gb2312'), 'gbk'), ''),
    fieldsOf(iconv.encode(ANSWER, 'gbk'), 'text/xml;charset=GB18030'),
    utf8(declared('GBK'), 'text/xml; charset="utf-8"'),
  ];
  for (const fields of read) {
    t.equal(fields.get('RETTEXT'), '成功');
    t.equal(fields.get('RESULT1'), RESULT1);
  }
});

t.test('digits stay as they stand, whatever number they look like', async (t) => {
  const fields = utf8(
    '<ROOT><RESULT1>00000000000000000000000000000001</RESULT1><RETCODE>0000</RETCODE></ROOT>',
  );
  t.equal(fields.get('RESULT1'), '00000000000000000000000000000001');
  t.equal(fields.get('RETCODE'), '0000');
});

t.test('attributes, comments and what is nested do no harm', async (t) => {
  const fields = utf8(
    `<?pi x?><!-- a --><Answer a="1"><RESULT1 b="2"><![CDATA[${RESULT1}]]></RESULT1><MORE><RESULT2>x</RESULT2></MORE></Answer>`,
  );
  t.equal(fields.get('RESULT1'), RESULT1);
  t.notOk(fields.has('RESULT2'));
});

t.test('hostile and broken answers are refused', async (t) => {
  const entities = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
  ).join('');
  const hostile: [string, string][] = [
    [
      'entities that multiply',
      `<!DOCTYPE r [<!ENTITY l0 "lol">${entities}]><ROOT><RESULT1>&l9;</RESULT1></ROOT>`,
    ],
    [
      'a foreign file',
      '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><ROOT><RETTEXT>&f;</RETTEXT></ROOT>',
    ],
    ['a document type alone', `<!doctype html>${ANSWER}`],
    ['cut short', ANSWER.slice(0, -20)],
    ['cut in a tag', ANSWER.slice(0, 40)],
    ['nested without end', '<a>'.repeat(4_000)],
    ['nested deep', `${'<a>'.repeat(2_000)}${'</a>'.repeat(2_000)}`],
    ['two roots', `${ANSWER}<ROOT/>`],
    ['a result twice', `<ROOT><RESULT1>${RESULT1}</RESULT1><RESULT1>${RESULT1}</RESULT1></ROOT>`],
    ['a result with more inside', `<ROOT><RESULT1><A>${RESULT1}</A></RESULT1></ROOT>`],
    ['a code twice', '<ROOT><RETCODE>0</RETCODE><RETCODE>-1</RETCODE></ROOT>'],
    ['a reserved name', '<ROOT><__proto__>x</__proto__></ROOT>'],
    ['JSON', '{"RESULT1":"00"}'],
    ['a page', '<html><head><title>404</title><body>no</html>'],
    ['text in the root alone', '<ROOT>成功</ROOT>'],
    ['nothing', ''],
    ['blanks', '  \n '],
    ['zeros', '\0'.repeat(100)],
  ];
  for (const [what, xml] of hostile) {
    t.throws(() => utf8(xml), { code: 'encryption.refused' }, what);
  }
});

t.test('an entity is left as it stands', async (t) => {
  t.equal(utf8('<ROOT><RETTEXT>&amp;&lt;&#65;</RETTEXT></ROOT>').get('RETTEXT'), '&amp;&lt;&#65;');
});

t.test('any bytes and any damage end in fields or a Fault', async () => {
  const damaged = fc.tuple(fc.nat(ANSWER.length), fc.nat(ANSWER.length), fc.string({ maxLength: 5 }));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((each) => Buffer.from(each)),
    damaged.map(([from, to, more]) => Buffer.from(ANSWER.slice(0, from) + more + ANSWER.slice(to))),
  );
  fc.assert(
    fc.property(bytes, fc.constantFrom('', 'text/xml;charset=gbk'), (each, contentType) => {
      try {
        for (const value of fieldsOf(each, contentType).values()) if (typeof value !== 'string') return false;
      } catch (error) {
        return error instanceof Fault && error.code === 'encryption.refused';
      }
      return true;
    }),
    { numRuns: 2_000 },
  );
});
