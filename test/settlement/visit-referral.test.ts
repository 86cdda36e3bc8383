import t from 'tap';
import type { SettlementRequest } from '../../schemas/settlement.ts';
import type { StayRequest } from '../../schemas/stay.ts';
import { err, ok } from '../../src/result.ts';
import { Desk, newSettlementOf } from '../../src/settlement/desk.ts';
import type {
  ReferralFlaw,
  ReferredVisit,
  VisitReferral,
  VisitReferrals,
} from '../../src/settlement/port.ts';
import { newStayOf } from '../../src/settlement/stays/desk.ts';
import { followed, referralView, sourceOf } from '../../src/settlement/visit-referral.ts';
import { must } from '../adapters/insurers/nhsa/helper.ts';
import { bodyXmlOf, guizhouParts, identity } from '../adapters/insurers/nrcms-guizhou/helper.ts';
import { countyBill, jiangsuParts, jsonOf } from '../adapters/insurers/nrcms-jiangsu/helper.ts';

const onFile: VisitReferral = {
  ...{ id: 'r-1', number: 'ZZ1', direction: 'up', fromCode: 'CLINIC0001', fromName: '前进村卫生室' },
  date: '2026-03-01',
};

/** A book with one referral, or with a reason why it can't be used. */
function book(flaw?: ReferralFlaw) {
  const asked: ReferredVisit[] = [];
  const referrals: VisitReferrals = {
    async forVisit(visit) {
      asked.push(visit);
      if (flaw) return visit.id === undefined ? ok(undefined) : err(flaw);
      return ok(onFile);
    },
  };
  return { referrals, asked };
}

const desk = (referrals?: VisitReferrals) => new Desk({ identityOf: async () => identity }, referrals);
const visit = { identity, at: 1 };

t.test('what the caller tells goes before what is on file, and the book is not even asked', async (t) => {
  const { referrals, asked } = book();
  const { id: _, ...told } = onFile;
  t.same(await followed(referrals, { referral: told }, visit), { ...told, source: 'told' });
  t.equal(await followed(referrals, { useReferral: false }, visit), undefined);
  t.same(asked, []);
  t.same(await followed(referrals, {}, visit), { ...onFile, source: 'on-file' });
  t.same(await followed(referrals, { referralId: 'r-1' }, visit), { ...onFile, source: 'named' });
  t.same(asked, [visit, { ...visit, id: 'r-1' }]);
});

t.test(
  'each reason why a named one can not be used has its own code; without a book there is none',
  async (t) => {
    const codes = {
      unknown: 'settlement.referral-unknown',
      'other-person': 'settlement.referral-person',
      elsewhere: 'settlement.referral-elsewhere',
      'not-accepted': 'settlement.referral-not-accepted',
      'other-time': 'settlement.referral-time',
    } as const;
    for (const kind of Object.keys(codes) as (keyof typeof codes)[]) {
      const { referrals } = book({ kind, facts: { state: 'x' } });
      await t.rejects(followed(referrals, { referralId: 'r-1' }, visit), {
        code: codes[kind],
        context: { pointer: '/body/referralId', facts: { state: 'x' } },
      });
      t.equal(await followed(referrals, {}, visit), undefined, 'found by itself, it is passed over');
    }
    await t.rejects(followed(undefined, { referralId: 'r-1' }, visit), { code: codes.unknown });
    t.equal(await followed(undefined, {}, visit), undefined);
  },
);

t.test('a bill of before there were sources shows what it was told', async (t) => {
  const { id: _, ...old } = onFile;
  t.equal(sourceOf(old), 'told');
  t.equal(sourceOf(undefined), null);
  t.same(referralView(old), { referral: { ...old, source: 'told' } });
  t.same(referralView(undefined), {});
});

t.test('the rural scheme of Guizhou is told of it from the admission on', async (t) => {
  const { insurer, journal } = await guizhouParts(t, { crossProvince: { areaCode: '520100' } });
  const body: StayRequest = {
    ...{ insurer: 'nrcms', number: 'ZY-1', identity, medType: '2101' },
    ...{ admittedAt: '2026-03-02T10:00:00+08:00', departmentCode: 'D1', departmentName: '内科' },
    ...{ departmentClass: 'A03', doctorCode: 'DR1', doctorName: '样例医生' },
    diagnoses: [{ code: 'J18.900', name: '肺炎' }],
  };
  const { referrals, asked } = book();
  const referral = await desk(referrals).referralOf(body, identity, body.admittedAt);
  t.same(asked, [{ identity, at: Date.parse(body.admittedAt) }]);
  const { stay } = newStayOf(body, identity, referral);
  must(await insurer.stays.admit({ ...stay, id: 's-1' }, journal.exchange));
  t.match(bodyXmlOf(journal, 'S04'), /<isReferra>1<.*<isReferraNo>ZZ1</);
  t.match(bodyXmlOf(journal, 'S04'), '<turnMode>1</turnMode><turnCode>ZZ1</turnCode>');
});

t.test(
  'the rural scheme of Jiangsu is told that there is one, and nothing where there is none',
  async (t) => {
    const sample = countyBill();
    const { startedAt, ...told } = sample.visit;
    const body: SettlementRequest = {
      ...{ insurers: ['nrcms-county'], identity: sample.identity, diagnoses: [...sample.diagnoses] },
      visit: { ...told, billNumber: 'B-1', startedAt: new Date(startedAt).toISOString() },
      charges: [],
    };
    for (const [book_, sfzz] of [
      [book(), '1'],
      [book({ kind: 'unknown' }), undefined],
    ] as const) {
      const { insurer, journal } = await jiangsuParts(t);
      const referral = await desk(book_.referrals).visitReferralOf(body, sample.identity);
      const { bill } = newSettlementOf(body, sample.identity, referral);
      must(
        await insurer.quote(
          { ...sample, ...(bill.referral ? { referral: bill.referral } : {}) },
          journal.exchange,
        ),
      );
      t.equal(jsonOf(journal, 'FybxYjs').sfzz, sfzz);
    }
  },
);
