import { createCipheriv, hash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'lossless-json';
import t from 'tap';
import { canonicalJson } from '../../../../../adapters/insurers/nhsa/sm-envelope/canonical.ts';
import { dataKeyOf, decrypt, encrypt } from '../../../../../adapters/insurers/nhsa/sm-envelope/sm4.ts';
import { published } from './fixture.ts';

const KEY = '0123456789abcdeffedcba9876543210';

t.test('SM3 gives the digests of GB/T 32905', async (t) => {
  t.equal(hash('sm3', 'abc'), '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  t.equal(hash('sm3', 'abcd'.repeat(16)), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732');
});

t.test('SM4 gives the block of GB/T 32907, once and a million times over', async (t) => {
  const cipher = createCipheriv('sm4-ecb', Buffer.from(KEY, 'hex'), null).setAutoPadding(false);
  let block = cipher.update(Buffer.from(KEY, 'hex'));
  t.equal(block.toString('hex'), '681edf34d206965e86b3e94f536e4246');
  for (let round = 1; round < 1_000_000; round++) block = cipher.update(block);
  t.equal(block.toString('hex'), '595298c7c6fd271f0402f804c33d3f66');
});

t.test('the published key and ciphertexts come out, and go back', async (t) => {
  const key = dataKeyOf(published.appId, published.appSecret);
  t.equal(key.toString('hex').toUpperCase(), published.expectedDerivedSm4KeyHexUpperAscii);
  for (const { payload, expectedCleanedDataJson, expectedEncData } of published.samples) {
    const data = parse(JSON.stringify(payload.data));
    const json = canonicalJson(data, 'native') ?? '';
    t.equal(encrypt(json, key), expectedEncData);
    t.equal(decrypt(expectedEncData, key), expectedCleanedDataJson);
    t.equal(decrypt(expectedEncData.toLowerCase(), key), expectedCleanedDataJson);
  }
});

t.test('any text comes back as it was, and rubbish never does', async (t) => {
  const key = Buffer.from(KEY, 'hex');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => decrypt(encrypt(text, key), key) === text),
  );
  for (const hex of ['', 'zz', KEY.slice(1), `${KEY}00`, KEY]) t.equal(decrypt(hex, key), undefined, hex);
  const notText = createCipheriv('sm4-ecb', key, null);
  const bytes = Buffer.concat([notText.update(Buffer.of(0xff, 0xfe)), notText.final()]);
  t.equal(decrypt(bytes.toString('hex'), key), undefined);
});
