import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../../../schemas/delivery.ts';
import { Chance } from '../../end-to-end/random.ts';
import type { Scene } from '../../setup/process.ts';
import { stopwatch, type Tormented, type Torture } from '../report.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Clerk, type Tally } from './clerks.ts';
import { type Ends, type Heard, startEnds } from './ends.ts';
import { type Deaths, fallSilent, liveAndDie } from './lives.ts';
import { SIDES, type Side } from './steps.ts';
import { judge, type Verdict } from './verdict.ts';
import { WAY_KINDS, type WayKind } from './ways.ts';

const REFERRALS = 500;
const MINUTES = 1.5;
const LEFT_DEAD_SHARE = 0.3;
/** Who sends patients, at each end: most go up. */
const SENDING: Readonly<Record<Side, number>> = { clinic: 9, hospital: 3 };
const SENDERS = SENDING.clinic + SENDING.hospital;
/** Who sees to those that come in. */
const RECEIVING: Readonly<Record<Side, number>> = { clinic: 2, hospital: 5 };
/** How long it may take until all is delivered once nothing goes wrong: tries come more and more seldom. */
const DRAINED_WITHIN_MS = 5 * 60_000;
const POLL_MS = 300;

/**
 * `npm run torture -- referral [--seed 1] [--referrals 500] [--minutes 1.5] [--link http|nats|mailbox] [--json]`.
 *
 * Two gateways as they are run, a clinic's and a hospital's, each with clerks who send patients to the other and do
 * whatever the machine allows, often two of them at once, and repeat each request under its key until it is answered.
 * Between the gateways runs a line for each direction that drops messages and receipts, delays and repeats messages,
 * and falls silent with its connections open. All the while one gateway or the other, or both, are killed with
 * SIGKILL at the next named step of a message (`steps.ts`), and started again on the same file. Then nothing goes
 * wrong any more, the clerks close what they have not forgotten, and when everything is delivered both books are
 * compared:
 *
 * - lost: what was acknowledged and is not there, at either end; messages that did not arrive;
 * - doubled: referrals or acts that are there more often than they were asked for;
 * - differing ends: referrals whose two ends have another state or tell another history.
 *
 * Fails where there is any. Timing is the machine's, so a seed repeats what is arranged, and nearly what comes of it.
 */
export const referral: Torture = async (seed, options = {}) => {
  const { referrals = REFERRALS, minutes = MINUTES, link = 'http' } = options;
  const kind = WAY_KINDS.find((each) => each === link);
  if (!kind) throw new Error(`--link ${WAY_KINDS.join('|')}`);
  const ends: (() => unknown)[] = [];
  const scene: Scene = { teardown: (end) => void ends.unshift(end) };
  try {
    return await tormentReferrals(scene, {
      ...{ seed, referrals, minutes, kind },
      leftDeadShare: LEFT_DEAD_SHARE,
    });
  } finally {
    for (const end of ends) await end();
  }
};

export interface ReferralTorment {
  readonly seed: number;
  readonly referrals: number;
  /** How long things go wrong. */
  readonly minutes: number;
  readonly kind: WayKind;
  /** Share of silences after which nobody resets the connections: each costs the gateways their time-outs. */
  readonly leftDeadShare: number;
}

export async function tormentReferrals(
  scene: Scene,
  { seed, referrals, minutes, kind, leftDeadShare }: ReferralTorment,
): Promise<Tormented> {
  const chance = new Chance(seed);
  const took = stopwatch();
  const heard: Heard = { total: 0, failed: {} };
  const { ends, way } = await startEnds(scene, { seed, kind, heard });
  const deadline = Date.now() + minutes * 60_000;
  const office = new Office(ends, { seed, referrals, meanPauseMs: (minutes * 60_000 * SENDERS) / referrals });

  for (const side of SIDES) way.lines[side].bad = true;
  let isDay = true;
  const silences = fallSilent({ way, chance: new Chance(seed + 3), leftDeadShare, isDay: () => isDay });
  const [deaths] = await Promise.all([
    liveAndDie({ ends, way, chance, goesOn: () => Date.now() < deadline }),
    office.sent,
  ]);
  isDay = false;
  await silences;
  took.lap('troubled');
  for (const side of SIDES) way.lines[side].bad = false;
  await drained(ends);
  await office.close();
  await drained(ends);
  took.lap('calming');

  const verdict = await judge(ends, office.acknowledged);
  const statuses = await Promise.all(SIDES.map((side) => ends[side].gateway.stop()));
  took.lap('judging');
  const befell: Record<string, number> = {};
  // Both sides may share one line.
  for (const each of new Set(SIDES.map((side) => way.lines[side].befell)))
    for (const [what, times] of Object.entries(each)) befell[what] = (befell[what] ?? 0) + times;
  const { tally } = office;
  const counts = { link: kind, referrals, befell, answers: heard, ...tally, tookS: took.laps };
  return told(verdict, deaths, statuses, counts);
}

/** All clerks of both ends, at work. */
class Office {
  readonly acknowledged = { clinic: new Acknowledgements(), hospital: new Acknowledgements() };
  readonly tally: Tally = { acts: 0, refused: {} };
  /** When the last patient was sent. */
  readonly sent: Promise<unknown>;
  readonly #received: Promise<unknown>;
  #isOpen = true;

  constructor(
    ends: Ends,
    { seed, referrals, meanPauseMs }: { seed: number; referrals: number; meanPauseMs: number },
  ) {
    let [left, keys, clerks] = [referrals, 0, 0];
    const forgotten = new Map<string, boolean>();
    const clerkAt = (side: Side) =>
      new Clerk({
        ...{ end: ends[side], tally: this.tally, acknowledged: this.acknowledged[side], forgotten },
        chance: new Chance(seed * 100 + ++clerks),
        doctor: `D${clerks}`,
        nextKey: () => `${side}-request-${++keys}`,
      });
    const several = (counts: Readonly<Record<Side, number>>) =>
      SIDES.flatMap((side) => Array.from({ length: counts[side] }, () => clerkAt(side)));
    this.sent = Promise.all(several(SENDING).map((clerk) => clerk.send(() => left-- > 0, meanPauseMs)));
    this.#received = Promise.all(several(RECEIVING).map((clerk) => clerk.receive(() => this.#isOpen)));
  }

  /** Lets the clerks close what is open, and go. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#received;
  }
}

/** Waits until no message is on its way; what is still then, the verdict tells. */
async function drained(ends: Ends): Promise<void> {
  const deadline = Date.now() + DRAINED_WITHIN_MS;
  const isBusy = async () => {
    for (const side of SIDES)
      if ((await ends[side].his.list<Delivery>('/v1/deliveries?state=queued')).length > 0) return true;
    return false;
  };
  while (Date.now() < deadline && (await isBusy())) await sleep(POLL_MS);
}

function told(
  { lost, doubled, differing, wrong, states, messages }: Verdict,
  deaths: Deaths,
  statuses: readonly (number | null)[],
  counts: Record<string, unknown>,
): Tormented {
  const stepsReached = Object.keys(deaths.kills).filter((name) => name.includes(',')).length;
  return {
    results: {
      ...counts,
      ...deaths,
      stepsReached,
      states,
      messages,
      lost: lost.length,
      doubled: doubled.length,
      differing: differing.length,
    },
    failures: [
      ...lost.map((what) => `lost: ${what}`),
      ...doubled.map((what) => `doubled: ${what}`),
      ...differing.map((what) => `differing ends: ${what}`),
      ...wrong,
      ...statuses.flatMap((status, index) =>
        status === 0 ? [] : [`the gateway of the ${SIDES[index]} ended with ${status}`],
      ),
    ],
  };
}
