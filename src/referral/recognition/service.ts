import Compile from 'typebox/compile';
import {
  type OfferedResult,
  type Recognition,
  RecognitionMessage,
  type Result,
  ResultMessage,
} from '../../../schemas/recognition.ts';
import type { AuditTrail } from '../../access/audit.ts';
import { type Caller, GATEWAY } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import { type Clock, type Ids, timestampOf } from '../../clock.ts';
import {
  type AfterCommit,
  type Message,
  type MessageHandler,
  nothing,
  type Outbox,
} from '../../delivery/port.ts';
import { Fault } from '../../errors.ts';
import type { Store, Unit } from '../../store/port.ts';
import type { Party } from '../machine.ts';
import { caseToChange, type ReferralRow, referralById, referralToChange } from '../queries.ts';
import { invalidBody, jsonOf } from '../wire.ts';
import {
  insertResult,
  type ResultKey,
  type ResultRow,
  recogniseResult,
  resultsOfCase,
  resultToChange,
} from './queries.ts';

export const RESULT = 'referral.result';
export const RECOGNITION = 'referral.recognition';

/** Behind the events of their case, and before its files. */
const RESULT_ORDER = 800_000_000;
const RESULTS_MAX = 200;
const CLOSED: ReadonlySet<string> = new Set(['draft', 'declined', 'cancelled']);

const resultMessage = Compile(ResultMessage);
const recognitionMessage = Compile(RecognitionMessage);

interface RecognitionParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly outbox: () => Outbox;
}

/** Mutual recognition (检查检验结果互认): results offered by one end, used or refused by the other, who says why. */
export class RecognitionService implements MessageHandler {
  readonly #parts: RecognitionParts;

  constructor(parts: RecognitionParts) {
    this.#parts = parts;
  }

  /** Offers results; one that was offered before is not offered twice. */
  async offer(by: Caller, id: string, items: readonly OfferedResult[]): Promise<Result[]> {
    const { store, clock, ids, audit, vault, outbox } = this.#parts;
    const now = clock.now();
    await store.write(async (unit) => {
      // Locked, so that two who offer at once do not give one number twice.
      const referral = await unit.one(referralToChange, { id });
      if (!referral) throw new Fault('referral.not-found');
      if (CLOSED.has(referral.state))
        throw new Fault('attachment.closed', { facts: { state: referral.state } });
      const { peer, case_id, role, correlation_id } = referral;
      const known = (await unit.all(resultsOfCase, { peer, case_id, role })).filter(
        ({ origin }) => origin === 'own',
      );
      const texts = new Set(known.map((row) => JSON.stringify(this.#bodyOf(row))));
      let number = known.length;
      for (const result of items) {
        const text = JSON.stringify(result);
        if (texts.has(text)) continue;
        texts.add(text);
        number += 1;
        if (number > RESULTS_MAX) throw new Fault('result.too-many');
        const key = { peer, case_id, role, origin: 'own', number } as const;
        const body = vault.seal(purposeOf(key, 'body'), text);
        const rest = { correlation_id, recognition: null, recognised_at: null, created_at: now };
        await unit.run(insertResult, { ...key, ...rest, body });
        const message = { version: 1, caseId: case_id, by: role, number, at: timestampOf(now), result };
        await outbox().enqueue(unit, {
          id: ids.next(),
          correlationId: correlation_id,
          to: peer,
          type: RESULT,
          orderSeq: RESULT_ORDER,
          body: Buffer.from(JSON.stringify(message)),
        });
      }
      const detail = { results: items.length };
      await audit.add(unit, { ...by, act: 'offer-results', kind: 'referral', subject: id, detail });
    });
    outbox().wake();
    return this.#list(await this.#referral(id));
  }

  async list(by: Caller, id: string): Promise<Result[]> {
    const referral = await this.#referral(id);
    await this.#parts.audit.look({ ...by, act: 'read-results', kind: 'referral', subject: id });
    return this.#list(referral);
  }

  /** Says what became of a result of the other end's; said once, and told to whoever offered it. */
  async recognise(by: Caller, id: string, number: number, said: Recognition): Promise<Result[]> {
    const { store, clock, ids, audit, outbox } = this.#parts;
    checkReason(said, '/body/reason');
    const referral = await this.#referral(id);
    const { peer, case_id, role, correlation_id } = referral;
    const now = clock.now();
    await store.write(async (unit) => {
      const key = { peer, case_id, role, origin: 'peer', number } as const;
      const row = await unit.one(resultToChange, key);
      if (!row) throw new Fault('result.not-found');
      if (!(await this.#record(unit, row, said, now))) return;
      const message = {
        version: 1,
        caseId: case_id,
        by: other(role),
        number,
        at: timestampOf(now),
        recognition: said,
      };
      await outbox().enqueue(unit, {
        id: ids.next(),
        correlationId: correlation_id,
        to: peer,
        type: RECOGNITION,
        orderSeq: RESULT_ORDER,
        body: Buffer.from(JSON.stringify(message)),
      });
      const detail = { number, use: said.use, ...(said.reason ? { reason: said.reason } : {}) };
      await audit.add(unit, { ...by, act: 'recognise', kind: 'referral', subject: id, detail });
    });
    outbox().wake();
    return this.#list(referral);
  }

  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    const value = jsonOf(message.body);
    if (message.type === RESULT) await this.#offered(unit, message, value);
    else await this.#recognised(unit, message, value);
    return nothing;
  }

  async #offered(unit: Unit, { from, correlationId, id }: Message, value: unknown): Promise<void> {
    if (!resultMessage.Check(value)) throw invalidBody(resultMessage.Errors(value)[0]?.instancePath);
    const { caseId: case_id, by, number, result } = value;
    const role = other(by);
    // Only a recipient may hear of a case for the first time: its results may come before it.
    if (role === 'initiator' && !(await unit.one(caseToChange, { peer: from, case_id, role })))
      throw new Fault('link.unknown-case');
    const key = { peer: from, case_id, role, origin: 'peer', number } as const;
    if (number > RESULTS_MAX || (await unit.one(resultToChange, key)))
      throw new Fault('link.conflict', { facts: { number } });
    const { clock, vault, audit } = this.#parts;
    await unit.run(insertResult, {
      ...key,
      correlation_id: correlationId,
      body: vault.sealJson(purposeOf(key, 'body'), result),
      recognition: null,
      recognised_at: null,
      created_at: clock.now(),
    });
    const entry = {
      client: GATEWAY,
      act: 'receive-result',
      kind: 'referral',
      subject: case_id,
      requestId: id,
    };
    await audit.add(unit, { ...entry, detail: { from, number } });
  }

  async #recognised(unit: Unit, { from }: Message, value: unknown): Promise<void> {
    if (!recognitionMessage.Check(value))
      throw invalidBody(recognitionMessage.Errors(value)[0]?.instancePath);
    const { caseId: case_id, by: role, number, at, recognition } = value;
    checkReason(recognition, '/body/body/recognition/reason');
    const row = await unit.one(resultToChange, { peer: from, case_id, role, origin: 'own', number });
    if (!row) throw new Fault('link.unknown-case');
    await this.#record(unit, row, recognition, Date.parse(at));
  }

  /** False where the same was said before. Fault `result.recognised` where something else was. */
  async #record(unit: Unit, row: ResultRow, said: Recognition, at: number): Promise<boolean> {
    const { peer, case_id, role, origin, number } = row;
    const key = { peer, case_id, role, origin, number };
    const before = this.#recognitionOf(row);
    if (before) {
      const same = before.use === said.use && before.reason === said.reason && before.text === said.text;
      if (!same) throw new Fault('result.recognised');
      return false;
    }
    const recognition = this.#parts.vault.sealJson(purposeOf(key, 'recognition'), said);
    await unit.run(recogniseResult, { ...key, recognition, recognised_at: at });
    return true;
  }

  async #referral(id: string): Promise<ReferralRow> {
    const row = await this.#parts.store.one(referralById, { id });
    if (!row) throw new Fault('referral.not-found');
    return row;
  }

  /** The results of both ends of a case, for what is made of them. Whoever asks audits the look. */
  ofCase(key: Pick<ResultKey, 'peer' | 'case_id' | 'role'>): Promise<Result[]> {
    return this.#list(key);
  }

  async #list({ peer, case_id, role }: Pick<ResultKey, 'peer' | 'case_id' | 'role'>): Promise<Result[]> {
    const rows = await this.#parts.store.all(resultsOfCase, { peer, case_id, role });
    return rows.map((row) => {
      const recognition = this.#recognitionOf(row);
      return {
        number: row.number,
        by: row.origin === 'own' ? role : other(role),
        ...this.#bodyOf(row),
        ...(recognition && { recognition: { ...recognition, at: timestampOf(row.recognised_at ?? 0) } }),
      };
    });
  }

  #bodyOf(row: ResultRow): OfferedResult {
    return this.#parts.vault.openJson<OfferedResult>(purposeOf(row, 'body'), row.body);
  }

  #recognitionOf(row: ResultRow): Recognition | undefined {
    if (row.recognition === null) return undefined;
    return this.#parts.vault.openJson<Recognition>(purposeOf(row, 'recognition'), row.recognition);
  }
}

function other(party: Party): Party {
  return party === 'initiator' ? 'recipient' : 'initiator';
}

/** A refusal says why; a use has nothing to excuse. */
function checkReason({ use, reason }: Recognition, pointer: string): void {
  if ((use === 'refused') !== (reason !== undefined)) throw new Fault('request.invalid', { pointer });
}

function purposeOf({ peer, case_id, role, origin, number }: ResultKey, what: string): string {
  return `referral-result ${what} ${peer} ${case_id} ${role} ${origin} ${number}`;
}
