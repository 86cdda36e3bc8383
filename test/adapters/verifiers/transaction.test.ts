import t, { type Test } from 'tap';
import { createNhsaInsurer } from '../../../adapters/insurers/nhsa/adapter.ts';
import { codeVerifiersOf } from '../../../adapters/verifiers/index.ts';
import { decodeByTransaction } from '../../../adapters/verifiers/transaction.ts';
import { readConfiguration } from '../../../src/config.ts';
import { Fault } from '../../../src/errors.ts';
import { startVirtualInsurer } from '../../../src/sandbox/insurer/server.ts';
import { INSURANCE_CODE } from '../../card/numbers.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER, testIds } from '../../helper.ts';
import { newWorld } from '../../settlement/parts.ts';
import { configurationOf, SIGNING, specification } from '../insurers/nhsa/helper.ts';
import { contextOf } from './helper.ts';

/** A verifier that asks the virtual insurer through the settlement side, as the gateway does. */
async function setUp(t: Test) {
  const world = await newWorld(t);
  const { store, clock } = world;
  const virtual = await startVirtualInsurer({ port: 0, specification, signing: SIGNING, clock });
  t.teardown(() => virtual.close());
  const nhsa = configurationOf(virtual.url);
  const insurer = createNhsaInsurer(nhsa, { store, clock, secret: SIGNING.secret, specification });
  t.teardown(() => insurer.close());
  const { inquiries } = world.start(store, { insurers: [insurer] });
  const defaults = readConfiguration(undefined);
  const cards = { ...defaults.cards, insuranceCode: { kind: 'transaction', insurer: 'nhsa' } } as const;
  const [verifier] = codeVerifiersOf(
    { ...defaults, cards, insurers: [nhsa] },
    {
      clock,
      ids: testIds,
      healthCodeSecret: () => '',
      transact: (id, transaction, input, caller) => inquiries.transact(id, transaction, { input }, caller),
    },
  );
  return {
    verifier: verifier!,
    virtual,
    inquiries,
    identity: { documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
  };
}

t.test('transaction 6101 decodes a code, and its token is the credential of the visit', async (t) => {
  const { verifier, inquiries } = await setUp(t);
  const verified = await verifier.verify(INSURANCE_CODE, contextOf());
  t.match(verified, {
    verifiedBy: 'insurer',
    insuranceCodeToken: /^111111ec[0-9a-f]{30}$/,
    holder: {
      documentType: 'resident-id',
      number: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: '1',
      birthDate: '1981-01-01',
    },
  });
  const identity = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME } as const;
  const ask = (token: string) =>
    inquiries.eligibility('nhsa', { ...identity, insuranceCodeToken: token }, undefined, contextOf());
  t.match(await ask(verified.insuranceCodeToken!), { value: { name: SAMPLE_NAME } });
  await t.rejects(ask('made-up'), { code: 'insurer.refused' }, 'another token is none');
});

t.test('a refusal is told without the insurer’s words, a silence as such', async (t) => {
  const { verifier, virtual } = await setUp(t);
  const verify = (code: string) => verifier.verify(code, contextOf());
  for (const code of [INSURANCE_CODE.replace('100110000', '300110000'), '1'.repeat(28)]) {
    try {
      await verify(code);
      t.fail(code);
    } catch (error) {
      t.match(error, {
        code: 'code.refused',
        context: { facts: { transaction: '6101', exchangeId: String } },
      });
      t.notOk((error as Fault).context.detail);
    }
  }
  virtual.misbehave({ infno: '6101', kind: 'lose-answer' });
  await t.rejects(verify(INSURANCE_CODE), { code: 'code.unreachable' });
  virtual.misbehave({ infno: '6101', kind: 'rubbish' });
  await t.rejects(verify(INSURANCE_CODE), { code: 'code.unreachable' });
  virtual.misbehave({ infno: '6101', kind: '401-before' });
  await t.rejects(verify(INSURANCE_CODE), { code: 'code.unreachable' });
  t.ok(await verify(INSURANCE_CODE));
});

t.test('what the settlement side says for other reasons keeps its meaning', async (t) => {
  const failing = (error: unknown) =>
    decodeByTransaction(async () => {
      throw error;
    })({}, contextOf());
  await t.rejects(failing(new Fault('request.invalid', { pointer: '/body/input/InData/officeId' })), {
    code: 'code.unsupported',
    context: { detail: '6101 /body/input/InData/officeId' },
  });
  await t.rejects(failing(new Fault('gateway.store')), { code: 'gateway.store' });
  await t.rejects(failing(new TypeError('a bug')), { name: 'TypeError' });
  const rows = decodeByTransaction(async () => ({ output: { OutData: [{ idNo: '1' }] } }));
  t.same(await rows({}, contextOf()), { idNo: '1' });
  t.equal(await decodeByTransaction(async () => ({ output: null }))({}, contextOf()), undefined);
});
