import t from 'tap';
import {
  certificates,
  chooseInsurance,
  eligibilityOf,
  personFault,
  personInput,
} from '../../../../adapters/insurers/nhsa/people.ts';
import type { Insurance } from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';
import { must, platformParts, sampleBill, specification } from './helper.ts';

const identity = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME } as const;

t.test(
  'a person is asked for by code, by card where the card has both numbers, or by document',
  async (t) => {
    const cardId = 'A'.repeat(32);
    t.match(certificates(identity), {
      mdtrt_cert_type: '02',
      mdtrt_cert_no: SAMPLE_NUMBER,
      psn_cert_type: '01',
    });
    t.match(certificates({ ...identity, cardId, cardNumber: 'A12345678' }), {
      mdtrt_cert_type: '03',
      mdtrt_cert_no: 'A12345678',
      card_sn: cardId,
      certno: SAMPLE_NUMBER,
    });
    t.match(certificates({ ...identity, cardId }), { mdtrt_cert_type: '02', card_sn: '' });
    const token = { ...identity, cardId, cardNumber: 'A12345678', insuranceCodeToken: '430000ecsample' };
    t.match(certificates(token), {
      mdtrt_cert_type: '01',
      mdtrt_cert_no: '430000ecsample',
      card_sn: '',
      psn_cert_type: '01',
      certno: SAMPLE_NUMBER,
    });
    t.equal(specification.requestProblem('1101', personInput(token, '2026-03-02 09:00:00')), undefined);
    for (const documentType of [
      'resident-id',
      'residence-permit',
      'foreigner-permit',
      'passport',
      'other',
    ] as const) {
      const input = personInput({ ...identity, documentType }, '2026-03-02 09:00:00');
      t.equal(specification.requestProblem('1101', input), undefined, documentType);
    }
  },
);

t.test('an answer about somebody else is not used, as far as its number can be compared', (t) => {
  const about = (certno: string) => ({ baseinfo: { psn_no: 'P1', certno } });
  t.equal(personFault(about(SAMPLE_NUMBER), identity), undefined);
  t.match(
    personFault(about(SAMPLE_NUMBER.replace('198101', '199001').replace(/0$/, '5')), identity),
    /another request/,
  );
  t.equal(personFault(about('111***********1110'), identity), undefined, 'masked by the platform');
  t.equal(personFault(about('111111981010111'), identity), undefined, 'of fifteen digits');
  t.equal(personFault(about('E12345678'), { ...identity, documentNumber: 'E12345678' }), undefined);
  t.end();
});

t.test('an answer is read whatever it leaves out', async (t) => {
  t.same(eligibilityOf({}), { personNumber: '', name: '', insurances: [], classes: [] });
  t.ok(personFault({ baseinfo: { psn_no: '' } }, identity));
  t.ok(personFault([], identity));
  const output = {
    baseinfo: [{ psn_no: 'P1', psn_name: '样例乙' }],
    insuinfo: { insutype: '310', balc: '', psn_type: '11' },
    idetinfo: [
      { psn_idet_type: '' },
      { psn_idet_type: '2303', begntime: '2026-01-01 00:00:00', endtime: '' },
    ],
  };
  t.equal(personFault(output, identity), undefined);
  t.same(eligibilityOf(output), {
    personNumber: 'P1',
    name: '样例乙',
    insurances: [{ insutype: '310', personType: '11', active: true, balanceFen: 0, insuredPlace: '' }],
    classes: [{ code: '2303', from: '2026-01-01' }],
  });
});

function insurance(insutype: string, active = true): Insurance {
  return { insutype, personType: '11', active, balanceFen: 0, insuredPlace: '430100' };
}

t.test('the insurance is chosen where it can be told, and asked for where not', async (t) => {
  const [employee, resident, servant] = [insurance('310'), insurance('390'), insurance('320')];
  t.same(chooseInsurance([employee], undefined), { chosen: employee });
  t.same(
    chooseInsurance([servant, employee], undefined),
    { chosen: employee },
    'a supplement adds to a basic one',
  );
  t.same(chooseInsurance([employee, insurance('390', false)], undefined), { chosen: employee });
  t.same(chooseInsurance([employee, resident], undefined), { choices: ['310', '390'] });
  t.same(chooseInsurance([employee, resident], '390'), { chosen: resident });
  t.same(chooseInsurance([employee], '390'), { choices: [] });
  t.same(chooseInsurance([insurance('390', false)], '390'), { choices: [] });
  t.same(chooseInsurance([], undefined), { choices: [] });
});

t.test('a bill for several insurances is asked to choose one', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const two = sampleBill({
    identity: { documentType: 'passport', documentNumber: 'E00000002', name: '样例丙' },
  });
  await t.rejects(insurer.quote(two, journal.exchange), {
    code: 'settlement.choose-insurance',
    context: { facts: { choices: '310,390' } },
  });
  must(await insurer.quote({ ...two, insutype: '390' }, journal.exchange));
  const paused = sampleBill({
    identity: { documentType: 'passport', documentNumber: 'E00000003', name: '样例丁' },
  });
  await t.rejects(insurer.quote(paused, journal.exchange), { code: 'settlement.not-insured' });
  const nobody = sampleBill({
    identity: { documentType: 'passport', documentNumber: 'E00000009', name: '样例戊' },
  });
  t.match(await insurer.quote(nobody, journal.exchange), { kind: 'refused', reason: '未查询到参保人信息' });
});
