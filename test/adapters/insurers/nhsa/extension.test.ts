import fc from 'fast-check';
import t from 'tap';
import {
  type Circumstances,
  isWanted,
  stayContent,
  visitContent,
} from '../../../../adapters/insurers/nhsa/extension.ts';
import type { ReferralNote } from '../../../../src/settlement/port.ts';
import { must, platformParts, sampleBill } from './helper.ts';

const plain: Circumstances = { medType: '11', isReferred: false };

t.test('a visit says whether it is an emergency, a referral, or both', async (t) => {
  const cases: [Partial<Circumstances>, object][] = [
    [{}, { TRUM_FLAG: '0' }],
    [{ emergency: true }, { TRUM_FLAG: '0', OTP_ER_REFL_FLAG: '1' }],
    [{ isReferred: true }, { TRUM_FLAG: '0', OTP_ER_REFL_FLAG: '2' }],
    [
      { emergency: true, isReferred: true },
      { TRUM_FLAG: '0', OTP_ER_REFL_FLAG: '3' },
    ],
    [{ injury: { thirdParty: false } }, { TRUM_FLAG: '1', REL_TTP_FLAG: '0' }],
    [{ injury: { thirdParty: true } }, { TRUM_FLAG: '1', REL_TTP_FLAG: '1' }],
    [{ patientGroup: '3' }, { MDTRT_GRP_TYPE: '3', TRUM_FLAG: '0' }],
  ];
  for (const [change, expected] of cases)
    t.same(JSON.parse(visitContent({ ...plain, ...change })), expected, JSON.stringify(change));
});

t.test('a stay is ordinary, an emergency or a transfer', async (t) => {
  const cases: [Partial<Circumstances>, string][] = [
    [{}, '1'],
    [{ emergency: true }, '2'],
    [{ isReferred: true }, '3'],
    // An emergency counts as filed, so it goes before the transfer.
    [{ emergency: true, isReferred: true }, '2'],
  ];
  for (const [change, type] of cases)
    t.same(JSON.parse(stayContent({ ...plain, medType: '2101', ...change })), {
      TRUM_FLAG: '0',
      IPT_TYPE: type,
    });
});

t.test(
  'whatever else is said, med_type 13 is an emergency, and a third party comes with an injury',
  async (t) => {
    const circumstances = fc.record({
      medType: fc.constantFrom('11', '13', '1301', '14', '2101'),
      emergency: fc.constantFrom(true, undefined),
      injury: fc.constantFrom(undefined, { thirdParty: true }, { thirdParty: false }),
      isReferred: fc.boolean(),
      patientGroup: fc.constantFrom(undefined, '1', '2', '3', '4'),
    });
    fc.assert(
      fc.property(circumstances, (of) => {
        const [visit, stay] = [visitContent(of), stayContent(of)].map((text) => JSON.parse(text));
        const emergency = of.medType.startsWith('13') || of.emergency === true;
        if (emergency !== ['1', '3'].includes(visit.OTP_ER_REFL_FLAG)) return false;
        if (emergency !== (stay.IPT_TYPE === '2')) return false;
        return (visit.REL_TTP_FLAG !== undefined) === (visit.TRUM_FLAG === '1');
      }),
    );
    for (const content of [visitContent, stayContent])
      t.throws(() => content({ ...plain, medType: '13', emergency: false }), { code: 'request.invalid' });
  },
);

t.test('it is sent away from the insured place, or always where the province wants it', async (t) => {
  t.notOk(isWanted({ mdtrtareaAdmvs: '430100' }, '430100'));
  t.notOk(isWanted({ mdtrtareaAdmvs: '430100' }, ''), 'an unknown place counts as local');
  t.ok(isWanted({ mdtrtareaAdmvs: '430100' }, '440100'));
  t.ok(isWanted({ mdtrtareaAdmvs: '430100', extension: 'always' }, '430100'));
});

t.test('on the wire it is JSON within JSON, in 2203, 2206 and 2207', async (t) => {
  const { insurer, journal } = await platformParts(t, { configuration: { mdtrtareaAdmvs: '440100' } });
  const base = sampleBill();
  const referral: ReferralNote = {
    number: 'R1',
    direction: 'up',
    fromCode: 'H43010000009',
    fromName: '样例诊所',
    date: '2026-03-01',
  };
  const bill = { ...base, referral, visit: { ...base.visit, emergency: true, injury: { thirdParty: true } } };
  const quoted = must(await insurer.quote(bill, journal.exchange));
  must(await insurer.settle(bill, quoted.value, journal.exchange));
  const sent = (infno: string, node: string) => {
    const request = journal.requests.find(({ transaction }) => transaction === infno);
    const body = JSON.parse(String(request?.body));
    t.equal(body.insuplc_admdvs, '430100', `${infno} names the insured place`);
    return JSON.parse(body.input[node].exp_content);
  };
  const expected = { TRUM_FLAG: '1', REL_TTP_FLAG: '1', OTP_ER_REFL_FLAG: '3' };
  t.same(sent('2203', 'mdtrtinfo'), expected);
  t.same(sent('2206', 'data'), expected);
  t.same(sent('2207', 'data'), expected);
});
