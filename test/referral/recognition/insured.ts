import type { Test } from 'tap';
import { AuditTrail } from '../../../src/access/audit.ts';
import { Inquiries } from '../../../src/settlement/inquiries.ts';
import { Journal as StoredJournal } from '../../../src/settlement/journal.ts';
import { platformParts } from '../../adapters/insurers/nhsa/helper.ts';
import { testIds, testLogger, testVault } from '../../helper.ts';
import { clinic, creation, hospital, organisation } from '../organisations.ts';

/** The person's number at the virtual platform. */
const psn_no = '43000000000000000001';

/** A referral of a patient whom the virtual platform insures, which is asked through the gateway's own journal. */
export async function insured(t: Test) {
  const { insurer, journal, clock, store, virtual } = await platformParts(t);
  const kept = new StoredJournal({
    ...{ store, clock, vault: testVault(), ids: testIds, logger: testLogger() },
    audit: new AuditTrail(store, 'test', clock),
    timeoutMsOf: () => 2_000,
  });
  const inquiries = new Inquiries({ insurers: new Map([[insurer.id, spied()]]), journal: kept, clock });
  const here = await organisation(t, clinic, hospital, { inquiries });
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  return { insurer, journal, here, id, psn_no, virtual };

  /** The adapter, its requests remembered. */
  function spied(): typeof insurer {
    const remembering = (exchange: Parameters<typeof insurer.verify>[1]) => {
      const seen: typeof exchange = (request) => {
        journal.requests.push(request);
        return exchange(request);
      };
      return seen;
    };
    const { capabilities } = insurer;
    const asked: Pick<typeof insurer, 'id' | 'capabilities' | 'verify' | 'transact'> = {
      ...{ id: insurer.id, capabilities },
      verify: (input, exchange) => insurer.verify(input, remembering(exchange)),
      transact: (infno, input, context, exchange) =>
        insurer.transact(infno, input, context, remembering(exchange)),
    };
    return asked as typeof insurer;
  }
}
