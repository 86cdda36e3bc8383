import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { documentOfIdentityString, identityString } from '../../../src/card/compat/identity-string.ts';
import { nationCode } from '../../../src/card/compat/nations.ts';
import { Fault } from '../../../src/errors.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';

const PHOTO = Buffer.alloc(1_024, 0x57);
const BASE64 = PHOTO.toString('base64');

/** Of all characters, controls included. */
const anyText = fc.string({ unit: fc.nat(0xd7ff).map((code) => String.fromCharCode(code)) });

t.test('a resident ID card is told as its chip would tell it', async (t) => {
  const spoken = `|${SAMPLE_NAME}|男|汉|1981-01-01|某省某县|${SAMPLE_NUMBER}|20200101|2040.01.01|某公安局|${BASE64}|`;
  const coded = `|${SAMPLE_NAME}|1|01|19810101|某省某县|${SAMPLE_NUMBER}|20200101|20400101|某公安局|${BASE64}|`;
  for (const told of [spoken, coded]) {
    t.strictSame(documentOfIdentityString(told), {
      text: {
        layout: 'resident',
        name: SAMPLE_NAME,
        englishName: '',
        sex: '1',
        nation: '01',
        nationality: '',
        birthDate: '19810101',
        address: '某省某县',
        number: SAMPLE_NUMBER,
        issuer: '某公安局',
        validFrom: '20200101',
        validTo: '20400101',
        passNumber: '',
        issueCount: '',
        version: '',
      },
      photo: PHOTO,
    });
  }
  t.equal(documentOfIdentityString(spoken.replace('2040.01.01', '长期')).text.validTo, '长期');
});

t.test('a foreigner’s permit has its own order, and two generations', async (t) => {
  const told = (number: string) =>
    `I|SAN ZHANG|${SAMPLE_NAME}|女|CAN|19810101|${number}|20200101|20300101|1500|01|${BASE64}|`;
  t.match(documentOfIdentityString(told('CAN110081010101')), {
    text: {
      layout: 'foreigner2017',
      englishName: 'SAN ZHANG',
      name: SAMPLE_NAME,
      sex: '2',
      nationality: 'CAN',
      number: 'CAN110081010101',
      validTo: '20300101',
      issuer: '1500',
      version: '01',
    },
    photo: PHOTO,
  });
  t.equal(documentOfIdentityString(told(SAMPLE_NUMBER)).text.layout, 'foreigner2023');
});

t.test('a residence permit has its own order', async (t) => {
  const told = `J|${SAMPLE_NAME}|男|19810101|某地|${SAMPLE_NUMBER}|某局|20200101|20250101|H12345678|01|${BASE64}|`;
  t.match(documentOfIdentityString(told), {
    text: {
      layout: 'residence',
      name: SAMPLE_NAME,
      birthDate: '19810101',
      address: '某地',
      number: SAMPLE_NUMBER,
      issuer: '某局',
      validFrom: '20200101',
      validTo: '20250101',
      passNumber: 'H12345678',
      issueCount: '01',
    },
    photo: PHOTO,
  });
});

t.test('a document without a photo is one; anything else is refused with a code', async (t) => {
  const bare = `|${SAMPLE_NAME}|男|汉|19810101|某地|${SAMPLE_NUMBER}|20200101|20400101|某局`;
  t.equal(documentOfIdentityString(bare).photo.length, 0);
  for (const told of ['', '|', `X${bare}`, bare.slice(0, bare.lastIndexOf('|')), 'toString|'.repeat(12)]) {
    t.throws(() => documentOfIdentityString(told), { code: 'reader.protocol' }, told);
  }
  fc.assert(
    fc.property(fc.array(anyText), fc.constantFrom('', 'I', 'J'), (fields, letter) => {
      try {
        documentOfIdentityString([letter, ...fields].join('|'));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }),
  );
});

t.test('nations have the codes that the national insurer’s table has', async (t) => {
  const file = new URL('../../../adapters/insurers/nhsa/data/code-tables.json', import.meta.url);
  const text = readFileSync(file, 'utf8');
  const { codes } = JSON.parse(/"naty":(\{.*?\}\})/.exec(text)![1]!) as { codes: Record<string, string> };
  const told = Object.entries(codes).filter(([code]) => Number(code) <= 56);
  t.equal(told.length, 56);
  for (const [code, name] of told) t.equal(nationCode(name), code.padStart(2, '0'), name);
  t.equal(nationCode('穿青人'), '穿青人');
  t.equal(nationCode(''), '');
});

t.test('what we tell of a document is read back as the same document', async (t) => {
  const orders = [
    `|${SAMPLE_NAME}|男|汉|19810101|某省某县|${SAMPLE_NUMBER}|20200101|长期|某公安局|${BASE64}|`,
    `I|SAN ZHANG|${SAMPLE_NAME}|女|CAN|19810101|CAN110081010101|20200101|20300101|1500|01|${BASE64}|`,
    `J|${SAMPLE_NAME}|女|19810101|某省某县|${SAMPLE_NUMBER}|某公安局|20200101|20300101|H12345678|01|${BASE64}|`,
  ];
  for (const told of orders) {
    const { text, photo } = documentOfIdentityString(told);
    const again = identityString(text, photo);
    t.strictSame(documentOfIdentityString(again), { text, photo });
    t.equal(again.split('|').length, told.split('|').length);
  }
  t.equal(identityString(...argsOf(orders[0]!)), orders[0], 'in words, as vendors tell it');
});

function argsOf(told: string) {
  const { text, photo } = documentOfIdentityString(told);
  return [text, photo] as const;
}
