import { setTimeout as sleep } from 'node:timers/promises';
import type { Settlement } from '../../../schemas/settlement.ts';
import { until } from '../../../src/sandbox/demo/transcript.ts';
import { billOf } from '../../end-to-end/clinic.ts';
import type { PersistentClient } from '../../end-to-end/persistent.ts';
import type { Chance } from '../../end-to-end/random.ts';

/** How often a clerk asks for a quote that the gateway did not get. */
const QUOTES_MAX = 6;
/** Settlements of one bill, one after the other. */
const SETTLEMENTS_MAX = 2;
/** So little that thousands of bills stay below what the funds pay in a year: at that limit splits change. */
const PRICE_FEN = 17;
const PAUSE_MAX_MS = 2_500;

export interface Work {
  readonly his: PersistentClient;
  readonly chance: Chance;
  /** Who is to pay the next bill. */
  readonly payers: () => readonly string[];
  /** The next bill's number; nothing when the day is over. */
  readonly nextBill: () => string | undefined;
}

/** Puts bill after bill: settles most, takes some back, begins some anew. Each request is repeated until it is answered. */
export async function work({ his, chance, payers, nextBill }: Work): Promise<void> {
  for (let bill = nextBill(); bill !== undefined; bill = nextBill()) {
    for (let time = 1; time <= SETTLEMENTS_MAX; time++) {
      const isOver = await settle(his, bill, time, chance, payers());
      if (!isOver || chance.next() < 0.5) break;
    }
    await sleep(chance.between(0, PAUSE_MAX_MS));
  }
}

/** Uses up the year's deductible, so that every later bill's split depends on that bill alone. */
export async function useUpDeductible(his: PersistentClient): Promise<void> {
  const body = { ...billOf('B0', 50), confirm: true };
  const { id } = (await his.post<Settlement>({ path: '/v1/settlements', key: 'deductible', body })).body;
  // On a busy machine even this answer may come too late, and be found out.
  const { state } = await until(
    () => his.get<Settlement>(`/v1/settlements/${id}`),
    ({ state }) => state !== 'in-doubt' && state !== 'settling',
    60_000,
  );
  if (state !== 'settled') throw new Error(`the first bill is ${state}`);
}

/** One settlement of a bill; answers whether the bill may be settled anew. */
async function settle(
  his: PersistentClient,
  bill: string,
  time: number,
  chance: Chance,
  insurers: readonly string[],
): Promise<boolean> {
  const confirm = chance.next() < 0.5;
  const body = { ...billOf(bill, chance.between(2, 12), { insurers, priceFen: PRICE_FEN }), confirm };
  const created = await his.post<Settlement>({
    path: '/v1/settlements',
    key: `${bill}-create-${time}`,
    body,
  });
  let { state } = created.body;
  if (created.status >= 300) return false;
  const act = async (name: string, again = 1) => {
    const path = `/v1/settlements/${created.body.id}/${name}`;
    const answer = await his.post<Settlement>({ path, key: `${bill}-${name}-${time}-${again}` });
    if (answer.status < 300) state = answer.body.state;
  };
  for (let again = 1; state === 'draft' && again <= QUOTES_MAX; again++) await act('quote', again);
  if (state === 'quoted') await act(chance.next() < 0.1 ? 'abandon' : 'confirm');
  if (state === 'in-doubt') {
    await sleep(chance.between(0, PAUSE_MAX_MS));
    state = (await his.get<Settlement>(`/v1/settlements/${created.body.id}`)).state;
  }
  if (state === 'settled' && chance.next() < 0.4) await act('reverse');
  return state === 'failed' || state === 'reversed';
}
