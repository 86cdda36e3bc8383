import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { ReportRule } from '../../../schemas/insured-configuration.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import type { FilingStanding, Filings } from '../../settlement/port.ts';
import type { Store } from '../../store/port.ts';
import type { Placed } from '../measures/rules.ts';
import { bodyPurpose, type ReferralBody } from '../model.ts';
import { referralById } from '../queries.ts';
import { filingOf } from './filing.ts';
import type { FilingNews } from './news.ts';
import { dueReports, type ReportRow, releaseReport, updateReport } from './queries.ts';
import { backoffMs, receiverOf, stepOf, WAITS_MS } from './rules.ts';

/** Reports worked at in one round, one after the other: an insurer's front-end host is no fast one. */
const ROUND_MAX = 20;
/** Longer than a filing and a question after it may take. */
const LEASE_MS = 15 * 60_000;
const POLL_MS = 5_000;
/** Filings begun anew before a person is called. */
const ROUNDS_MAX = 50;
/** Withdrawals an insurer may refuse before a person is called. */
const WITHDRAWALS_MAX = 8;

export interface ReportParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly random: () => number;
  readonly filings: Filings;
  /** Tells the other end. */
  readonly news: Pick<FilingNews, 'tell'>;
  readonly rules: readonly ReportRule[];
  readonly own: Placed;
  readonly placeOf: (code: string) => (Placed & { readonly name: string }) | undefined;
}

type Change = Partial<ReportRow>;

/**
 * Tells insurers of referrals: files (2501), looks at the insurer's list (5304), withdraws (2502).
 *
 *     due ──lease──► one step ──► done, or due again later
 *                      └── died in between ──► due again after the lease; the filing's id makes the step the same
 */
export class ReportWorker {
  readonly #parts: ReportParts;
  #timer: NodeJS.Timeout | undefined;
  #turning: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#parts.rules.length === 0) return;
    this.#timer = setInterval(() => this.wake(), POLL_MS);
    this.#timer.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#turning;
  }

  wake(): void {
    if (this.#timer === undefined || this.#stopped) return;
    this.#again = true;
    this.#turning ??= this.#turn();
  }

  /** One step of each report that is due; answers how many there were. */
  async runOnce(): Promise<number> {
    const rows = await this.#lease();
    for (const row of rows) await this.#step(row);
    return rows.length;
  }

  async #turn(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        if ((await this.runOnce()) > 0) this.#again = true;
      }
    } catch (error) {
      this.#parts.logger.error({ err: maskError(error) }, 'reports to insurers could not be read');
    } finally {
      this.#turning = undefined;
    }
  }

  async #lease(): Promise<ReportRow[]> {
    const { store, clock } = this.#parts;
    const due = { now: clock.now(), limit: ROUND_MAX };
    if ((await store.all(dueReports, due)).length === 0) return [];
    return store.write(async (unit) => {
      const leased: ReportRow[] = [];
      for (const row of await unit.all(dueReports, due)) {
        const mine = { ...row, lease_until: due.now + LEASE_MS };
        if ((await unit.run(updateReport, { ...mine, now: due.now })) === 1) {
          leased.push({ ...mine, version: row.version + 1 });
        }
      }
      return leased;
    });
  }

  async #step(row: ReportRow): Promise<void> {
    const { clock, logger, random } = this.#parts;
    let change: Change;
    try {
      change = { tries: 0, problem: null, ...(await this.#act(row)) };
    } catch (error) {
      const lasting = error instanceof Fault && error.kind.again !== 'yes' && error.kind.status < 500;
      const tries = row.tries + 1;
      const problem = error instanceof Fault ? error.code : 'gateway.fault';
      if (!(error instanceof Fault))
        logger.error(
          { referral: row.referral_id, err: maskError(error) },
          'a report to an insurer broke off',
        );
      change = { tries, problem, next_at: lasting ? null : clock.now() + backoffMs(tries, random()) };
    }
    await this.#put(row, change);
  }

  async #act(row: ReportRow): Promise<Change> {
    const { filings, clock } = this.#parts;
    const id = filingIdOf(row);
    const known = await filings.standing(id);
    const step = stepOf(row.wanted, known?.state, row.seen !== null);
    switch (step) {
      case 'file':
        return this.#after(row, await this.#file(row, id));
      case 'file-anew':
        return this.#anew(row);
      case 'withdraw': {
        const reason = '转诊已撤销或被拒绝';
        return this.#after(
          row,
          await filings.withdrawTransfer({ id, act: `${id}.w${row.tries}`, reason }, this.#caller()),
        );
      }
      case 'check': {
        if (row.filing_state !== 'filed') return this.#after(row, known!);
        const seen = (await filings.isListed(id, this.#caller())) ? 'on-file' : 'absent';
        const problem = seen === 'absent' ? 'report.not-listed' : null;
        return { seen, seen_at: clock.now(), problem, next_at: null };
      }
      case 'look':
      case 'call-person':
      case 'done':
        return known ? this.#after(row, known) : { next_at: null };
    }
  }

  /** What a filing's standing leaves to be done. */
  #after(row: ReportRow, { state, number }: FilingStanding): Change {
    const now = this.#parts.clock.now();
    const stands = { filing_state: state, ...(number === undefined ? {} : { number }) };
    const step = stepOf(row.wanted, state, row.seen !== null);
    switch (step) {
      case 'done':
        return { ...stands, problem: state === 'refused' ? 'insurer.refused' : null, next_at: null };
      case 'file-anew':
        return { ...stands, ...this.#anew(row) };
      case 'withdraw': {
        // It was filed while the referral ended, or the insurer would not take it back.
        const tries = row.tries + 1;
        const problem = row.filing_state === 'filed' ? 'insurer.refused' : null;
        if (tries > WITHDRAWALS_MAX) return { ...stands, tries, problem, next_at: null };
        return { ...stands, tries, problem, next_at: now + backoffMs(tries, this.#parts.random()) };
      }
      case 'file':
        throw new Error('a filing that is there is not to be made');
      case 'check':
      case 'look':
      case 'call-person':
        return { ...stands, next_at: now + WAITS_MS[step] };
    }
  }

  /** Nothing is on file and nothing will be: another filing may be made, after a while. */
  #anew(row: ReportRow): Change {
    const { clock, random } = this.#parts;
    if (row.round >= ROUNDS_MAX) return { problem: 'filing.not-sent', next_at: null };
    return {
      filing_state: 'not-filed',
      round: row.round + 1,
      problem: 'filing.not-sent',
      next_at: clock.now() + backoffMs(row.round, random()),
    };
  }

  async #file(row: ReportRow, id: string): Promise<FilingStanding> {
    const { store, vault, rules, own, placeOf, filings } = this.#parts;
    const referral = await store.one(referralById, { id: row.referral_id });
    const rule = rules.find(({ insurer }) => insurer === row.insurer);
    const peer = referral && placeOf(referral.peer);
    if (!referral || !rule || !peer) throw new Fault('report.incomplete', { detail: 'rule or receiver' });
    const receiver = receiverOf(rule, peer, own);
    if (!receiver.ok) throw new Fault('report.incomplete', { detail: receiver.error });
    const body = vault.openJson<ReferralBody>(bodyPurpose(referral.id), referral.body);
    const filing = filingOf(rule, receiver.value, body, row.created_at);
    const transfer = { id, referralId: referral.id, insurer: row.insurer, filing };
    return filings.fileTransfer(transfer, this.#caller());
  }

  async #put(row: ReportRow, change: Change): Promise<void> {
    const { store, clock, news } = this.#parts;
    const { referral_id, insurer } = row;
    const ended = { ...row, ...change, lease_until: 0, now: clock.now() };
    const tell = await store.write(async (unit) => {
      if ((await unit.run(updateReport, ended)) === 1)
        return news.tell(unit, row, { ...ended, version: row.version + 1 });
      // Meanwhile the referral has ended: then what is wanted now is looked at anew, from how the filing stands.
      await unit.run(releaseReport, { referral_id, insurer });
      return undefined;
    });
    tell?.();
  }

  /** A withdrawal is a person's act; this one was decided by whoever ended the referral. */
  #caller(): Caller {
    return { client: `${GATEWAY}/referral`, requestId: this.#parts.ids.next() };
  }
}

/** The filing of a report's round has one id, whoever makes it and however often. */
export function filingIdOf({
  referral_id,
  insurer,
  round,
}: Pick<ReportRow, 'referral_id' | 'insurer' | 'round'>): string {
  const name = createHash('sha256').update(`${referral_id}\n${insurer}`).digest('hex').slice(0, 32);
  return `rf-${name}.${round}`;
}
