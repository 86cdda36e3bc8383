import fc from 'fast-check';
import t from 'tap';
import { insuranceCodeVerifier } from '../../../adapters/verifiers/insurance-code.ts';
import { Fault } from '../../../src/errors.ts';
import { INSURANCE_CODE } from '../../card/numbers.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { contextOf } from './helper.ts';

const AT = {
  orgId: 'H43010000001',
  operator: { no: '001', name: '收费员' },
  office: { id: '01', name: '挂号收费处' },
  codeField: 'ecQrCode',
};

/** The fields of transaction 6101, as public samples of both services show them. */
const RECORD = {
  userName: SAMPLE_NAME,
  idNo: SAMPLE_NUMBER,
  idType: '01',
  ecToken: '430000ecmecib2000000000000000000000000',
  insuOrg: '430000',
  ecIndexNo: 'E'.repeat(32),
  gender: '男',
  birthday: '1981.01.01',
  nationality: 'null',
  email: '',
};

const verify = (record: unknown) =>
  insuranceCodeVerifier(async () => record, AT).verify(INSURANCE_CODE, contextOf());

t.test('a code is shown in the name of desk and clerk', async (t) => {
  const asked: unknown[] = [];
  const verifier = insuranceCodeVerifier(async (query) => {
    asked.push(query);
    return RECORD;
  }, AT);
  t.equal(verifier.kind, 'insurance-code');
  await verifier.verify(INSURANCE_CODE, contextOf());
  t.strictSame(asked, [
    {
      orgId: 'H43010000001',
      businessType: '01101',
      operatorId: '001',
      operatorName: '收费员',
      officeId: '01',
      officeName: '挂号收费处',
      ecQrCode: INSURANCE_CODE,
    },
  ]);
});

t.test('the answer is read, with the token that pays for the visit', async (t) => {
  t.strictSame(await verify(RECORD), {
    verifiedBy: 'insurer',
    insuranceCodeToken: RECORD.ecToken,
    holder: {
      documentType: 'resident-id',
      number: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: '男',
      birthDate: '1981.01.01',
    },
  });
  for (const [idType, documentType] of [
    ['07', 'foreigner-permit'],
    ['08', 'passport'],
    ['16', 'passport'],
    ['17', 'residence-permit'],
    ['90', 'other'],
    ['', 'other'],
    ['toString', 'other'],
  ] as const) {
    t.match(await verify({ ...RECORD, idType }), { holder: { documentType } }, idType);
  }
  t.ok(await verify({ ...RECORD, ecQrCode: INSURANCE_CODE }));
});

t.test('an answer without a token, or to another code, is none', async (t) => {
  const useless = [
    undefined,
    null,
    'text',
    [],
    {},
    { ...RECORD, ecToken: '' },
    { ...RECORD, ecToken: 7 },
    { ...RECORD, ecToken: '令牌' },
    { ...RECORD, ecToken: 'x'.repeat(65) },
    { ...RECORD, ecQrCode: INSURANCE_CODE.replace('1', '2') },
  ];
  for (const record of useless) {
    await t.rejects(verify(record), { code: 'code.refused' }, JSON.stringify(record)?.slice(0, 60));
  }
});

t.test('whatever is answered is read or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (record) => {
      try {
        const { insuranceCodeToken, holder } = await verify(record);
        return insuranceCodeToken !== undefined && typeof holder.name === 'string';
      } catch (error) {
        return error instanceof Fault && error.code === 'code.refused';
      }
    }),
  );
});
