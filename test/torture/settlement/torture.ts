import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SettlementSummary } from '../../../schemas/settlement.ts';
import { newKey } from '../../../src/access/clients.ts';
import { freePorts } from '../../../src/sandbox/ports.ts';
import { configurationFile, STORE_FILE } from '../../end-to-end/clinic.ts';
import { MortalGateway } from '../../end-to-end/mortal.ts';
import { PersistentClient } from '../../end-to-end/persistent.ts';
import { Chance } from '../../end-to-end/random.ts';
import { temporaryFolder } from '../../helper.ts';
import type { Scene } from '../../setup/process.ts';
import { stopwatch, type Tormented, type Torture } from '../report.ts';
import { useUpDeductible, work } from './clerk.ts';
import { startNational, type TorturedPayer } from './insurer.ts';
import { type Deaths, liveAndDie } from './lives.ts';
import { judge, type Verdict } from './verdict.ts';

const CYCLES = 20;
const CLERKS = 30;
/** A request may be repeated over many lives. */
const PATIENCE_MS = 20 * 60_000;
/** How long doubts may take to be settled once nothing goes wrong: tries come more and more seldom. */
const QUIET_WITHIN_MS = 15 * 60_000;
const POLL_MS = 500;

/** Some bills go to all payers; the first of them takes every bill. */
const SEVERAL_PAYERS_CHANCE = 0.3;

/**
 * `npm run torture -- settlement [--seed 1] [--cycles 20] [--json]`, some four minutes.
 *
 * The gateway as it is run, with thirty clerks who repeat each request under its key until it is answered, against the
 * virtual national platform in a process of its own. In every cycle the platform misbehaves by the seed (it loses
 * answers, answers late, twice, and to the wrong request, acts late, breaks off, answers 5xx and turns away), and the
 * gateway is killed with SIGKILL at the next named step (`steps.ts`: five moments of the quote, the settlement, the
 * reversal and the way out of doubt) and started again on the same file. In one life its disk is full for a while, in
 * two its clock jumps. Then the platform behaves, and when nothing is in doubt any more, the ledger as the API tells
 * it is held against the platform's book:
 *
 * - lost: acknowledged requests without their outcome, settlements in force that we don't claim, and the other way round;
 * - doubled: bills that were in force twice at any moment;
 * - undecided: what is left to a person, with its reason. Only answers that contradict themselves may be.
 *
 * Fails where anything is lost, doubled, or undecided without need. Timing is the machine's, so a seed repeats what is
 * arranged, and nearly what comes of it; `test/settlement/simulation` repeats exactly.
 */
export const settlement: Torture = async (seed, { cycles = CYCLES } = {}) => {
  const ends: (() => unknown)[] = [];
  const scene: Scene = { teardown: (end) => void ends.unshift(end) };
  try {
    return await torment(scene, seed, cycles);
  } finally {
    for (const end of ends) await end();
  }
};

async function torment(scene: Scene, seed: number, cycles: number): Promise<Tormented> {
  const chance = new Chance(seed);
  const took = stopwatch();
  const watched = await startNational(scene);
  const payers: readonly TorturedPayer[] = [watched];
  const ids = payers.map(({ id }) => id);
  const folder = temporaryFolder(scene);
  const { key, hash } = newKey('his');
  const port = await freePorts(2);
  const tomls = payers.map(({ toml }) => toml);
  const gateway = await MortalGateway.start(scene, configurationFile(folder, tomls, port, hash));
  const answers = { total: 0, failed: {} as Record<string, number> };
  const his = new PersistentClient(`http://127.0.0.1:${port}`, key, {
    patienceMs: PATIENCE_MS,
    heard({ status, body }) {
      answers.total += 1;
      if (status < 500) return;
      const { code } = JSON.parse(body) as { code: string };
      answers.failed[code] = (answers.failed[code] ?? 0) + 1;
    },
  });

  await useUpDeductible(his);
  let [bills, isDay] = [0, true];
  const nextBill = () => (isDay ? `B${++bills}` : undefined);
  const clerks = Array.from({ length: CLERKS }, (_, index) => {
    const own = new Chance(seed * CLERKS + index);
    const some = () => (own.next() < SEVERAL_PAYERS_CHANCE ? ids : ids.slice(0, 1));
    return work({ his, chance: own, payers: some, nextBill });
  });
  const deaths = await liveAndDie({
    ...{ gateway, watched, chance, cycles, store: join(folder, STORE_FILE) },
    begin: () => {
      for (const payer of payers) payer.misbehave(chance);
    },
  });
  took.lap('troubled');
  isDay = false;
  for (const payer of payers) payer.behave();
  await Promise.all(clerks);
  await quiet(his);
  took.lap('calming');

  const reports = new Map(
    await Promise.all(payers.map(async (payer) => [payer.id, await payer.report()] as const)),
  );
  const faults: Record<string, number> = {};
  for (const report of reports.values())
    for (const [kind, times] of Object.entries(report.faults)) faults[kind] = (faults[kind] ?? 0) + times;
  const verdict = await judge(his, payers, reports);
  const status = await gateway.stop();
  took.lap('judging');
  const acknowledged = his.acknowledged.length;
  return told(verdict, deaths, status, { cycles, bills, faults, answers, acknowledged, tookS: took.laps });
}

/** Waits until nothing is under way; what is still then, the verdict tells. */
async function quiet(his: PersistentClient): Promise<void> {
  const deadline = Date.now() + QUIET_WITHIN_MS;
  const under = async (state: string) =>
    (await his.list<SettlementSummary>(`/v1/settlements?state=${state}`)).length;
  const isBusy = async () =>
    (await under('settling')) + (await under('reversing')) + (await under('in-doubt')) > 0 ||
    (await his.list<SettlementSummary>('/v1/settlements?state=draft')).some(
      ({ actions }) => actions.length === 0,
    );
  while (Date.now() < deadline && (await isBusy())) await sleep(POLL_MS);
}

function told(
  { lost, doubled, undecided, wrong, states, draftsFor }: Verdict,
  deaths: Deaths,
  status: number | null,
  counts: Record<string, unknown>,
): Tormented {
  const stepsReached = Object.keys(deaths.kills).filter((name) => name !== 'at random').length;
  return {
    results: {
      ...counts,
      ...deaths,
      stepsReached,
      states,
      draftsFor,
      lost: lost.length,
      doubled: doubled.length,
      undecided: undecided.length,
      ...(undecided.length === 0 ? {} : { undecidedFor: undecided }),
    },
    failures: [
      ...lost.map((what) => `lost: ${what}`),
      ...doubled.map((what) => `doubled: ${what}`),
      ...wrong,
      ...(status === 0 ? [] : [`the gateway ended with ${status}`]),
    ],
  };
}
