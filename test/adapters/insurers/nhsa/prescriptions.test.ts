import t from 'tap';
import type { SmEnvelopeConfiguration } from '../../../../schemas/sm-envelope-configuration.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';
import { type MobileParts, mobileParts, TOKEN } from '../mobile/helper.ts';
import { must, platformParts } from './helper.ts';

const INSTITUTION = { fixmedinsCode: 'H43010000001', fixmedinsName: '样例卫生院' };
const DOCTOR = { drCode: 'D1', prscDrName: '样例医生' };

/** 7101 of a prescription with one drug; numbers as a HIS writes them. */
function prescription(hospRxno: string) {
  const time = '2026-03-02 08:30:00';
  return {
    data: {
      mdtrtCertType: '01',
      bizTypeCode: '01',
      ecToken: TOKEN,
      authNo: 'AUTH1',
      hospRxno,
      rxTypeCode: '1',
      prscTime: time,
      rxDrugCnt: 1,
      valiDays: 3,
      valiEndTime: '2026-03-05 08:30:00',
      rxCotnFlag: '0',
    },
    rxdrugdetail: [
      {
        medListCodg: 'XN02BEA1',
        rxItemTypeCode: '11',
        drugGenname: '样例药一',
        drugDosform: '片剂',
        drugSpec: '0.5g',
        medcWayCodg: '1',
        medcWayDscr: '口服',
        medcBegntime: time,
        medcEndtime: time,
        medcDays: 3,
        sinDosunt: 'g',
        sinDoscnt: 0.5,
        usedFrquCodg: '11',
        usedFrquName: 'qd',
        drugDosunt: '盒',
        drugCnt: 1,
        hospApprFlag: '0',
      },
    ],
    mdtrtinfo: {
      ...INSTITUTION,
      ...DOCTOR,
      mdtrtId: 'M1',
      medType: '11',
      iptOtpNo: 'MZ1',
      psnNo: '43000000000000000001',
      patnName: SAMPLE_NAME,
      psnCertType: '01',
      certno: SAMPLE_NUMBER,
      patnAge: 45,
      gend: '1',
      prscDeptName: '全科医疗科',
      prscDeptCode: 'A02',
      drProfttlCodg: '234',
      drProfttlName: '主治医师',
      drDeptCode: 'A02',
      drDeptName: '全科医疗科',
      mdtrtTime: time,
      spDiseFlag: '0',
      maindiagCode: 'J06.900',
      maindiagName: '急性上呼吸道感染',
    },
    diseinfo: [
      {
        diagType: '1',
        maindiagFlag: '1',
        diagSrtNo: 1,
        diagCode: 'J06.900',
        diagName: '急性上呼吸道感染',
        diagDept: 'A02',
        diagDrNo: 'D1',
        diagDrName: '样例医生',
        diagTime: time,
      },
    ],
  };
}

const asker = {
  ...INSTITUTION,
  mdtrtId: 'M1',
  psnName: SAMPLE_NAME,
  psnCertType: '01',
  certno: SAMPLE_NUMBER,
};

function transact({ nhsa, journal }: Pick<MobileParts, 'nhsa' | 'journal'>, infno: string, input: unknown) {
  return nhsa.transact(infno, input, {}, journal.exchange);
}

type Data = { data: Record<string, string> } & Record<string, Record<string, string>[]>;

const MANNERS: readonly Partial<SmEnvelopeConfiguration>[] = [{}, { encrypted: false }];

for (const manner of MANNERS) {
  const how = manner.encrypted === false ? 'in the clear' : 'encrypted';
  t.test(`a prescription goes from check to signature, upload, questions and undoing, ${how}`, async (t) => {
    const parts = await mobileParts(t, { envelope: manner });
    const asked = async (infno: string, input: unknown) =>
      must(await transact(parts, infno, input)).value as Data;

    const { data: checked } = await asked('7101', prescription('R1'));
    t.match(checked, { hiRxno: /^RX/, rxTraceCode: /^TR/ });
    const file = Buffer.from('%PDF sample').toString('base64');
    const { data: signed } = await asked('7102', {
      data: { fixmedinsCode: INSTITUTION.fixmedinsCode, originalValue: 'e30=', originalRxFile: file },
    });
    const upload = {
      ...INSTITUTION,
      ...DOCTOR,
      ...checked,
      mdtrtId: 'M1',
      patnName: SAMPLE_NAME,
      psnCertType: '01',
      certno: SAMPLE_NUMBER,
      pharDeptName: '药剂科',
      pharDeptCode: 'A30',
      pharCode: 'Y1',
      pharName: '样例药师',
      pharChkTime: '2026-03-02 08:40:00',
      rxFile: file,
      signDigest: signed.signDigest,
    };
    const forged = await transact(parts, '7103', { data: { ...upload, rxFile: 'AAAA' } });
    t.match(forged, { kind: 'refused', reason: /签名/ });
    const { data: uploaded } = await asked('7103', { data: upload });
    t.match(uploaded, { hiRxno: checked.hiRxno, rxStasCodg: '1', rxStasName: '有效' });

    const { hiRxno } = checked;
    const { fixmedinsName, ...who } = asker;
    t.ok(fixmedinsName);
    const { data: full } = await asked('7105', { data: { hiRxno, ...who } });
    t.match(full, {
      valiDays: '3',
      rxUsedStasCodg: '1',
      rxDetlList: [{ medListCodg: 'XN02BEA1', sinDoscnt: '0.5' }],
      rxOtpinfo: { patnName: SAMPLE_NAME, pharName: '样例药师' },
      rxDiseList: [{ diagCode: 'J06.900' }],
    });
    t.match((await asked('7106', { data: { hiRxno, ...who } })).data, { rxChkStasCodg: '1' });
    t.match((await asked('7107', { data: { hiRxno, ...who } })).data, { rxUsedStasCodg: '1' });

    const undo = {
      data: {
        hiRxno,
        fixmedinsCode: INSTITUTION.fixmedinsCode,
        drCode: 'D1',
        undoDrName: '样例医生',
        undoDrCertType: '01',
        undoDrCertno: SAMPLE_NUMBER,
        undoRea: '开错药',
        undoTime: '2026-03-02 09:00:00',
      },
    };
    t.match((await asked('7104', undo)).data, { rxStasCodg: '3' });
    t.match(await transact(parts, '7104', undo), { kind: 'refused', reason: '处方已撤销' });

    const { requests, verdicts } = parts.journal;
    const notes = verdicts.flatMap((verdict) => ('notes' in verdict ? (verdict.notes ?? []) : []));
    t.same(notes, [], 'the centre keeps to the specification');
    t.notOk(
      requests.some(({ transaction }) => transaction === '9001'),
      'the centre knows no sessions',
    );
    for (const { transaction, body, effect } of requests) {
      t.match(JSON.parse(body.toString()), { signData: /^[A-Za-z0-9+/]{86}==$/, encType: 'SM4' });
      if (manner.encrypted !== false)
        t.notMatch(body.toString(), SAMPLE_NUMBER, `${transaction} hides the person`);
      t.not(effect, 'money');
    }
  });
}

t.test('an input that breaks the specification is not sent, one the centre refuses is refused', async (t) => {
  const parts = await mobileParts(t);
  const { mdtrtinfo, ...without } = prescription('R1');
  const wrong = { ...without, mdtrtinfo: { ...mdtrtinfo, gend: '77' } };
  await t.rejects(transact(parts, '7101', wrong), {
    code: 'request.invalid',
    context: { pointer: '/input/mdtrtinfo/gend' },
  });
  t.same(parts.journal.requests, []);
  must(await transact(parts, '7101', prescription('R1')));
  t.match(await transact(parts, '7101', prescription('R1')), { kind: 'refused', reason: /重复/ });
});

t.test('an answer with a wrong signature, somebody else’s or none proves nothing', async (t) => {
  const parts = await mobileParts(t);
  for (const kind of [
    'wrong-signature',
    'rubbish',
    'truncate',
    '5xx-after',
    'lose-answer',
    'system-error',
  ] as const) {
    parts.virtual.misbehave({ infno: '7101', kind });
    t.equal((await transact(parts, '7101', prescription(`R ${kind}`))).kind, 'unknown', kind);
  }
  parts.virtual.misbehave({ infno: '7101', kind: '401-before' });
  t.equal((await transact(parts, '7101', prescription('R401'))).kind, 'not-run');
});

t.test('a stranger’s key is refused by the centre, and its refusal is its own word', async (t) => {
  const parts = await mobileParts(t, { envelope: { appSecret: { env: 'ANOTHER' } } });
  const outcome = await transact(parts, '7101', prescription('R1'));
  t.equal(outcome.kind, 'unknown', 'signed with a secret that is not ours');
});

t.test('without a centre of their own they go the way of all others', async (t) => {
  const { insurer, journal } = await platformParts(t);
  const outcome = must(await insurer.transact('7101', prescription('R1'), {}, journal.exchange));
  t.match(outcome.value, { data: { hiRxno: /^RX/ } });
  t.same(journal.transactions(), ['9001', '7101']);
  t.match(JSON.parse(journal.requests.at(-1)?.body.toString() ?? ''), { infno: '7101', sign_no: /^S/ });
});
