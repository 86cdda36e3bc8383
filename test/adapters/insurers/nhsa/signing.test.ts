import { createCipheriv, createHash } from 'node:crypto';
import t from 'tap';
import {
  assertChineseCryptography,
  csbSignature,
  signerOf,
  tifSignature,
} from '../../../../adapters/insurers/nhsa/signing.ts';

const AT = 1_700_000_000_000;

t.test('TIF signs timestamp, secret, nonce and timestamp', async (t) => {
  const expected = 'e40259b566e63716a9252d35fba34eeb92e03ac83d64d729e569323baaaa1937';
  t.equal(tifSignature('1700000000', 'SECRET', 'abcd1234'), expected);
  const sign = signerOf({ kind: 'tif', paasId: 'P', secret: { env: 'X' } }, 'SECRET');
  t.same(sign('2207', AT, 'abcd1234'), {
    'x-tif-paasid': 'P',
    'x-tif-timestamp': '1700000000',
    'x-tif-nonce': 'abcd1234',
    'x-tif-signature': expected,
  });
});

t.test('a TIF gateway with several services is told which', async (t) => {
  const signing = { kind: 'tif', paasId: 'P', secret: { env: 'X' }, serviceId: 'S9' } as const;
  t.match(signerOf(signing, 'SECRET')('2207', AT, 'n'), { 'x-tif-paasid': 'P', 'x-tif-serviceId': 'S9' });
});

t.test('a plain gateway gets the key as it is', async (t) => {
  t.same(signerOf({ kind: 'plain', secret: { env: 'X' } }, 'KEY')('1101', AT, 'n'), { apikey: 'KEY' });
});

t.test('CSB signs its sorted headers', async (t) => {
  const expected = 'b0QXtQYjBkK0ICH00O38VcDdo4U=';
  const headers = {
    _api_version: '1.0.0',
    _api_name: '1101',
    _api_timestamp: '1700000000000',
    _api_access_key: 'AK',
  };
  t.equal(csbSignature(headers, 'SK'), expected);
  const signing = { kind: 'csb', accessKey: 'AK', secret: { env: 'X' }, apiVersion: '1.0.0' } as const;
  t.same(signerOf(signing, 'SK')('1101', AT, 'unused'), { ...headers, _api_signature: expected });
});

t.test('without signing there are no headers', async (t) => {
  t.same(signerOf({ kind: 'none' }, '')('1101', AT, 'n'), {});
});

t.test('this Node has SM3 and SM4 (GB/T 32905, GB/T 32907)', async (t) => {
  assertChineseCryptography();
  t.equal(
    createHash('sm3').update('abcd'.repeat(16)).digest('hex'),
    'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
  );
  const key = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  let block: Buffer = key;
  for (let round = 0; round < 1_000_000; round++) block = cipher.update(block);
  t.equal(block.toString('hex'), '595298c7c6fd271f0402f804c33d3f66');
});
