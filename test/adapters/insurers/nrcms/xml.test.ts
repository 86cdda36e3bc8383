import fc from 'fast-check';
import t from 'tap';
import { childOf, childText, itemsOf, parseXml, xmlOf } from '../../../../adapters/insurers/nrcms/xml.ts';

/** Any sixteen-bit units, halves of pairs too. */
const anyText = fc
  .array(fc.nat({ max: 0xff_ff }), { maxLength: 20 })
  .map((units) => String.fromCharCode(...units));

t.test('a document is read as text: digits stay digits, entities are undone once', async (t) => {
  const root = parseXml(
    '<?xml version="1.0" encoding="UTF-8"?><!-- a --><ns:r xmlns:ns="x" a="1"><n>0001.50</n><t> a &lt;b&gt; &amp;amp; &#x4e2d;&#25991; </t><c><![CDATA[<x>&lt;</x>]]></c><e/></ns:r>',
  );
  t.same(root, { name: 'r', root: { n: '0001.50', t: 'a <b> &amp; 中文', c: '<x>&lt;</x>', e: '' } });
});

t.test('what is hostile or broken is not read', async (t) => {
  const bombs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const hostile: Record<string, string> = {
    'entities that multiply': `<!DOCTYPE r [<!ENTITY l0 "lol">${bombs}]><r>&l9;</r>`,
    'a foreign file': '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r>&f;</r>',
    'a document type alone': '<!doctype r><r/>',
    'nested without end': '<a>'.repeat(50_000),
    'nested too deep': `${'<a>'.repeat(40)}${'</a>'.repeat(40)}`,
    'too many elements': `<r>${'<a/>'.repeat(200_000)}</r>`,
    'too many entities': `<r>${'&lt;'.repeat(200_001)}</r>`,
    'cut short': '<result><state>true</state>',
    'two roots': '<a/><b/>',
    'no root': '',
    text: 'state=true',
    JSON: '{"state":true}',
  };
  for (const [name, text] of Object.entries(hostile)) t.equal(parseXml(text), undefined, name);
});

t.test('numeric references that name no character stay as they are', async (t) => {
  t.same(
    parseXml('<r>&#xD800;&#9999999;&#x110000;&unknown;</r>')?.root,
    '&#xD800;&#9999999;&#x110000;&unknown;',
  );
});

t.test(
  'any text that is written is read again, but for what XML cannot hold and for white space',
  async (t) => {
    const bare = (text: string) =>
      text.toWellFormed().replace(/[^\u0021-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|\s/gu, '');
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const read = parseXml(xmlOf('r', { a, b: { c: [b, 'x'] }, left: undefined }))?.root;
        const list = childOf(childOf(read, 'b'), 'c');
        return (
          bare(childText(read, 'a')) === bare(a) && Array.isArray(list) && bare(String(list[0])) === bare(b)
        );
      }),
    );
    t.pass('whatever the text');
  },
);

t.test('no text from outside makes it throw', async (t) => {
  const pieces = ['<', '>', '/', 'a', '</a>', '<a>', '&', '&lt;', '<![CDATA[', ']]>', '<!--', '?', '"', ' '];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (chosen) => {
      parseXml(chosen.join(''));
    }),
  );
  fc.assert(fc.property(anyText, (text) => void parseXml(`<a>${text}</a>`)));
  t.pass('each is read or refused');
});

t.test('names of JavaScript do no harm', async (t) => {
  t.equal(childText(parseXml('<r><length>x</length></r>')?.root, 'length'), 'x');
  t.equal(childOf(parseXml('<r><a/></r>')?.root, 'hasOwnProperty'), undefined);
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    parseXml(`<r><${name}><polluted>1</polluted></${name}></r>`);
    t.equal(({} as Record<string, unknown>).polluted, undefined, name);
  }
});

t.test('a list is read whether it holds none, one or several', async (t) => {
  const items = (xml: string) => itemsOf(parseXml(xml)?.root).map((item) => childText(item, 'n'));
  t.same(items('<data/>'), []);
  t.same(items('<data><m><n>1</n></m></data>'), ['1']);
  t.same(items('<data><m><n>1</n></m><m><n>2</n></m></data>'), ['1', '2']);
  t.same(items('<data>text</data>'), []);
});
