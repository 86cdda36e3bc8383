import fc from 'fast-check';
import t from 'tap';
import { isPublicAddress } from '../../../src/events/port.ts';
import { ATTEMPTS_MAX, DELAYS_MS, verdictOf, webhookUrlOf } from '../../../src/events/webhooks/rules.ts';

t.test('2xx is delivered, 410 is the end, all else is tried ten times', async (t) => {
  for (const status of [200, 201, 202, 204, 299]) t.equal(verdictOf({ status }, 1, 0.5).is, 'delivered');
  t.equal(verdictOf({ status: 410 }, 1, 0.5).is, 'gone');
  for (const status of [301, 302, 307, 400, 404, 429, 500, 503]) {
    t.equal(verdictOf({ status }, 1, 0.5).is, 'retry', String(status));
    t.equal(verdictOf({ status }, ATTEMPTS_MAX, 0.5).is, 'dead', String(status));
  }
  t.equal(verdictOf(undefined, 3, 0.5).is, 'retry', 'no answer');
});

t.test('the delays are those of Standard Webhooks, moved by a fifth at most', async (t) => {
  t.equal(ATTEMPTS_MAX, 10);
  const total = DELAYS_MS.reduce((sum, delay) => sum + delay, 0);
  t.equal(total, ((75 * 60 + 35) * 60 + 5) * 1_000, '75 h 35 min 5 s, as the specification says');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const verdict = verdictOf({ status: 500 }, attempt, random);
        const delay = DELAYS_MS[attempt - 1]!;
        t.ok(verdict.is === 'retry' && verdict.pauseMs === 0);
        t.ok(
          verdict.is === 'retry' && verdict.delayMs >= delay * 0.8 - 1 && verdict.delayMs <= delay * 1.2 + 1,
        );
      },
    ),
  );
  t.end();
});

t.test('who is overloaded is left alone, for as long as he asks but no longer than a day', async (t) => {
  for (const status of [429, 502, 504]) {
    t.match(verdictOf({ status }, 1, 0.5), { is: 'retry', pauseMs: 30_000, delayMs: 30_000 });
    const asked = verdictOf({ status, retryAfterMs: 600_000 }, 1, 0.5);
    t.match(asked, { is: 'retry', pauseMs: 600_000, delayMs: 600_000 });
  }
  t.match(verdictOf({ status: 429, retryAfterMs: 1e12 }, 1, 0.5), { pauseMs: 86_400_000 });
});

t.test('addresses within a network are none for a webhook, whatever they are written like', async (t) => {
  const inside = [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'not an address',
  ];
  for (const address of inside) t.notOk(isPublicAddress(address), address);
  for (const address of ['114.114.114.114', '2400:3200::1', '::ffff:114.114.114.114']) {
    t.ok(isPublicAddress(address), address);
  }
});

t.test('a webhook is at a public https address, or on the list', async (t) => {
  const hosts = ['10.0.0.8:8080', 'his.hospital', '[::1]:9000'];
  const refused = [
    'http://his.example.com/',
    'https://10.0.0.9/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://localhost/',
    'https://a.localhost/',
    'https://his/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.9]/',
    'https://user:word@his.example.com/',
    'https://his.example.com/#part',
    'ftp://his.example.com/',
    'nonsense',
    'http://10.0.0.8/',
    'http://10.0.0.8:8081/',
  ];
  for (const url of refused) t.notOk(webhookUrlOf(url, hosts).ok, url);
  for (const url of ['https://his.example.com/hook?x=1', 'https://114.114.114.114:8443/']) {
    t.match(webhookUrlOf(url, hosts), { ok: true, value: { anywhere: false } }, url);
  }
  for (const url of [
    'http://10.0.0.8:8080/hook',
    'http://his.hospital/x',
    'https://HIS.hospital:81/',
    'http://[::1]:9000/',
  ]) {
    t.match(webhookUrlOf(url, hosts), { ok: true, value: { anywhere: true } }, url);
  }
});
