import fc from 'fast-check';
import t from 'tap';
import type { Agreement, RouteRequest } from '../../schemas/directory.ts';
import { LEVELS, type Level } from '../../schemas/organisation.ts';
import { type Entry, knowledgeOf, route } from '../../src/referral/routing.ts';

const DAY = '2026-03-02';
const own: Entry = {
  code: 'VILLAGE01',
  name: '前进村卫生室',
  level: 'village',
  division: '111111001001',
  parent: 'TOWN01',
};
const link = {};
const town: Entry = { code: 'TOWN01', name: '镇卫生院', level: 'township', parent: 'COUNTY01', link };
const county: Entry = {
  code: 'COUNTY01',
  name: '县人民医院',
  level: 'county',
  division: '111111',
  parent: 'CITY01',
  services: ['血液透析'],
  departments: [{ code: '03', name: '心血管内科', beds: 2 }],
  capabilities: ['导管室'],
};
const second: Entry = { ...county, code: 'COUNTY02', name: '县中医院', division: '111112' };
const city: Entry = { ...county, code: 'CITY01', name: '市医院', level: 'city', parent: undefined };

function told(others: readonly Entry[], request: RouteRequest, agreements: readonly Agreement[] = []) {
  const found = route(knowledgeOf(own, others, agreements), request, DAY);
  return found.ok ? `${found.value.by} ${found.value.way.map(({ code }) => code).join(' ')}` : found.error;
}
const all = [town, county, second, city];
const cardiology = { need: { department: '心血管内科' } };

t.test('an address is reached over its link, or through those that stand above', async (t) => {
  t.equal(told(all, { to: 'TOWN01' }), 'address TOWN01');
  t.equal(told(all, { to: 'COUNTY02' }), 'address TOWN01 COUNTY01 CITY01 COUNTY02');
  t.equal(told([{ ...town, link: undefined }, county], { to: 'COUNTY01' }), 'no-route');
});

t.test('what can’t be sent to is refused, each for its own reason', async (t) => {
  t.equal(told(all, { to: own.code }), 'to-self');
  t.equal(told(all, { to: 'NOBODY01' }), 'unknown-organisation');
  t.equal(told([town, { ...county, closedFrom: DAY }], { to: 'COUNTY01' }), 'closed-organisation');
  t.equal(told([town, { ...county, opensOn: '2026-03-03' }], { to: 'COUNTY01' }), 'closed-organisation');
  t.equal(
    told([town, { ...county, closedFrom: '2026-03-03' }], { to: 'COUNTY01' }),
    'address TOWN01 COUNTY01',
  );
  t.equal(told(all, { to: 'TOWN01', ...cardiology }), 'not-capable');
  t.equal(told(all, { need: { department: '眼科' } }), 'no-capable');
  t.equal(told([{ ...town, link: undefined }, county], cardiology), 'no-route');
});

t.test('without an address it climbs the ladder to the nearest that has what is needed', async (t) => {
  t.equal(told(all, { need: {} }), 'ladder TOWN01');
  t.equal(told(all, cardiology), 'ladder TOWN01 COUNTY01', 'by division, then the shorter way');
  t.equal(told(all, { need: { department: '03', beds: 2 } }), 'ladder TOWN01 COUNTY01');
  t.equal(told(all, { need: { department: '03', beds: 3 } }), 'no-capable');
  t.equal(told(all, { need: { service: '血液透析', capabilities: ['导管室'] } }), 'ladder TOWN01 COUNTY01');
  const closed = { ...county, closedFrom: '2026-01-01' };
  t.equal(told([town, closed, city], cardiology), 'ladder TOWN01 COUNTY01 CITY01', 'it still passes on');
});

t.test('partners go first within a level, or before all levels where that is asked for', async (t) => {
  const agreement: Agreement = {
    code: 'A1',
    name: '县域医共体',
    kind: 'county-community',
    members: [own.code, 'COUNTY02', 'CITY01'],
  };
  t.equal(told(all, cardiology, [agreement]), 'agreement TOWN01 COUNTY01 CITY01 COUNTY02');
  t.equal(told(all, { need: {} }, [agreement]), 'ladder TOWN01', 'the nearer level goes first');
  t.match(told(all, { need: { prefer: 'agreement' } }, [agreement]), /^agreement .* COUNTY02$/);
  t.equal(told(all, cardiology, [{ ...agreement, until: '2026-03-01' }]), 'ladder TOWN01 COUNTY01');
  t.equal(told(all, cardiology, [{ ...agreement, about: ['眼科'] }]), 'ladder TOWN01 COUNTY01');
});

t.test(
  'the direction follows from the levels unless the caller says it, and the way back is the opposite',
  async () => {
    const level = fc.constantFrom(...LEVELS);
    const from = (a: Level, b: Level) => {
      const known = knowledgeOf({ ...own, level: a }, [{ code: 'PEER', name: '', level: b, link }]);
      const found = route(known, { to: 'PEER' }, DAY);
      return found.ok ? found.value.direction : found.error;
    };
    const back: Record<string, string> = { up: 'down', down: 'up', across: 'across' };
    fc.assert(fc.property(level, level, (a, b) => from(b, a) === back[from(a, b)]));
    const down = route(knowledgeOf(own, [town]), { to: 'TOWN01', direction: 'down' }, DAY);
    t.equal(down.ok && down.value.direction, 'down');
  },
);

t.test('the same directory in any order gives the same route', async () => {
  const shuffled = fc.shuffledSubarray(all, { minLength: all.length });
  fc.assert(fc.property(shuffled, (others) => told(others, cardiology) === told(all, cardiology)));
});
