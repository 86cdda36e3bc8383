import fc from 'fast-check';
import t from 'tap';
import { checkCodes, holdsOn, isOver, type KnownCodes } from '../../../src/settlement/catalogues/rules.ts';
import type { Charge } from '../../../src/settlement/port.ts';

const day = '2026-03-02';

function charge(nationalCode: string, price: string, localCode = `L-${nationalCode}`): Charge {
  return { line: nationalCode, nationalCode, localCode, name: '项目', count: '1', price, amountFen: 100 };
}

const NOTHING: KnownCodes = {
  hasItems: false,
  items: new Map(),
  limits: new Map(),
  mappings: new Map(),
  hasMappings: false,
};

t.test('where nothing is on file nothing is said', async (t) => {
  t.same(checkCodes([charge('A', '1000')], NOTHING, { day }), []);
});

t.test('codes that are unknown, struck out, not yet or no longer valid', async (t) => {
  const items = new Map([
    ['A', [{ valid: true }]],
    ['B', [{ valid: false }]],
    ['C', [{ valid: true, validFrom: '2026-03-03' }]],
    ['D', [{ valid: true, validTo: '2026-03-01' }]],
    [
      'E',
      [
        { valid: true, validTo: '2026-03-01' },
        { valid: true, validFrom: day, validTo: day },
      ],
    ],
  ]);
  const charges = ['A', 'B', 'C', 'D', 'E', 'F'].map((code) => charge(code, '1'));
  t.same(checkCodes(charges, { ...NOTHING, hasItems: true, items }, { day }), [
    { index: 1, line: 'B', note: 'invalid-code' },
    { index: 2, line: 'C', note: 'invalid-code' },
    { index: 3, line: 'D', note: 'invalid-code' },
    { index: 5, line: 'F', note: 'unknown-code' },
  ]);
});

t.test(
  'a price is over the limit of this class of institutions, or of all where the class is not known',
  async (t) => {
    const limits = new Map([
      [
        'A',
        [
          { valid: true, priceLimit: '30.00', heldFor: '1' },
          { valid: true, priceLimit: '40', heldFor: '2' },
          { valid: true, priceLimit: '99', heldFor: '1', validTo: '2025-12-31' },
        ],
      ],
    ]);
    const noted = (price: string, level?: string) =>
      checkCodes([charge('A', price)], { ...NOTHING, limits }, { day, level }).map((note) => note.priceLimit);
    t.same(noted('30', '1'), []);
    t.same(noted('30.000001', '1'), ['30.00']);
    t.same(noted('40', '2'), []);
    t.same(noted('40.01', '2'), ['40']);
    t.same(noted('35'), []);
    t.same(noted('41'), ['40']);
    t.same(noted('1000', '3'), [], 'no limit holds for it');
  },
);

t.test('local codes without a match, or matched to another code', async (t) => {
  const mappings = new Map([
    ['L-A', 'A'],
    ['L-B', 'X'],
  ]);
  const charges = ['A', 'B', 'C'].map((code) => charge(code, '1'));
  t.same(checkCodes(charges, { ...NOTHING, mappings, hasMappings: true }, { day }), [
    { index: 1, line: 'B', note: 'mapped-elsewhere', nationalCode: 'X' },
    { index: 2, line: 'C', note: 'unmapped' },
  ]);
});

t.test('decimals are compared by their digits', async (t) => {
  t.ok(isOver('0.10000001', '0.1'));
  t.notOk(isOver('9007199254740992.1', '9007199254740992.1'));
  t.ok(isOver('9007199254740993', '9007199254740992'));
  t.notOk(isOver('rubbish', '0'));
  t.notOk(isOver('1', ''));
  const decimal = fc.tuple(fc.nat(1_000_000), fc.nat(999_999)).map(([whole, part]) => {
    return {
      text: `${whole}.${String(part).padStart(6, '0')}`,
      value: BigInt(whole) * 1_000_000n + BigInt(part),
    };
  });
  fc.assert(fc.property(decimal, decimal, (a, b) => isOver(a.text, b.text) === a.value > b.value));
});

t.test('an entry holds from its first day to its last', async (t) => {
  t.ok(holdsOn({ valid: true }, day));
  t.ok(holdsOn({ valid: true, validFrom: day, validTo: day }, day));
  t.notOk(holdsOn({ valid: false }, day));
});
