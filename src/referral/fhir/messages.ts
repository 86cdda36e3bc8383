import type { Caller } from '../../access/caller.ts';
import type { Vault } from '../../access/vault.ts';
import type { Clock, Ids } from '../../clock.ts';
import { Fault } from '../../errors.ts';
import { ANSWERS_KEPT_MS } from '../../http/idempotency.ts';
import { ConstraintError, type Store, type Unit } from '../../store/port.ts';
import { STATES } from '../machine.ts';
import type { ReferralRow } from '../queries.ts';
import type { ReferralService } from '../service.ts';
import { actOf } from './acts.ts';
import { businessStatusOf, OURS, SYSTEM } from './codes.ts';
import { identifierHash } from './identifiers.ts';
import { listAt, textAt } from './look-in.ts';
import { type Answering, errorAnswer, type Message, messageOf, okAnswer } from './message.ts';
import { packageOf } from './pack.ts';
import { answeredMessage, expireMessages, insertMessage, referralsByIdentifier } from './queries.ts';
import { concept, type Resource, referenceTo } from './resource.ts';
import type { FhirReads } from './service.ts';
import type { FhirWrites } from './writes.ts';

export interface MessageParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly reads: FhirReads;
  readonly writes: FhirWrites;
  readonly referrals: ReferralService;
}

/** What goes back over HTTP. */
export interface Answered {
  readonly status: number;
  /** The response message, as text: a repeat gets the same. */
  readonly text: string;
}

/** Statuses of a task that asks for a referral rather than telling what became of one. */
const ASKING = new Set(['draft', 'requested', 'ready', 'received']);

/**
 * Processes messages, each once: a repeat of a Bundle.identifier gets the first answer, and the same identifier with
 * another content is a conflict. The answer to a new referral is written in the unit that creates it.
 */
export class FhirMessages {
  readonly #parts: MessageParts;

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  async process(by: Caller, body: unknown, base: string, english: boolean): Promise<Answered> {
    const { store, vault, clock, ids } = this.#parts;
    const message = messageOf(body);
    const key = { client: by.client, hash: vault.fingerprint('fhir message', message.identity) };
    const fingerprint = vault.fingerprint('fhir message content', JSON.stringify(body));
    const known = await this.#answered(key, fingerprint);
    if (known) return known;
    const answering: Answering = { ids, now: clock.now(), base };
    const keep = async (unit: Unit, status: number, text: string) => {
      const answer = vault.seal(purposeOf(key), text);
      await unit.run(insertMessage, { ...key, fingerprint, status, answer, answered_at: answering.now });
    };
    try {
      return await this.#run(by, message, answering, keep, key.hash);
    } catch (error) {
      const other = error instanceof ConstraintError ? await this.#answered(key, fingerprint) : undefined;
      if (other) return other;
      if (!(error instanceof Fault) || error.kind.place === 'gateway') throw error;
      const { status, again } = error.kind;
      const text = JSON.stringify(errorAnswer(message, error, english, answering));
      if (again !== 'yes') await store.write((unit) => keep(unit, status, text));
      return { status, text };
    }
  }

  /** Forgets answers that nobody will ask for again; called by the housekeeper. */
  async expire(): Promise<void> {
    const before = this.#parts.clock.now() - ANSWERS_KEPT_MS;
    await this.#parts.store.write((unit) => unit.run(expireMessages, { before }));
  }

  async #run(
    by: Caller,
    message: Message,
    answering: Answering,
    keep: (unit: Unit, status: number, text: string) => Promise<void>,
    eventId: string,
  ): Promise<Answered> {
    const { reads, writes, referrals, store } = this.#parts;
    const task = taskIn(message);
    const id = await this.#referralOf(task);
    if (id === undefined || ASKING.has(String(task.status))) {
      let text = '';
      await writes.create(by, packageOf(message.entries, '/body/entry'), async (unit, { row }) => {
        text = JSON.stringify(okAnswer(message, acknowledged(row), answering));
        await keep(unit, 200, text);
      });
      return { status: 200, text };
    }
    const before = await reads.read(by, 'Task', id);
    const referral = await referrals.get(by, id);
    const act = actOf(referral, before, task);
    if (act) await referrals.act(by, eventId, id, referral.version, act);
    const text = JSON.stringify(okAnswer(message, await reads.read(by, 'Task', id), answering));
    await store.write((unit) => keep(unit, 200, text));
    return { status: 200, text };
  }

  async #answered(key: { client: string; hash: string }, fingerprint: string): Promise<Answered | undefined> {
    const { store, vault } = this.#parts;
    const row = await store.one(answeredMessage, key);
    if (!row) return undefined;
    if (row.fingerprint !== fingerprint)
      throw new Fault('fhir.message-conflict', { pointer: '/body/identifier' });
    return { status: row.status, text: vault.open(purposeOf(key), row.answer).toString('utf8') };
  }

  /** The referral that a task speaks of, by our identifiers or by those it was posted with. */
  async #referralOf(task: Resource): Promise<string | undefined> {
    const { store, vault } = this.#parts;
    for (const identifier of listAt(task, 'identifier')) {
      const [system, value] = [textAt(identifier, 'system'), textAt(identifier, 'value')];
      if (system === undefined || value === undefined) continue;
      if (system === OURS.caseId || system === OURS.atRecipient) return value;
      const rows = await store.all(referralsByIdentifier, {
        hash: identifierHash(vault, 'Task', system, value),
      });
      if (rows.length === 1) return rows[0]!.referral_id;
    }
    return undefined;
  }
}

/** The task of a new referral, as far as its sender must know it to follow it. */
function acknowledged({ id, case_id, state }: ReferralRow): Resource {
  const businessStatus = businessStatusOf(state);
  return {
    resourceType: 'Task',
    id,
    identifier: [{ type: concept(SYSTEM.identifierType, 'PLAC'), system: OURS.caseId, value: case_id }],
    status: STATES[state].status,
    ...(businessStatus ? { businessStatus } : {}),
    intent: 'order',
    code: concept(SYSTEM.taskCode, 'fulfill'),
    focus: referenceTo('ServiceRequest', id),
  };
}

function taskIn(message: Message): Resource {
  const found = message.entries.find(
    ({ resource, fullUrl }) =>
      resource?.resourceType === 'Task' && [fullUrl, `Task/${resource.id}`].includes(message.focus),
  );
  if (found?.resource) return found.resource;
  throw new Fault('fhir.bundle', {
    pointer: '/body/entry/0/resource/focus',
    detail: 'the Task is not in the message',
  });
}

function purposeOf({ client, hash }: { client: string; hash: string }): string {
  return `fhir-message ${client} ${hash}`;
}
