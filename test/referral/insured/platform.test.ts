import t, { type Test } from 'tap';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Events } from '../../../src/events/events.ts';
import { composeSettlement } from '../../../src/settlement/compose.ts';
import { platformParts } from '../../adapters/insurers/nhsa/helper.ts';
import { testIds, testLogger, testVault } from '../../helper.ts';
import { reportingWorld } from './world.ts';

/** The filing side with the national adapter and a virtual platform behind it. */
async function world(t: Test) {
  const { store, clock, insurer } = await platformParts(t);
  const parts = {
    ...{ store, clock, vault: testVault(), ids: testIds, logger: testLogger() },
    events: new Events(clock),
    audit: new AuditTrail(store, 'test', clock),
  };
  const settlement = composeSettlement({
    ...parts,
    gatewayId: 'test',
    insurers: new Map([[insurer.id, insurer]]),
    settings: { exchangeTimeoutMs: 2_000 },
  });
  const { filings } = settlement.filings;
  return { ...(await reportingWorld(t, filings, { parts })), filings };
}

t.test('2501, 5304 and 2502 as the platform knows them', async (t) => {
  const { becomes, worker, reports, filings, clock } = await world(t);
  await becomes('accepted');
  await worker.runOnce();
  const [filed] = await reports();
  t.match(filed, { filing_state: 'filed', number: /^B\d+$/, problem: null });
  t.match(await filings.ofReferral('r-1'), [{ state: 'filed', number: filed!.number }]);
  clock.advance(3_600_000);
  await worker.runOnce();
  t.match(await reports(), [{ seen: 'on-file', next_at: null }]);
  await becomes('cancelled');
  await worker.runOnce();
  t.match(await reports(), [{ wanted: 'withdrawn', filing_state: 'withdrawn', next_at: null }]);
  t.match(await filings.ofReferral('r-1'), [{ state: 'withdrawn' }]);
});
