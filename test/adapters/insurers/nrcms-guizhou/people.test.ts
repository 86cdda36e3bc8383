import t from 'tap';
import { eligibilityOf, familyInput, memberOf } from '../../../../adapters/insurers/nrcms-guizhou/people.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';
import { configurationOf, identity } from './helper.ts';

const member = (memberId: string, memberName: string, idCard: string) => ({ memberId, memberName, idCard });

t.test(
  'of a family’s members the one with the document is meant, or the only one of that name',
  async (t) => {
    const idOf = (...members: ReturnType<typeof member>[]) => {
      const found = memberOf({ member: members }, identity);
      return found && eligibilityOf(found).personNumber;
    };
    t.equal(idOf(member('1', '另一人', ''), member('2', SAMPLE_NAME, SAMPLE_NUMBER.toLowerCase())), '2');
    t.equal(
      idOf(member('1', SAMPLE_NAME, 'E00000001'), member('2', '改过名', SAMPLE_NUMBER)),
      '2',
      'numbers first',
    );
    t.equal(idOf(member('1', SAMPLE_NAME, '')), '1');
    t.equal(idOf(member('1', SAMPLE_NAME, 'E00000001')), undefined, 'a namesake with another number');
    t.equal(idOf(member('1', SAMPLE_NAME, ''), member('2', SAMPLE_NAME, '')), undefined, 'two of a name');
    t.equal(
      idOf(member('1', 'x', SAMPLE_NUMBER), member('2', 'y', SAMPLE_NUMBER)),
      undefined,
      'two of a number',
    );
    t.equal(idOf(member('', SAMPLE_NAME, SAMPLE_NUMBER)), undefined, 'nobody to register');
    t.equal(idOf(), undefined);
  },
);

t.test('what a row leaves out is no reason to turn somebody away, what it says is', async (t) => {
  t.match(eligibilityOf({ memberId: '1' }), { insurances: [{ active: true, balanceFen: 0 }], classes: [] });
  t.match(
    eligibilityOf({
      memberId: '1',
      memberStauts: '1',
      account: '12.3499',
      jzmzName: '低保户',
      PoorObject: '低保户',
    }),
    { insurances: [{ active: false, balanceFen: 1_234 }], classes: [{ code: '低保户' }] },
  );
});

t.test('the certificate’s number is the card’s or the document’s, as configured', async (t) => {
  const at = Date.parse('2026-12-31T23:59:59+08:00');
  const of = (more: Parameters<typeof configurationOf>[1]) =>
    familyInput(identity, at, configurationOf('http://x', more));
  t.same(of({}), { year: '2026', medicalNo: 'GZ00000001' });
  t.same(of({ medicalNumber: 'document' }), { year: '2026', medicalNo: SAMPLE_NUMBER });
  t.same(of({ crossProvince: { areaCode: '430100' } }), {
    year: '2026',
    medicalNo: 'GZ00000001',
    idcardNo: SAMPLE_NUMBER,
    areaCode: '430100',
    isTransProvincial: '1',
  });
});
