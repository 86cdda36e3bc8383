import { setTimeout as sleep } from 'node:timers/promises';
import type { CreateReferral, Referral, ReferralAct, ReferralSummary } from '../../../schemas/referral.ts';
import type { Chance } from '../../end-to-end/random.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import { type End, ORGANISATIONS } from './ends.ts';
import { actOf, outcome, patientTo } from './papers.ts';
import { otherSide } from './steps.ts';

/** Two clerks at once: of the same act, or of two that exclude each other. */
const AT_ONCE_CHANCE = 0.15;
/** Referrals that their recipient never touches: what is open must be the same at both ends, too. */
const FORGOTTEN_CHANCE = 0.03;
/** Who sent a referral has something to say about it. */
const INITIATOR_ACTS_CHANCE = 0.3;
/** What came is claimed by a doctor, or by two at once; sent on to the next level; or taken back, and done with. */
const CLAIM_CHANCE = 0.1;
const ONWARD_CHANCE = 0.02;
const RETURN_CHANCE = 0.05;
/** Who acts on what another doctor has claimed is mostly told so first. */
const ASKS_FIRST_CHANCE = 0.8;
const PAUSE_MAX_MS = 400;
/** How many of the open referrals a clerk looks at before looking for new ones. */
const HAND_FULL = 8;

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
  /** The number of the doctor the clerk works for. */
  readonly doctor: string;
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
        await this.#see(id, isDay());
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

  /** A patient who was sent here: seen to, claimed, sent on or taken back; new cases only by day. */
  async #see(id: string, isDay: boolean): Promise<void> {
    const drawn = this.#parts.chance.next();
    if (drawn < CLAIM_CHANCE) return this.#claim(id);
    if (!isDay || drawn > CLAIM_CHANCE + ONWARD_CHANCE + RETURN_CHANCE) return this.#work(id);
    if (drawn < CLAIM_CHANCE + ONWARD_CHANCE) return this.#follow({ onwardOf: id });
    return this.#follow({ returnOf: id, outcome });
  }

  async #create(): Promise<string> {
    const id = await this.#post({});
    if (id === undefined) throw new Error('a referral was refused');
    return id;
  }

  /** A referral that carries on or answers one that came here. With an outcome, that one is completed by it. */
  async #follow(base: Pick<CreateReferral, 'onwardOf' | 'returnOf' | 'outcome'>): Promise<void> {
    const id = await this.#post(base);
    if (id !== undefined && base.outcome) this.#parts.acknowledged.add(base.returnOf!, 'complete');
  }

  /** Answers the id of the referral, or nothing where it was refused. */
  async #post(more: Partial<CreateReferral>): Promise<string | undefined> {
    const { end, acknowledged, nextKey, chance } = this.#parts;
    const to = ORGANISATIONS[otherSide(end.side)].code;
    const { status, body } = await end.his.post<Referral & { code: string }>({
      path: '/v1/referrals',
      key: nextKey(),
      body: { ...patientTo(to, chance), ...more },
    });
    if (status !== 201) return this.#refused(body.code);
    acknowledged.add(body.id, 'create');
    return body.id;
  }

  /** One act that the table has here, or two by two clerks at once. */
  async #work(id: string): Promise<void> {
    const { end, chance } = this.#parts;
    const referral = await end.his.get<Referral>(`/v1/referrals/${id}`);
    if (referral.actions.length === 0) return;
    const acts = [chance.oneOf(referral.actions)];
    if (chance.next() < AT_ONCE_CHANCE) acts.push(chance.oneOf(referral.actions));
    await Promise.all(acts.map((act) => this.#act(referral, act)));
  }

  async #act({ id, version, claim }: Referral, type: ReferralAct['type']): Promise<void> {
    const { acknowledged, chance, doctor } = this.#parts;
    const who = claim && chance.next() < ASKS_FIRST_CHANCE ? claim.doctor.number : doctor;
    const body = { ...actOf(type, chance), doctor: who };
    if (await this.#change(`${id}/events`, version, body)) acknowledged.add(id, type);
  }

  /** Takes a referral on, perhaps while a colleague does so, too. */
  async #claim(id: string): Promise<void> {
    const { end, acknowledged, chance, doctor } = this.#parts;
    const { version } = await end.his.get<Referral>(`/v1/referrals/${id}`);
    const doctors = chance.next() < AT_ONCE_CHANCE ? [doctor, `${doctor}-2`] : [doctor];
    await Promise.all(
      doctors.map(async (number) => {
        const body = { doctor: { number, name: '示例医师' } };
        if (await this.#change(`${id}/claim`, version, body)) acknowledged.claimed(id, number);
      }),
    );
  }

  async #change(path: string, version: number, body: object): Promise<boolean> {
    const { end, nextKey, tally } = this.#parts;
    const answer = await end.his.post<{ code: string }>({
      path: `/v1/referrals/${path}`,
      key: nextKey(),
      headers: { 'if-match': `"${version}"` },
      body,
    });
    tally.acts += 1;
    if (answer.status !== 200) this.#refused(answer.body.code);
    return answer.status === 200;
  }

  #refused(code: string): undefined {
    const { refused } = this.#parts.tally;
    refused[code] = (refused[code] ?? 0) + 1;
  }
}
