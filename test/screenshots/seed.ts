import { readFileSync } from 'node:fs';
import { Api } from '../../src/sandbox/demo/api.ts';
import { sampleBill } from '../../src/sandbox/demo/bill.ts';
import { cardJourney } from '../../src/sandbox/demo/card-journey.ts';
import { referralJourney } from '../../src/sandbox/demo/referral-journey.ts';
import { Transcript } from '../../src/sandbox/demo/transcript.ts';
import type { RunningSandbox } from '../../src/sandbox/sandbox.ts';

const referral = JSON.parse(
  readFileSync(new URL('../../docs/examples/referral.json', import.meta.url), 'utf8'),
) as object;

/** What a day at a clinic leaves behind: both journeys, a referral under way, a bill that nobody knows the end of. */
export async function liveADay({ url, hospitalUrl, key }: RunningSandbox): Promise<void> {
  const clinic = new Api(url, key);
  const transcript = new Transcript();
  await cardJourney(clinic, transcript, 'DAY');
  await referralJourney(clinic, new Api(hospitalUrl, key), transcript, 'DAY');
  await clinic.post('/v1/referrals', referral, 'picture-referral');
  await clinic.put('/v1/sandbox/readers/desk-1/card', { card: 'social-security-v2' });
  const reading = { accept: ['social-security-card'] };
  const { id } = await clinic.post<{ id: string }>('/v1/readers/desk-1/readings', reading);
  for (const [transaction, kind] of [
    ['2207', 'wrong-msgid'],
    ['2601', 'refuse'],
  ])
    await clinic.post('/v1/sandbox/insurer/misbehaviour', { transaction, kind });
  await clinic.post('/v1/settlements', { ...sampleBill('DAY-DOUBT', id), confirm: true }, 'picture-doubt');
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  await clinic.post('/v1/statements', { insurer: 'nhsa', date: today }, 'picture-statement');
}
