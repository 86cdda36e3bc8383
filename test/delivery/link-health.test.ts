import t from 'tap';
import { LinkHealth } from '../../src/delivery/link-health.ts';

t.test('a link is down after three failures in a row, and up at the first answer', async (t) => {
  const health = new LinkHealth();
  t.same(
    [0, 1, 2].map((at) => health.failed(at, 0)),
    [undefined, undefined, 'down'],
  );
  t.equal(health.room(0, 8, 2), 0, 'it is left alone for a while');
  t.equal(health.room(0, 8, 1_002), 1, 'then tried with one message');
  t.equal(health.room(1, 8, 1_002), 0);
  t.equal(health.answered(), 'up');
  t.equal(health.room(0, 8, 1_002), 8);
});

t.test('a down link is tried ever more seldom', async (t) => {
  const health = new LinkHealth();
  let now = 0;
  for (let i = 0; i < 3; i++) health.failed(now, 0);
  for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
    t.equal(health.room(0, 8, now + waitMs - 1), 0);
    t.equal(health.room(0, 8, now + waitMs), 1);
    now += waitMs;
    t.equal(health.failed(now, 0), undefined);
  }
});

t.test('messages that were under way together fail as one: a short outage is a short wait', async (t) => {
  const health = new LinkHealth();
  for (let i = 0; i < 8; i++) health.failed(i, 0);
  t.equal(health.room(0, 8, 1_010), 1);
});

t.test('the first answer since the start is news, and any that ends an outage', async (t) => {
  const health = new LinkHealth();
  t.ok(health.answerIsNews);
  health.answered();
  t.notOk(health.answerIsNews);
  for (let i = 0; i < 3; i++) health.failed(0, 0);
  t.ok(health.answerIsNews);
});
