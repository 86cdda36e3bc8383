import fc from 'fast-check';
import t from 'tap';
import { checksumHolds, citizenFacts, isSameNumber, modernNumber } from '../../src/card/citizen-number.ts';
import { SAMPLE_NUMBER } from '../helper.ts';
import { numberWith, OLD_SAMPLE_NUMBER } from './numbers.ts';

t.test('the check character of the sample number holds, and no other in its place', async (t) => {
  const stem = SAMPLE_NUMBER.slice(0, 17);
  t.strictSame(
    [...'0123456789X'].filter((character) => checksumHolds(stem + character)),
    ['0'],
  );
  t.notOk(checksumHolds(stem));
  t.notOk(checksumHolds(''));
});

t.test('the number says when its holder was born, and of which sex', async (t) => {
  t.same(citizenFacts(SAMPLE_NUMBER), { birthDate: '19810101', sex: 'male' });
  t.same(citizenFacts(numberWith({ order: '110' })), { birthDate: '19810101', sex: 'female' });
  t.equal(citizenFacts(SAMPLE_NUMBER.replace(/0$/, '1')), undefined);
});

t.test('an old number and the one that replaced it are one person’s', async (t) => {
  t.equal(modernNumber(OLD_SAMPLE_NUMBER), SAMPLE_NUMBER);
  t.equal(modernNumber(SAMPLE_NUMBER), undefined);
  t.ok(isSameNumber(OLD_SAMPLE_NUMBER, SAMPLE_NUMBER));
  t.ok(isSameNumber(SAMPLE_NUMBER, OLD_SAMPLE_NUMBER));
  t.ok(isSameNumber('e00000001', 'E00000001'));
  t.notOk(isSameNumber(OLD_SAMPLE_NUMBER, numberWith({ order: '113' })));
  t.notOk(isSameNumber(SAMPLE_NUMBER, numberWith({ birth: '20810101' })), 'a hundred years later');
});

t.test('any mistyped digit and any two neighbours exchanged are found', async () => {
  const at = fc.integer({ min: 0, max: 16 });
  fc.assert(
    fc.property(at, fc.constantFrom(...'0123456789'), (place, digit) => {
      const typed = SAMPLE_NUMBER.slice(0, place) + digit + SAMPLE_NUMBER.slice(place + 1);
      return typed === SAMPLE_NUMBER || !checksumHolds(typed);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), (place) => {
      const [a, b] = [SAMPLE_NUMBER[place]!, SAMPLE_NUMBER[place + 1]!];
      const typed = SAMPLE_NUMBER.slice(0, place) + b + a + SAMPLE_NUMBER.slice(place + 2);
      return a === b || !checksumHolds(typed);
    }),
  );
});
