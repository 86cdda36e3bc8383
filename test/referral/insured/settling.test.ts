import t, { type Test } from 'tap';
import { createNhsaInsurer } from '../../../adapters/insurers/nhsa/adapter.ts';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { referralsOnFile } from '../../../src/referral/on-file.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import { composeSettlement } from '../../../src/settlement/compose.ts';
import { DiskSpool } from '../../../src/settlement/files/spool.ts';
import { configurationOf, SIGNING, specification } from '../../adapters/insurers/nhsa/helper.ts';
import { temporaryFolder } from '../../helper.ts';
import { clinic, creation, hospital, joined, outcome, patient } from '../organisations.ts';

const key = newKey('his');
/** As good as another person: nobody else appears in a fixture. */
const other = { ...patient.identity, documentType: 'passport', documentNumber: 'E00000000' };

/** The hospital that receives, with the virtual platform of another place than the patient's behind its settlements. */
async function receiver(t: Test) {
  const { here, there } = await joined(t);
  /** What the platform was told in the extension field, by transaction. */
  const seen = new Map<string, unknown>();
  const virtual = await startVirtualInsurer({
    ...{ port: 0, specification, signing: SIGNING, clock: there.clock },
    observer: {
      acted(infno, input) {
        for (const node of Object.values(input as Record<string, { exp_content?: string }>))
          if (node.exp_content) seen.set(infno, JSON.parse(node.exp_content));
      },
      misbehaved: () => undefined,
    },
  });
  t.teardown(() => virtual.close());
  const { store, clock } = there;
  const insurer = createNhsaInsurer(configurationOf(virtual.url, { mdtrtareaAdmvs: '440100' }), {
    ...{ store, clock, secret: SIGNING.secret, specification, logger: undefined },
    spool: new DiskSpool(temporaryFolder(t)),
  });
  t.teardown(() => insurer.close());
  const side = composeSettlement({
    ...{ ...there, events: there.board, gatewayId: 'hospital', insurers: new Map([[insurer.id, insurer]]) },
    referrals: referralsOnFile({ ...there, own: hospital, organisations: [clinic], validDays: 10 }),
  });
  const app = await buildGateway({
    ...{ logger: there.logger, ids: there.ids, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([{ id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) }]),
    features: side.routes({
      readings: { identityOf: async () => patient.identity },
      idempotency: new Idempotency({ ...there, gatewayId: 'hospital' }),
    }),
  });
  t.teardown(() => app.close());
  const post = async (url: string, payload: object) => {
    const headers = { authorization: `Bearer ${key.key}`, 'idempotency-key': there.ids.next() };
    return (await app.inject({ method: 'POST', url, headers, payload })).json();
  };
  let bills = 0;
  const settle = (over: object = {}, visit: object = {}) => {
    bills += 1;
    seen.clear();
    return post('/v1/settlements', {
      ...{ insurers: ['nhsa'], identity: patient.identity, confirm: true, ...over },
      visit: {
        ...{ billNumber: `B-${bills}`, number: `V-${bills}`, medType: '11', departmentCode: 'D1' },
        ...{ departmentName: '心内科', departmentClass: 'A03', doctorCode: 'DR1', doctorName: '王医生' },
        startedAt: '2026-03-02T10:00:00+08:00',
        ...visit,
      },
      diagnoses: [{ code: 'I10.x00', name: '高血压' }],
      charges: [
        {
          ...{ line: '1', nationalCode: 'XN02BEA1', localCode: 'L1', name: '样例药一', count: '1' },
          ...{ price: '20.00', amount: '20.00' },
        },
      ],
    });
  };
  const admit = (over: object = {}) =>
    post('/v1/stays', {
      ...{ insurer: 'nhsa', number: `ZY-${bills}`, identity: patient.identity, medType: '2101' },
      ...{ admittedAt: '2026-03-02T11:00:00+08:00', departmentCode: 'D1', departmentName: '心内科' },
      ...{ departmentClass: 'A03', doctorCode: 'DR1', doctorName: '王医生', bed: '12', condition: '头晕' },
      diagnoses: [{ code: 'I10.x00', name: '高血压' }],
      ...over,
    });
  /** A referral from the clinic, as the hospital has it. */
  const refer = async (acts: readonly object[] = [{ type: 'accept' }], over: object = {}) => {
    const { body: sent } = await here.call('POST', '/v1/referrals', { ...creation, ...over });
    await here.deliverAll();
    const { items } = (await there.call('GET', '/v1/referrals')).body;
    const id = items[0]?.id ?? '';
    for (const act of acts) await there.act(id, act);
    return { id, caseId: sent.caseId };
  };
  return { here, there, settle, admit, refer, seen, post };
}

t.test('the settlement of a visit uses the referral that was accepted, and says so', async (t) => {
  const { settle, refer, seen } = await receiver(t);
  const without = await settle();
  t.match(without, { state: 'settled' });
  t.notOk('referral' in without);
  t.same(seen.get('2207'), { TRUM_FLAG: '0' });

  const { id, caseId } = await refer();
  const settled = await settle();
  const used = { id, number: caseId, direction: 'up', fromCode: clinic.code, fromName: clinic.name };
  t.same(settled.referral, { ...used, source: 'on-file', date: '2026-03-02' });
  t.match(settled, { state: 'settled' });
  for (const infno of ['2203', '2206', '2207'])
    t.same(seen.get(infno), { TRUM_FLAG: '0', OTP_ER_REFL_FLAG: '2' }, infno);

  await settle({}, { emergency: true });
  t.match(seen.get('2207'), { OTP_ER_REFL_FLAG: '3' });
  t.match((await settle({ referralId: id })).referral, { ...used, source: 'named' });
});

t.test('the caller may tell of another one, or want none', async (t) => {
  const { settle, refer, seen } = await receiver(t);
  const { id } = await refer();
  const told = {
    number: 'R1',
    direction: 'up',
    fromCode: 'OTHER0001',
    fromName: '别的诊所',
    date: '2026-03-01',
  };
  t.same((await settle({ referral: told })).referral, { ...told, source: 'told' });
  t.notOk('referral' in (await settle({ useReferral: false })));
  t.same(seen.get('2207'), { TRUM_FLAG: '0' });
  t.notOk(
    'referral' in (await settle({ setting: 'pharmacy' }, { medType: '41' })),
    'a pharmacy sees no patient',
  );
  for (const over of [
    { referral: told, referralId: id },
    { referralId: id, useReferral: false },
  ])
    t.match(await settle(over), { code: 'request.invalid', pointer: '/body/referralId' });
});

t.test('one that can not be used is passed over, and refused where it was named', async (t) => {
  const { here, settle, refer } = await receiver(t);
  const { id } = await refer([]);
  const refused = (code: string) => ({ code, pointer: '/body/referralId' });
  t.notOk('referral' in (await settle()), 'not accepted yet');
  t.match(await settle({ referralId: id }), {
    ...refused('settlement.referral-not-accepted'),
    facts: { state: 'received' },
  });
  t.match(await settle({ referralId: 'nobody' }), refused('settlement.referral-unknown'));
  t.match(await settle({ referralId: id, identity: other }), refused('settlement.referral-person'));
  const mine = await here.call('GET', '/v1/referrals');
  const elsewhere = referralsOnFile({ ...here, own: clinic, organisations: [hospital] });
  const at = here.clock.now();
  t.match(await elsewhere.forVisit({ identity: patient.identity, at, id: mine.body.items[0]!.id }), {
    error: { kind: 'elsewhere' },
  });
  t.match(await elsewhere.forVisit({ identity: patient.identity, at }), { ok: true, value: undefined });
});

t.test('an appointment carries it on, its outcome ends it, and so does time', async (t) => {
  const { there, settle, refer } = await receiver(t);
  const appointment = { at: '2026-03-20T09:00:00+08:00', department: { name: '心内科' } };
  const { id } = await refer([{ type: 'accept' }, { type: 'schedule', appointment }]);
  const on = async (startedAt: string) => 'referral' in (await settle({}, { startedAt }));
  t.notOk(await on('2026-03-01T10:00:00+08:00'), 'the day before it was sent');
  t.ok(await on('2026-03-30T10:00:00+08:00'));
  t.notOk(await on('2026-03-31T10:00:00+08:00'));
  t.match(await settle({ referralId: id }, { startedAt: '2026-04-01T10:00:00+08:00' }), {
    code: 'settlement.referral-time',
    facts: { from: '2026-03-02', until: '2026-03-30' },
  });
  there.clock.advance(3_600_000);
  await there.act(id, { type: 'complete', outcome });
  t.ok(await on('2026-03-02T10:00:00+08:00'), 'a visit before the outcome was written');
  t.notOk(await on('2026-03-03T10:00:00+08:00'), 'a visit after it follows it no more');
});

t.test('a stay follows it from its admission on, and its settlement with it', async (t) => {
  const { admit, refer, seen, settle, post } = await receiver(t);
  const { id } = await refer();
  const stay = await admit();
  t.match(stay, { state: 'admitted', referral: { id, source: 'on-file', fromName: clinic.name } });
  t.same(seen.get('2401'), { TRUM_FLAG: '0', IPT_TYPE: '3' });
  t.match(await settle({ stayId: stay.id, setting: 'inpatient', referralId: id }), {
    ...{ code: 'request.invalid', pointer: '/body/referral' },
  });
  const charge = {
    ...{ line: '1', nationalCode: 'XN02BEA1', localCode: 'L1', name: '样例药一', count: '1' },
    ...{ price: '20.00', amount: '20.00', occurredAt: '2026-03-02T12:00:00+08:00' },
  };
  await post(`/v1/stays/${stay.id}/charges`, { charges: [charge] });
  const bill = { stayId: stay.id, setting: 'mid-stay', diagnoses: [], charges: [], useReferral: false };
  const { state, referral } = await post('/v1/settlements', {
    ...{ insurers: ['nhsa'], identity: patient.identity, ...bill },
    visit: {
      ...{ billNumber: 'BS-1', number: 'ZY-1', medType: '2101', departmentCode: 'D1' },
      ...{ departmentName: '心内科', departmentClass: 'A03', doctorCode: 'DR1', doctorName: '王医生' },
      startedAt: '2026-03-02T11:00:00+08:00',
    },
  });
  t.match({ state, referral }, { state: 'quoted', referral: { id, source: 'on-file' } });
});
