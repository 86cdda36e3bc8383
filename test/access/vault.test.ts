import fc from 'fast-check';
import t from 'tap';
import { dataKeyOf, Vault } from '../../src/access/vault.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

const vault = new Vault(Buffer.alloc(32, 7));

t.test('what was sealed opens again: text, bytes and JSON', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
      Buffer.from(bytes).equals(vault.open('a thing', vault.seal('a thing', bytes))),
    ),
  );
  t.equal(vault.open('name', vault.seal('name', SAMPLE_NAME)).toString(), SAMPLE_NAME);
  const value = { name: SAMPLE_NAME, list: [1, null, { amount: '12.30' }] };
  t.same(vault.openJson('person', vault.sealJson('person', value)), value);
});

t.test('the same text is sealed differently each time, and shows nothing of itself', async (t) => {
  const sealed = Array.from({ length: 50 }, () => vault.seal('number', SAMPLE_NUMBER));
  t.equal(new Set(sealed.map((bytes) => bytes.toString('hex'))).size, 50);
  t.ok(sealed.every((bytes) => !bytes.includes(SAMPLE_NUMBER)));
});

t.test('a change of any one bit is noticed', async (t) => {
  const sealed = vault.seal('number', SAMPLE_NUMBER);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    if (opens(changed)) t.fail(`bit ${bit} was not noticed`);
  }
  t.pass('none slipped through');
});

t.test('what is cut short, empty or random does not open', async (t) => {
  const sealed = vault.seal('number', SAMPLE_NUMBER);
  for (let length = 0; length < sealed.length; length++) {
    if (opens(sealed.subarray(0, length))) t.fail(`${length} bytes opened`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => !opens(bytes)));
  t.pass('none opened');
});

t.test('what was sealed as one thing does not open as another, nor under another key', async (t) => {
  const sealed = vault.seal('request his 1', SAMPLE_NAME);
  t.throws(() => vault.open('request his 2', sealed));
  t.throws(() => new Vault(Buffer.alloc(32, 8)).open('request his 1', sealed));
});

t.test('a fingerprint finds the same value again, and tells kinds, values and keys apart', async (t) => {
  const print = vault.fingerprint('number', SAMPLE_NUMBER);
  t.match(print, /^[\w-]{43}$/);
  t.equal(new Vault(Buffer.alloc(32, 7)).fingerprint('number', SAMPLE_NUMBER), print);
  t.equal(print, 'j6rwznbVKEuJ9qENQPmSx02po1yLbEAL9AdOWP_7smU', 'rows of an earlier version are still found');
  t.not(vault.fingerprint('card', SAMPLE_NUMBER), print);
  t.not(vault.fingerprint('number', `${SAMPLE_NUMBER} `), print);
  t.not(new Vault(Buffer.alloc(32, 8)).fingerprint('number', SAMPLE_NUMBER), print);
});

t.test('a data key is 32 bytes, in hex or base64; anything else is told what it should be', async (t) => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7));
  for (const text of [
    key.toString('hex'),
    key.toString('base64'),
    key.toString('base64url'),
    ` ${key.toString('hex')}\n`,
  ]) {
    t.same(dataKeyOf(text), key);
  }
  for (const text of [
    '',
    'secret',
    key.toString('hex').slice(1),
    `${key.toString('base64')}AAAA`,
    '!'.repeat(44),
  ]) {
    t.throws(() => dataKeyOf(text), { message: /32 bytes/ });
  }
  t.throws(() => new Vault(Buffer.alloc(16)), { message: /32 bytes/ });
});

function opens(bytes: Uint8Array): boolean {
  try {
    vault.open('number', bytes);
    return true;
  } catch {
    return false;
  }
}
