import fc from 'fast-check';
import t from 'tap';
import { ageOn, personFacts } from '../../../src/referral/forms/person.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';

const sample = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME } as const;

t.test('a citizen number tells birth and sex; what the identity says counts more', async (t) => {
  t.match(personFacts(sample), { birthDate: '1981-01-01', sex: { code: '1' } });
  t.match(personFacts({ ...sample, sex: 'female', birthDate: '1981-01-02' }), {
    birthDate: '1981-01-02',
    sex: { code: '2', name: '女性', table: 'GB/T 2261.1-2003' },
  });
});

t.test('what nobody says is unstated, not guessed', async (t) => {
  t.match(personFacts({ ...sample, documentType: 'passport' }), {
    birthDate: undefined,
    sex: { code: '9', name: '未说明的性别' },
  });
  t.equal(
    personFacts({ ...sample, documentNumber: sample.documentNumber.replace('0101', '0230') }).birthDate,
    undefined,
  );
});

t.test('an age is written in years, for small children in months, for the newborn in days', async (t) => {
  t.same(ageOn('1981-01-01', '2026-03-02'), { years: 45, months: 2, text: '45岁' });
  t.equal(ageOn('1981-03-02', '2026-03-01')?.years, 44, 'the birthday is tomorrow');
  t.same(ageOn('2025-07-15', '2026-03-14'), { years: 0, months: 7, text: '7月' });
  t.equal(ageOn('2026-02-27', '2026-03-02')?.text, '3天');
  t.equal(ageOn('2026-03-03', '2026-03-02'), undefined, 'not born yet');
});

t.test('an age grows by one on each birthday and never shrinks', async () => {
  const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const text = (at: Date) => at.toISOString().slice(0, 10);
  fc.assert(
    fc.property(day, day, fc.integer({ min: 0, max: 400 }), (birth, at, later) => {
      const age = ageOn(text(birth), text(at));
      if (age === undefined)
        return text(birth) > text(at) || text(birth).slice(0, 7) === text(at).slice(0, 7);
      const next = ageOn(text(birth), text(new Date(at.getTime() + later * 86_400_000)))!;
      const months = ({ years, months }: typeof age) => years * 12 + months;
      return age.months < 12 && months(next) >= months(age) && months(next) - months(age) <= later / 28 + 1;
    }),
  );
});
