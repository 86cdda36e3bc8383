import { setTimeout as sleep } from 'node:timers/promises';
import type { Referral, ReferralAct, ReferralSummary } from '../../../schemas/referral.ts';
import type { Chance } from '../../end-to-end/random.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { type End, ORGANISATIONS } from './ends.ts';
import { otherSide } from './steps.ts';

/** Two clerks at once: of the same act, or of two that exclude each other. */
const AT_ONCE_CHANCE = 0.15;
/** Referrals that their recipient never touches: what is open must be the same at both ends, too. */
const FORGOTTEN_CHANCE = 0.03;
/** Who sent a referral has something to say about it. */
const INITIATOR_ACTS_CHANCE = 0.3;
const PAUSE_MAX_MS = 400;
/** How many of the open referrals a clerk looks at before looking for new ones. */
const HAND_FULL = 8;

type Act = ReferralAct['type'];

const reason = { reason: { text: '患者要求' } };
const appointment = { at: '2026-12-01T09:00:00+08:00', department: { name: '心血管内科' } };

/** What each act brings with it. */
const CONTENT: Partial<Record<Act, Omit<ReferralAct, 'type'>>> = {
  accept: {},
  decline: reason,
  schedule: { appointment },
  reschedule: { appointment },
  'no-show': {},
  'cancel-appointment': reason,
  arrive: {},
  note: { text: '病情平稳' },
  complete: { outcome: { diagnosis: '原发性高血压', doctor: { name: '示例医师' } } },
  'request-cancellation': reason,
  'confirm-cancellation': {},
  'refuse-cancellation': reason,
};

/** What was acknowledged, of each referral of one end by its id: how often each act. */
export class Acknowledgements {
  readonly #counts = new Map<string, Record<string, number>>();

  add(id: string, act: string): void {
    const counts = this.of(id);
    counts[act] = (counts[act] ?? 0) + 1;
    this.#counts.set(id, counts);
  }

  of(id: string): Record<string, number> {
    return this.#counts.get(id) ?? {};
  }

  /** The referrals whose creation was acknowledged. */
  get created(): string[] {
    return [...this.#counts].flatMap(([id, counts]) => (counts.create ? [id] : []));
  }
}

/** How requests of the clerks were answered. */
export interface Tally {
  acts: number;
  readonly refused: Record<string, number>;
}

export interface ClerkParts {
  readonly end: End;
  readonly chance: Chance;
  readonly acknowledged: Acknowledgements;
  readonly tally: Tally;
  /** By case: those that nobody is to touch. */
  readonly forgotten: Map<string, boolean>;
  /** The next key of a request. */
  readonly nextKey: () => string;
}

/** The clerks of one end: what they send out, and what they do with all that is open. */
export class Clerk {
  readonly #parts: ClerkParts;

  constructor(parts: ClerkParts) {
    this.#parts = parts;
  }

  /** Sends patients to the other side, one after the other, for as long as there are some. */
  async send(isAnother: () => boolean, meanPauseMs: number): Promise<void> {
    const { chance } = this.#parts;
    while (isAnother()) {
      const id = await this.#create();
      if (chance.next() < INITIATOR_ACTS_CHANCE) {
        await sleep(chance.between(0, PAUSE_MAX_MS));
        await this.#work(id);
      }
      await sleep(chance.between(0, 2 * meanPauseMs));
    }
  }

  /** Does this and that with what others have sent here, until the day is over and nothing is left to be done. */
  async receive(isDay: () => boolean): Promise<void> {
    const { end, chance } = this.#parts;
    for (;;) {
      const open = await end.his.list<ReferralSummary>('/v1/referrals?role=recipient&state=open');
      const left = open.filter(({ caseId }) => !this.#isForgotten(caseId));
      if (left.length === 0 && !isDay()) return;
      for (let count = 0; count < HAND_FULL && left.length > 0; count++) {
        const [{ id }] = left.splice(chance.between(0, left.length - 1), 1) as [ReferralSummary];
        await this.#work(id);
      }
      await sleep(chance.between(0, PAUSE_MAX_MS));
    }
  }

  #isForgotten(caseId: string): boolean {
    const { forgotten, chance } = this.#parts;
    const known = forgotten.get(caseId) ?? chance.next() < FORGOTTEN_CHANCE;
    forgotten.set(caseId, known);
    return known;
  }

  async #create(): Promise<string> {
    const { end, acknowledged, nextKey, chance } = this.#parts;
    const { status, body } = await end.his.post<Referral>({
      path: '/v1/referrals',
      key: nextKey(),
      body: referralTo(ORGANISATIONS[otherSide(end.side)].code, chance),
    });
    if (status !== 201) throw new Error(`a referral was refused: ${JSON.stringify(body)}`);
    acknowledged.add(body.id, 'create');
    return body.id;
  }

  /** One act that the table has here, or two by two clerks at once. */
  async #work(id: string): Promise<void> {
    const { end, chance } = this.#parts;
    const { actions, version } = await end.his.get<Referral>(`/v1/referrals/${id}`);
    const possible = actions.filter((act) => CONTENT[act]);
    if (possible.length === 0) return;
    const acts = [chance.oneOf(possible)];
    if (chance.next() < AT_ONCE_CHANCE) acts.push(chance.oneOf(possible));
    await Promise.all(acts.map((act) => this.#act(id, version, act)));
  }

  async #act(id: string, version: number, type: Act): Promise<void> {
    const { end, acknowledged, nextKey, tally } = this.#parts;
    const { status, body } = await end.his.post<{ code: string }>({
      path: `/v1/referrals/${id}/events`,
      key: nextKey(),
      headers: { 'if-match': `"${version}"` },
      body: { type, ...CONTENT[type] },
    });
    tally.acts += 1;
    if (status === 200) acknowledged.add(id, type);
    else tally.refused[body.code] = (tally.refused[body.code] ?? 0) + 1;
  }
}

function referralTo(to: string, chance: Chance) {
  return {
    to,
    priority: chance.oneOf(['routine', 'urgent', 'stat']),
    department: { name: '心血管内科' },
    patient: {
      identity: { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME },
    },
    form: { impression: '原发性高血压', presentIllness: '头晕三个月', doctor: { name: '示例医师' } },
    consent: { given: 'written', by: 'patient' },
  };
}
