import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { AuditTrail } from '../../../src/access/audit.ts';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import { Events } from '../../../src/events/events.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { Idempotency } from '../../../src/http/idempotency.ts';
import { composeSettlement } from '../../../src/settlement/compose.ts';
import { platformParts } from '../../adapters/insurers/nhsa/helper.ts';
import { testIds, testLogger, testVault } from '../../helper.ts';
import { EXAMPLE } from '../estimates/parts.ts';
import { sampleIdentity } from '../parts.ts';

const key = newKey('his');

/** A gateway with the national adapter, a virtual platform behind it, and the example of a benefit table. */
async function gateway(t: Test) {
  const { store, clock, virtual, insurer } = await platformParts(t);
  const parts = { store, clock, vault: testVault(), ids: testIds, logger: testLogger(), gatewayId: 'test' };
  const side = composeSettlement({
    ...parts,
    events: new Events(clock),
    audit: new AuditTrail(store, 'test', clock),
    insurers: new Map([[insurer.id, insurer]]),
    settings: { exchangeTimeoutMs: 2_000 },
    estimates: { ownLevel: 'township', file: fileURLToPath(EXAMPLE), levelOf: () => 'county' },
  });
  const app = await buildGateway({
    ...{ logger: parts.logger, ids: testIds, requestsPerMinuteMax: 10_000, sandbox: false, version: '0' },
    clients: new ClientDirectory([{ id: 'his', keyHash: key.hash, scopes: new Set(SCOPES) }]),
    features: side.routes({
      readings: { identityOf: async () => sampleIdentity },
      idempotency: new Idempotency(parts),
    }),
  });
  t.teardown(() => app.close());
  const post = async (url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${key.key}`, 'idempotency-key': testIds.next() };
    const answer = await app.inject({
      ...{ method: 'POST', url, headers },
      ...(payload === undefined ? {} : { payload }),
    });
    return answer.json();
  };
  return { clock, virtual, side, post };
}

const request = {
  ...{ insurer: 'nhsa', identity: sampleIdentity, from: '2026-03-02', to: '2026-09-01' },
  transfer: {
    diagnosis: { code: 'I10.x00', name: '高血压' },
    ...{ toCode: 'H43010000009', toName: '示例县人民医院', toDivision: '430100', reach: '1' },
    ...{ date: '2026-03-02', reason: '需进一步检查', opinion: '同意' },
  },
};

const estimate = {
  ...{ insurer: 'nhsa', insutype: '390', setting: 'inpatient', usedDeductible: '100.00' },
  amounts: { total: '6000.00', inScope: '5000.00' },
};

t.test(
  'a transfer whose answer was lost is found by 5304, and decides what the visit would cost',
  async (t) => {
    const { clock, virtual, post } = await gateway(t);
    virtual.misbehave({ infno: '2501', kind: 'lose-answer' });
    const { id, ...lost } = await post('/v1/filings', request);
    t.match(lost, { state: 'in-doubt', cause: { code: 'filing.no-answer' } });
    t.match(await post('/v1/estimates', { ...estimate, referralNumber: id }), {
      code: 'estimate.referral-unknown',
    });
    t.match(await post('/v1/filings', request), { code: 'filing.live' });
    clock.advance(10_000);
    const found = await post(`/v1/filings/${id}/check`);
    t.match(found, { state: 'filed', actions: ['withdraw'] });
    t.notOk('number' in found, 'which the list does not tell');
    const { rows } = await post('/v1/estimates', { ...estimate, referralNumber: id });
    t.match(rows[0], {
      tier: 'level-2',
      asked: true,
      referral: 'referred',
      direction: 'up',
      deductible: '300.00',
    });
    t.match(await post(`/v1/filings/${id}/withdraw`, { reason: '填错' }), { code: 'filing.no-number' });
    t.match(await post(`/v1/filings/${id}/withdraw`, { reason: '填错', number: 'B1' }), {
      state: 'filed',
      cause: { code: 'insurer.refused', reason: '未查询到备案信息' },
    });
  },
);

t.test('a transfer that never came is absent from 5304, and may be filed again', async (t) => {
  const { clock, virtual, post, side } = await gateway(t);
  virtual.misbehave({ infno: '2501', kind: 'lose-request' });
  const { id } = await post('/v1/filings', request);
  clock.advance(5 * 60_000);
  await side.chores['filings without an answer']?.();
  t.match(await post(`/v1/filings/${id}/check`), { state: 'not-filed', cause: { code: 'filing.absent' } });
  const again = await post('/v1/filings', request);
  t.match(again, { state: 'filed', number: /^B\d+$/ });
  t.match(await post(`/v1/filings/${again.id}/withdraw`, { reason: '填错' }), { state: 'withdrawn' });
});

t.test(
  'a chronic filing is withdrawn only before the bureau has processed it: its refusal is shown',
  async (t) => {
    const { clock, post } = await gateway(t);
    const { transfer: _, ...common } = request;
    const chronic = {
      disease: { code: 'M03900', name: '高血压' },
      ...{
        hospitalCode: 'H43010000009',
        hospitalName: '示例县人民医院',
        doctorCode: 'D1',
        doctorName: '样例医生',
      },
      identifiedOn: '2026-03-01',
    };
    const { id, number } = await post('/v1/filings', { ...common, chronic });
    clock.advance(86_400_000);
    const on = { insurer: 'nhsa', kind: 'chronic', identity: sampleIdentity };
    t.match(await post('/v1/filings/on-file', on), { items: [{ about: 'M03900', from: '2026-03-02' }] });
    t.match(await post(`/v1/filings/${id}/withdraw`, { reason: '填错' }), {
      ...{ state: 'filed', number },
      cause: { code: 'insurer.refused', reason: /已由经办机构审核/ },
    });
  },
);
