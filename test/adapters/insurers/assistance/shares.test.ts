import fc from 'fast-check';
import t from 'tap';
import { baseOf, capOf, ratioOf, shareOf, splitOf } from '../../../../adapters/insurers/assistance/shares.ts';
import type { Share, Split } from '../../../../src/settlement/port.ts';

const share = (place: Share['place'], fundFen: number, inScopeFen: number): Share => ({
  insurer: place,
  place,
  split: { ...splitOf({ leftFen: 0 }, inScopeFen, 0), fundFen } as Split,
});

t.test('the base is what the insurers left within the scope of the policy', async (t) => {
  t.equal(baseOf({ leftFen: 500, before: [share('basic', 600, 1_000)] }), 400);
  t.equal(baseOf({ leftFen: 300, before: [share('basic', 600, 1_000)] }), 300, 'never more than is left');
  t.equal(
    baseOf({ leftFen: 500, before: [share('basic', 600, 1_000), share('supplementary', 300, 0)] }),
    100,
  );
  t.equal(baseOf({ leftFen: 500, before: [share('basic', 1_200, 1_000)] }), 0);
  t.equal(baseOf({ leftFen: 500, before: [] }), 500);
});

t.test('a ratio is read from its text, and is at most one', async (t) => {
  const cases: [string, number | undefined][] = [
    ['0.7', 7_000],
    ['1', 10_000],
    ['0.6550', 6_550],
    ['0', 0],
    ['', undefined],
    ['70', undefined],
    ['1.1', undefined],
    ['0.00001', undefined],
    ['-0.7', undefined],
    ['7e-1', undefined],
  ];
  for (const [text, ratio] of cases) t.equal(ratioOf(text), ratio, text);
});

t.test('a cap that their service did not find is none', async (t) => {
  t.equal(capOf('500.00'), 50_000);
  t.equal(capOf('0'), 0);
  t.equal(capOf('-1.00'), undefined);
  t.equal(capOf('-301.00'), undefined);
  t.equal(capOf('lots'), undefined);
});

t.test('the share is never more than the base, the cap or what is left', async (t) => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(10_000), fc.nat(10_000_000), (baseFen, ratio, capFen) => {
      const fen = shareOf(baseFen, ratio, capFen);
      const { cashFen, fundFen, totalFen } = splitOf({ leftFen: baseFen }, baseFen, fen);
      return (
        Number.isSafeInteger(fen) &&
        fen >= 0 &&
        fen <= baseFen &&
        fen <= capFen &&
        cashFen + fundFen === totalFen
      );
    }),
  );
  t.equal(shareOf(492, 7_000, 50_000), 344, 'to the nearest fen');
  t.equal(shareOf(100_000, 7_000, 50_000), 50_000);
});
