import Compile from 'typebox/compile';
import { FilingMessage } from '../../../schemas/referral-filing.ts';
import type { AuditTrail } from '../../access/audit.ts';
import { GATEWAY } from '../../access/caller.ts';
import { type Clock, type Ids, timestampOf } from '../../clock.ts';
import {
  type AfterCommit,
  type Message,
  type MessageHandler,
  nothing,
  type Outbox,
} from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import type { Unit } from '../../store/port.ts';
import { caseToChange, referralById } from '../queries.ts';
import { invalidBody, jsonOf } from '../wire.ts';
import { type FilingRow, filingToldOf, putFiling } from './news-queries.ts';
import type { ReportRow } from './queries.ts';

export const FILING = 'referral.filing';

/** Behind the events of their case, as results are. */
const FILING_ORDER = 800_000_000;
const FILINGS_MAX = 20;
const NUMBER = /^[0-9A-Za-z._-]{1,40}$/;

const filingMessage = Compile(FilingMessage);

export interface NewsParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  /** Made after the handlers of its messages. */
  readonly outbox: () => Outbox;
}

type Standing = Pick<ReportRow, 'filing_state' | 'number'>;

/**
 * The number under which an insurer has a referral on file, from the end that filed it to the one that settles by it:
 * told when there is one, and when there is no more. A filing in doubt is no news.
 */
export class FilingNews implements MessageHandler {
  readonly #parts: NewsParts;

  constructor(parts: NewsParts) {
    this.#parts = parts;
  }

  /** Tells, in the unit that writes the filing down, what is new about it. */
  async tell(unit: Unit, before: Standing, after: ReportRow): Promise<AfterCommit> {
    const { clock, ids, outbox } = this.#parts;
    const number = numberOf(after);
    if (number === numberOf(before)) return nothing;
    const referral = await unit.one(referralById, { id: after.referral_id });
    if (!referral) return nothing;
    const { case_id: caseId, correlation_id: correlationId, peer: to } = referral;
    const { insurer, version: revision } = after;
    const message = { version: 1, caseId, insurer, revision, number, at: timestampOf(clock.now()) };
    await outbox().enqueue(unit, {
      ...{ id: ids.next(), correlationId, to, type: FILING, orderSeq: FILING_ORDER },
      body: Buffer.from(JSON.stringify(message)),
    });
    return () => outbox().wake();
  }

  async receive(unit: Unit, { from, id, body }: Message): Promise<AfterCommit> {
    const value = jsonOf(body);
    if (!filingMessage.Check(value)) {
      throw invalidBody(filingMessage.Errors(value)[0]?.instancePath);
    }
    const { caseId: case_id, insurer, revision, number } = value;
    const referral = await unit.one(caseToChange, { peer: from, case_id, role: 'recipient' });
    if (!referral) throw new Fault('link.unknown-case');
    const known = await unit.all(filingToldOf, { peer: from, case_id });
    const before = known.find((row) => row.insurer === insurer);
    if (before && before.revision >= revision) return nothing;
    if (!before && known.length >= FILINGS_MAX) throw new Fault('link.conflict', { facts: { insurer } });
    const row: FilingRow = {
      peer: from,
      case_id,
      insurer,
      revision,
      number,
      told_at: this.#parts.clock.now(),
    };
    await unit.run(putFiling, row);
    await this.#parts.audit.add(unit, {
      ...{ client: GATEWAY, requestId: id, act: 'receive-filing', kind: 'referral', subject: referral.id },
      detail: { from, insurer, filed: number !== null },
    });
    return nothing;
  }
}

/** A filing that stands; one whose number the insurer never told has none to tell of. */
function numberOf({ filing_state, number }: Standing): string | null {
  return filing_state === 'filed' && number !== null && NUMBER.test(number) ? number : null;
}
