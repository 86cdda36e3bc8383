import fc from 'fast-check';
import t from 'tap';
import type { Identity } from '../../schemas/identity.ts';
import type { Assurance } from '../../schemas/reading.ts';
import { compared, type NamedReading, oneIdentity, statedDifferences } from '../../src/card/one-identity.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';
import { numberWith, OLD_SAMPLE_NUMBER } from './numbers.ts';

const person: Identity = {
  documentType: 'resident-id',
  documentNumber: SAMPLE_NUMBER,
  name: SAMPLE_NAME,
  sex: 'male',
  birthDate: '1981-01-01',
};

let readings = 0;

function reading(identity: Partial<Identity>, assurance: Assurance = 'chip-read'): NamedReading {
  readings += 1;
  return {
    id: `r${readings}`,
    kind: 'typed',
    madeAt: '',
    validUntil: '',
    holder: 'read',
    verifiedBy: assurance === 'chip-authenticated' ? 'sam' : 'nobody',
    assurance,
    identity: { ...person, ...identity },
    notes: [],
  };
}

t.test('several readings of one person become one, with the assurance of the surest', async (t) => {
  const card = reading({ cardId: 'A'.repeat(32), cardNumber: 'X00000027', name: '张 三', sex: 'unknown' });
  const id = reading({}, 'chip-authenticated');
  const code = reading({ insuranceCodeToken: 'token' }, 'code-verified');
  const one = oneIdentity([code, card, id]);
  t.same(one, {
    identity: {
      ...person,
      cardId: 'A'.repeat(32),
      cardNumber: 'X00000027',
      insuranceCodeToken: 'token',
    },
    assurance: 'chip-authenticated',
    verifiedBy: 'sam',
    readings: [code.id, card.id, id.id],
    differences: [],
  });
  t.match(oneIdentity([card]), { assurance: 'chip-read', readings: [card.id] });
});

t.test('the two numbers of a card come from one card', async (t) => {
  const one = reading({ cardId: 'A'.repeat(32) });
  const other = reading({ cardId: 'B'.repeat(32), cardNumber: 'X00000027' });
  t.strictSame(oneIdentity([one, other]).identity, { ...person, cardId: 'A'.repeat(32) });
});

t.test('what is written otherwise and means the same is told', async (t) => {
  const old = reading({ documentNumber: OLD_SAMPLE_NUMBER, name: '张\ufffd' }, 'typed');
  const one = oneIdentity([old, reading({})]);
  t.same(one.differences, ['number', 'name']);
  t.match(one.identity, { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME });
});

t.test('different persons are refused, by the fields and never the values', async (t) => {
  const cases: [change: Partial<Identity>, fields: string][] = [
    [{ documentNumber: numberWith({ order: '113' }) }, 'number'],
    [{ name: '李四' }, 'name'],
    [{ sex: 'female' }, 'sex'],
    [{ birthDate: '1981-01-02' }, 'birthDate'],
    [{ name: '李四', sex: 'female' }, 'name,sex'],
    [{ documentType: 'passport', documentNumber: 'E00000001', birthDate: '1981-01-02' }, 'number,birthDate'],
    [{ documentType: 'passport', documentNumber: 'E00000001', name: '张\ufffd' }, 'number'],
  ];
  for (const [change, fields] of cases) {
    try {
      oneIdentity([reading({}, 'chip-authenticated'), reading(change)]);
      t.fail(fields);
    } catch (error) {
      t.match(error, { code: 'identity.differs', context: { facts: { fields } } });
      t.notMatch(JSON.stringify(error), /张三|1111|1981/);
    }
  }
});

t.test('of several readings each is compared with each', async (t) => {
  const passport = { documentType: 'passport', documentNumber: 'E00000001' } as const;
  const blank = { sex: 'unknown' } as const;
  const readings = [reading({ ...blank, sex: 'male' }), reading(blank), reading({ sex: 'female' })];
  t.throws(() => oneIdentity(readings), { code: 'identity.differs', context: { facts: { fields: 'sex' } } });
  t.same(
    oneIdentity([reading({}), reading(passport)]).differences,
    ['number'],
    'two documents of one person',
  );
  const typed = reading(
    { documentType: 'other', documentNumber: 'X00000027', cardNumber: 'X00000027' },
    'typed',
  );
  const { birthDate: _day, ...unborn } = typed.identity;
  const card = reading({ cardId: 'A'.repeat(32), cardNumber: 'X00000027' });
  t.same(oneIdentity([card, { ...typed, identity: unborn }]).differences, ['number'], 'a typed card number');
  t.throws(() => oneIdentity([reading({}), { ...typed, identity: unborn }]), { code: 'identity.differs' });
});

t.test('what a caller says besides is held against the issuer, as far as he says it', async (t) => {
  t.same(statedDifferences({}, person), []);
  t.same(statedDifferences({ name: ' 张三', sex: 'unknown' }, person), []);
  t.same(statedDifferences({ name: '李四', birthDate: '1990-01-01' }, person), ['name', 'birthDate']);
  t.same(statedDifferences({ name: '李四' }, undefined), []);
});

t.test('who is compared with whom does not matter', async (t) => {
  const identity = fc.record({
    documentType: fc.constantFrom('resident-id' as const, 'passport' as const, 'other' as const),
    documentNumber: fc.constantFrom(SAMPLE_NUMBER, OLD_SAMPLE_NUMBER, 'E00000001'),
    name: fc.constantFrom(SAMPLE_NAME, '张 三', '张\ufffd', '李四'),
    sex: fc.constantFrom('male' as const, 'female' as const, 'unknown' as const),
    birthDate: fc.constantFrom('1981-01-01', '1981-01-02'),
  });
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      t.strictSame(compared(one, other), compared(other, one));
      t.strictSame(compared(one, one).different, []);
    }),
  );
});
