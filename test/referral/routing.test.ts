import fc from 'fast-check';
import t from 'tap';
import { LEVELS, type Level } from '../../schemas/organisation.ts';
import { route } from '../../src/referral/routing.ts';

const own = { code: 'OWN1', name: '本院', level: 'township' } as const;
const link = {};

t.test('the direction follows from the levels unless the caller says it', async (t) => {
  const to = (level: Level, direction?: 'up' | 'down' | 'across') => {
    const routed = route(own, [{ code: 'PEER', name: '', level, link }], 'PEER', direction);
    return routed.ok ? routed.value.direction : routed.error;
  };
  t.same(
    LEVELS.map((level) => to(level)),
    ['down', 'across', 'up', 'up', 'up'],
  );
  t.equal(to('village', 'up'), 'up');
});

t.test('there is no route to oneself, to a stranger, or without a link', async (t) => {
  const peers = [
    { code: 'OWN1', name: '', level: 'city', link },
    { code: 'PEER', name: '', level: 'city' },
  ] as const;
  t.same(route(own, peers, 'OWN1'), { ok: false, error: 'to-self' });
  t.same(route(own, peers, 'PEER'), { ok: false, error: 'no-route' });
  t.same(route(own, peers, 'ELSE'), { ok: false, error: 'no-route' });
});

t.test('what is sent up comes back down', async () => {
  const level = fc.constantFrom(...LEVELS);
  fc.assert(
    fc.property(level, level, (here, there) => {
      const from = (a: Level, b: Level) => {
        const routed = route({ ...own, level: a }, [{ code: 'PEER', name: '', level: b, link }], 'PEER');
        return routed.ok && routed.value.direction;
      };
      const back = { up: 'down', down: 'up', across: 'across' } as const;
      const there_ = from(here, there);
      return there_ !== false && from(there, here) === back[there_];
    }),
  );
});
