import fc from 'fast-check';
import { sm2 } from 'sm-crypto-v2';
import t from 'tap';
import {
  publicKeyOf,
  type SigningKey,
  sign,
  signingKeyOf,
  verify,
} from '../../../../../adapters/insurers/nhsa/sm-envelope/sm2.ts';
import { published } from './fixture.ts';

/** GB/T 32918.5-2017, Annex A. */
const STANDARD = {
  privateKey: '3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8',
  publicKey:
    '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020' +
    'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
  message: 'message digest',
  k: '59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21',
  za: 'B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3',
  e: 'F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640',
  r: 'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3',
  s: 'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA',
} as const;

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

function keyOf(text: string): SigningKey {
  const key = signingKeyOf(text);
  if (!key) throw new Error('no key');
  return key;
}

t.test('the example of GB/T 32918.5 holds, from the digest to the signature', async (t) => {
  const publicKey = publicKeyOf(STANDARD.publicKey) ?? '';
  t.equal(keyOf(STANDARD.privateKey).publicKey, publicKey);
  t.equal(Buffer.from(sm2.getZ(publicKey)).toString('hex').toUpperCase(), STANDARD.za);
  const e = sm2.getHash(Buffer.from(STANDARD.message).toString('hex'), publicKey);
  t.equal(e.toUpperCase(), STANDARD.e);
  t.ok(verify(STANDARD.message, base64(STANDARD.r + STANDARD.s), publicKey));
});

t.test('with the k of GB/T 32918.5 the same signature comes out', async (t) => {
  const k = BigInt(`0x${STANDARD.k}`);
  const { publicKey: kG } = keyOf(STANDARD.k);
  const signature = sm2.doSignature(STANDARD.message, STANDARD.privateKey, {
    hash: true,
    der: false,
    userId: '1234567812345678',
    pointPool: [{ k, x1: BigInt(`0x${kG.slice(2, 66)}`) }],
  });
  t.equal(signature.toUpperCase(), STANDARD.r + STANDARD.s);
});

t.test('a signature made by OpenSSL holds, and not for another text', async (t) => {
  const { message, privateKeyHex, publicKeyHex130, opensslSignatureRsHex } = published.sm2OpensslCrossFixture;
  t.equal(keyOf(privateKeyHex).publicKey, publicKeyHex130);
  t.ok(verify(message, base64(opensslSignatureRsHex), publicKeyHex130));
  t.notOk(verify(`${message} `, base64(opensslSignatureRsHex), publicKeyHex130));
});

t.test(
  'keys are read from hex and base64, with what stands before them, and nothing else is one',
  async (t) => {
    const { privateKeyHex, publicKeyHex130 } = published.sm2OpensslCrossFixture;
    for (const text of [
      privateKeyHex,
      base64(privateKeyHex),
      base64(`00${privateKeyHex}`),
      ` ${privateKeyHex}\n`,
    ])
      t.equal(signingKeyOf(text)?.privateKey, privateKeyHex);
    for (const text of [publicKeyHex130, publicKeyHex130.slice(2), base64(publicKeyHex130)])
      t.equal(publicKeyOf(text), publicKeyHex130);
    const offTheCurve = `${publicKeyHex130.slice(0, -1)}${publicKeyHex130.endsWith('0') ? '1' : '0'}`;
    for (const text of ['', 'x', '00'.repeat(32), 'ff'.repeat(32), publicKeyHex130])
      t.equal(signingKeyOf(text), undefined, text);
    for (const text of ['', 'x', '00'.repeat(64), offTheCurve, privateKeyHex])
      t.equal(publicKeyOf(text), undefined, text);
  },
);

t.test(
  'what was signed verifies; any other text, signature or key does not, and nothing throws',
  async () => {
    const key = keyOf(STANDARD.privateKey);
    const other = keyOf(published.sm2OpensslCrossFixture.privateKeyHex);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(63),
        fc.integer({ min: 1, max: 255 }),
        (text, at, flip) => {
          const signature = sign(text, key);
          const bytes = Buffer.from(signature, 'base64');
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          return (
            bytes.length === 64 &&
            verify(text, signature, key.publicKey) &&
            !verify(`${text}x`, signature, key.publicKey) &&
            !verify(text, bytes.toString('base64'), key.publicKey) &&
            !verify(text, signature, other.publicKey)
          );
        },
      ),
      { numRuns: 15 },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 60, maxLength: 68 }),
        (bytes) => !verify('text', Buffer.from(bytes).toString('base64'), key.publicKey),
      ),
      { numRuns: 30 },
    );
  },
);
