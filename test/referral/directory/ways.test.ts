import fc from 'fast-check';
import t from 'tap';
import { HOPS_MAX } from '../../../schemas/delivery.ts';
import { type Place, WayMap } from '../../../src/referral/directory/ways.ts';

interface Network {
  readonly parents: ReadonlyMap<string, string | undefined>;
  /** Links between organisations of which neither is the other's parent. */
  readonly extra: readonly (readonly [string, string])[];
}

/** A forest up to five levels deep, as parents by number, and some links across it. */
const networks: fc.Arbitrary<Network> = fc
  .integer({ min: 2, max: 14 })
  .chain((size) =>
    fc.record({
      parents: fc.tuple(...Array.from({ length: size }, (_, i) => fc.integer({ min: -1, max: i - 1 }))),
      extra: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 4 }),
    }),
  )
  .map(({ parents, extra }) => {
    const depths: number[] = [];
    const kept = parents.map((parent, i) => {
      const depth = parent < 0 ? 0 : depths[parent]! + 1;
      depths[i] = depth > 4 ? 0 : depth;
      return [nameOf(i), parent < 0 || depth > 4 ? undefined : nameOf(parent)] as const;
    });
    const across = extra.filter(([a, b]) => a !== b).map(([a, b]) => [nameOf(a), nameOf(b)] as const);
    return { parents: new Map(kept), extra: across };
  });

function nameOf(index: number): string {
  return `O${String(index).padStart(3, '0')}`;
}

/** What one organisation's gateway knows: the forest, and its own links. */
function mapOf({ parents, extra }: Network, own: string): WayMap {
  const linked = new Set(extra.filter((pair) => pair.includes(own)).flat());
  const places = [...parents].map(([code, parent]): [string, Place] => {
    const isLinked = linked.has(code) || parent === own || parents.get(own) === code;
    return [code, { code, parent, link: isLinked && code !== own ? {} : undefined }];
  });
  return new WayMap(own, new Map(places));
}

function above({ parents }: Network, code: string): string[] {
  const parent = parents.get(code);
  return parent === undefined ? [] : [parent, ...above({ parents, extra: [] }, parent)];
}

/** Whether there is a way by rights: within a tree, or over one link of the sender's own and down from there. */
function mayReach(network: Network, from: string, to: string): boolean {
  const [ours, theirs] = [from, to].map((code) => [code, ...above(network, code)]) as [string[], string[]];
  if (ours.some((code) => theirs.includes(code))) return true;
  return network.extra.some((pair) => pair.includes(from) && pair.some((code) => theirs.includes(code)));
}

/** Lets each gateway on the way decide for itself, as the relay does; all that were passed, or why not. */
function travel(network: Network, from: string, to: string): string[] | string {
  const passed = [from];
  while (passed.at(-1) !== to) {
    const at = passed.at(-1)!;
    const hop = mapOf(network, at).hopTo(to, passed);
    if (!hop.ok) return hop.error;
    if (passed.includes(hop.value)) return 'loop';
    if (passed.length > 1 + HOPS_MAX) return 'far';
    if (passed.length > 1 && !mapOf(network, hop.value).mayPassOn(at, from)) return 'not passed on';
    passed.push(hop.value);
  }
  return passed;
}

const pairs = networks.chain((network) => {
  const codes = [...network.parents.keys()];
  return fc.tuple(fc.constant(network), fc.constantFrom(...codes), fc.constantFrom(...codes));
});

t.test(
  'a message arrives wherever there is a way, passes nobody twice, and is passed on by all',
  async (t) => {
    fc.assert(
      fc.property(pairs, ([network, from, to]) => {
        fc.pre(from !== to);
        const passed = travel(network, from, to);
        return mayReach(network, from, to) ? Array.isArray(passed) : passed === 'no-way';
      }),
      { numRuns: 500 },
    );
    t.pass();
  },
);

t.test('the way that is shown is one that can be gone, and always the same', async (t) => {
  fc.assert(
    fc.property(pairs, ([network, from, to]) => {
      fc.pre(from !== to);
      const [way, again] = [mapOf(network, from).wayTo(to), mapOf(network, from).wayTo(to)];
      if (!mayReach(network, from, to)) return way === undefined;
      return (
        way !== undefined &&
        way.join() === again?.join() &&
        way.at(-1) === to &&
        new Set([from, ...way]).size === way.length + 1
      );
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('parents in a circle lead nowhere, but never round and round', async (t) => {
  const places = new Map<string, Place>([
    ['SELF', { code: 'SELF', parent: 'A' }],
    ['A', { code: 'A', parent: 'B' }],
    ['B', { code: 'B', parent: 'A', link: {} }],
    ['C', { code: 'C', parent: 'NOBODY' }],
  ]);
  const ways = new WayMap('SELF', places);
  t.same(ways.hopTo('A'), { ok: true, value: 'B' });
  t.same(ways.hopTo('A', ['B']), { ok: false, error: 'no-way' });
  t.same(ways.hopTo('C'), { ok: false, error: 'no-way' });
  t.same(ways.hopTo('NOBODY'), { ok: false, error: 'unknown' });
  t.same(ways.hopTo('SELF'), { ok: false, error: 'no-way' });
});

t.test('whoever is not on the way may not speak for others', async (t) => {
  const places = new Map<string, Place>(
    [
      { code: 'TOWN', parent: 'COUNTY' },
      { code: 'VILLAGE', parent: 'TOWN', link: {} },
      { code: 'OTHER', parent: 'TOWN', link: {} },
      { code: 'COUNTY', link: {} },
    ].map((place) => [place.code, place]),
  );
  const ways = new WayMap('TOWN', places);
  t.equal(ways.mayPassOn('VILLAGE', 'COUNTY'), false);
  t.equal(ways.mayPassOn('VILLAGE', 'OTHER'), false);
  t.equal(ways.mayPassOn('COUNTY', 'OTHER'), true);
  t.equal(new WayMap('COUNTY', places).mayPassOn('TOWN', 'VILLAGE'), true);
});
