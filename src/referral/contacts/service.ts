import Compile from 'typebox/compile';
import type { Referral } from '../../../schemas/referral.ts';
import type { Claimant } from '../../../schemas/referral-claim.ts';
import {
  type Contact,
  type ContactConfiguration,
  ContactsMessage,
} from '../../../schemas/referral-contact.ts';
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
import type { Events } from '../../events/events.ts';
import type { Rows, Store, Unit } from '../../store/port.ts';
import { bodyPurpose, type ReferralBody } from '../model.ts';
import type { ReferralChange, ReferralObserver } from '../port.ts';
import { caseToChange, type ReferralRow, referralById, referralToChange } from '../queries.ts';
import { invalidBody, jsonOf } from '../wire.ts';
import { type ContactRow, contactsOf, insertContact, markSeen } from './queries.ts';
import { contactsFor } from './rules.ts';

export const CONTACTS = 'referral.contacts';

/** Behind the events of their case, and before its results and files. */
const CONTACTS_ORDER = 700_000_000;

const contactsMessage = Compile(ContactsMessage);

export interface ContactParts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly audit: AuditTrail;
  readonly events: Events;
  readonly outbox: () => Outbox;
  /** Whom emergencies that arrive here are told to. */
  readonly contacts: readonly ContactConfiguration[];
}

/**
 * An emergency of the green channel is told to several at once as it arrives: an event for each, which the HIS, a
 * webhook or a page takes to them. Each says that they have seen it, and the end that sent the patient is told of both,
 * each time with all that there is, so that messages may overtake one another.
 */
export class ContactService implements MessageHandler {
  readonly #parts: ContactParts;

  constructor(parts: ContactParts) {
    this.#parts = parts;
  }

  readonly observer: ReferralObserver = { changed: (unit, change) => this.#arrived(unit, change) };

  async #arrived(unit: Unit, { cause, after, events }: ReferralChange): Promise<AfterCommit> {
    if (cause !== 'arrived' || after.channel !== 'green' || after.retro === 1) return nothing;
    const { vault, clock, audit } = this.#parts;
    const { notify } = vault.openJson<ReferralBody>(bodyPurpose(after.id), after.body);
    const contacts = contactsFor(this.#parts.contacts, notify);
    if (contacts.length === 0) return nothing;
    const told_at = clock.now();
    for (const { role, name, told } of contacts) {
      await unit.run(insertContact, { referral_id: after.id, role, name, told, told_at });
    }
    const requestId = events[0]?.row.message_id ?? after.id;
    const entry = { client: GATEWAY, requestId, act: 'tell-contacts', kind: 'referral', subject: after.id };
    await audit.add(unit, { ...entry, detail: { roles: contacts.map(({ role }) => role).join(' ') } });
    return this.#tellBoth(
      unit,
      after,
      contacts.map(({ role, told }) => ({ role, told, state: 'told' })),
    );
  }

  /** Somebody of a role has seen it; whoever was first stays. Faults referral.not-found, referral.no-contact. */
  async seen(by: Caller, id: string, role: string, who: Claimant): Promise<Contact[]> {
    const { store, vault, clock, audit } = this.#parts;
    const after = await store.write(async (unit) => {
      const row = await unit.one(referralToChange, { id });
      if (!row) throw new Fault('referral.not-found');
      const contact = (await unit.all(contactsOf, { referral_id: id })).find((each) => each.role === role);
      if (!contact || row.role !== 'recipient') throw new Fault('referral.no-contact');
      if (contact.seen_at !== null) return nothing;
      const seen_by = vault.sealJson(seenPurpose(id, role), who);
      await unit.run(markSeen, { referral_id: id, role, seen_at: clock.now(), seen_by });
      const detail = { role, who: who.number };
      await audit.add(unit, { ...by, act: 'contact-seen', kind: 'referral', subject: id, detail });
      return this.#tellBoth(unit, row, [{ role, told: contact.told, state: 'seen' }]);
    });
    after();
    const row = await store.one(referralById, { id });
    return row ? this.#shown(store, row) : [];
  }

  /** What a referral shows of whom it was told to. */
  views = async (row: ReferralRow, rows: Rows): Promise<Pick<Referral, 'contacts'>> => {
    if (row.channel !== 'green') return {};
    const contacts = await this.#shown(rows, row);
    return contacts.length === 0 ? {} : { contacts };
  };

  async receive(unit: Unit, message: Message): Promise<AfterCommit> {
    const value = jsonOf(message.body);
    if (!contactsMessage.Check(value)) {
      throw invalidBody(contactsMessage.Errors(value)[0]?.instancePath);
    }
    const key = { peer: message.from, case_id: value.caseId, role: 'initiator' } as const;
    const row = await unit.one(caseToChange, key);
    if (!row) throw new Fault('link.unknown-case');
    const { id: referral_id } = row;
    const before = await unit.all(contactsOf, { referral_id });
    const news: News[] = [];
    for (const { role, name, told, toldAt, seenAt, seenBy } of value.contacts) {
      const known = before.find((each) => each.role === role);
      if (!known) {
        await unit.run(insertContact, { referral_id, role, name, told, told_at: Date.parse(toldAt) });
      }
      if (seenAt === undefined || (known && known.seen_at !== null)) {
        if (!known) news.push({ role, told, state: 'told' });
        continue;
      }
      const seen_by = this.#parts.vault.sealJson(seenPurpose(referral_id, role), seenBy ?? null);
      await unit.run(markSeen, { referral_id, role, seen_at: Date.parse(seenAt), seen_by });
      news.push({ role, told, state: 'seen' });
    }
    return this.#tell(unit, referral_id, news);
  }

  /** Tells the other end as well; its message goes at once. */
  async #tellBoth(unit: Unit, row: ReferralRow, news: readonly News[]): Promise<AfterCommit> {
    await this.#tellPeer(unit, row);
    const told = await this.#tell(unit, row.id, news);
    return () => {
      this.#parts.outbox().wake();
      told();
    };
  }

  async #tell(unit: Unit, id: string, news: readonly News[]): Promise<AfterCommit> {
    const { events } = this.#parts;
    for (const each of news) await events.keep(unit, 'referral.contact', id, { ...each });
    return () => {
      for (const each of news) events.publish('referral.contact', id, { ...each });
    };
  }

  async #tellPeer(unit: Unit, row: ReferralRow): Promise<void> {
    const { ids, outbox } = this.#parts;
    const contacts = (await this.#shown(unit, row)).map(({ telephone: _ours, ...contact }) => contact);
    const message: ContactsMessage = { version: 1, caseId: row.case_id, contacts };
    await outbox().enqueue(unit, {
      id: ids.next(),
      correlationId: row.correlation_id,
      to: row.peer,
      type: CONTACTS,
      orderSeq: CONTACTS_ORDER,
      priority: row.priority,
      body: Buffer.from(JSON.stringify(message)),
    });
  }

  async #shown(rows: Rows, { id, role }: ReferralRow): Promise<Contact[]> {
    const contacts = await rows.all(contactsOf, { referral_id: id });
    return contacts.map((row) => ({ ...this.#contactOf(row), ...this.#telephoneOf(row, role) }));
  }

  #contactOf({ referral_id, role, name, told, told_at, seen_at, seen_by }: ContactRow): Contact {
    const purpose = seenPurpose(referral_id, role);
    const who = seen_by && this.#parts.vault.openJson<Claimant | null>(purpose, seen_by);
    return {
      role,
      name,
      told,
      toldAt: timestampOf(told_at),
      ...(seen_at === null ? {} : { seenAt: timestampOf(seen_at) }),
      ...(who ? { seenBy: who } : {}),
    };
  }

  /** Of our own people, as it is configured now. */
  #telephoneOf({ role }: ContactRow, end: ReferralRow['role']): Pick<Contact, 'telephone'> {
    const own = end === 'recipient' && this.#parts.contacts.find((each) => each.role === role);
    return own && own.telephone !== undefined ? { telephone: own.telephone } : {};
  }
}

/** What a listener is told: ids and states, no names and no numbers. */
interface News {
  readonly role: string;
  readonly told: ContactRow['told'];
  readonly state: 'told' | 'seen';
}

function seenPurpose(referralId: string, role: string): string {
  return `referral-contact ${referralId} ${role}`;
}
