import t from 'tap';
import { COST, flawOf, Passwords } from '../../../src/access/users/passwords.ts';

const cheap = new Passwords({ N: 16, r: 8, p: 1 });

t.test('a password is found again by its hash, and by nothing else', async (t) => {
  const hash = await cheap.hashOf('made-up-secret-1');
  t.match(hash, /^scrypt\$16\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  t.equal(await cheap.matches('made-up-secret-1', hash), true);
  t.equal(await cheap.matches('made-up-secret-2', hash), false);
  t.equal(await cheap.matches('made-up-secret-1', undefined), false, 'nobody has a password');
  t.not(await cheap.hashOf('made-up-secret-1'), hash, 'each hash has a salt of its own');
});

t.test('a hash of another cost is still checked', async (t) => {
  const hash = await new Passwords({ N: 32, r: 8, p: 2 }).hashOf('密码made-up1');
  t.equal(await cheap.matches('密码made-up1', hash), true);
});

t.test('the cost is what OWASP asks for', async (t) => {
  t.strictSame(COST, { N: 32_768, r: 8, p: 3 });
});

t.test('composed and decomposed characters are the same password', async (t) => {
  t.equal(await cheap.matches('caf\u0065\u0301-made-up', await cheap.hashOf('caf\u00e9-made-up')), true);
});

t.test('more than can wait for their turn are told to come back', async (t) => {
  const answers = await Promise.allSettled(
    Array.from({ length: 67 }, () => cheap.hashOf('made-up-secret-1')),
  );
  t.equal(answers.filter(({ status }) => status === 'rejected').length, 3);
  t.match(answers.at(-1), { reason: { code: 'gateway.busy' } });
  t.ok(await cheap.hashOf('made-up-secret-1'), 'later there is room again');
});

t.test('what a new password must not be', async (t) => {
  t.match(flawOf('short', 'wang'), /10 characters/);
  t.match(flawOf('ababababababab', 'wang'), /different/);
  t.match(flawOf('xyz-WANG-1234', 'wang'), /name/);
  t.equal(flawOf('made-up-secret-1', 'wang'), undefined);
});
