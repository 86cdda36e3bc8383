import type { ReferralAct } from '../../schemas/referral.ts';
import { encodeEnvelope } from '../../src/delivery/envelope.ts';
import type { DeliveryRow } from '../../src/delivery/queries.ts';
import type { Act } from '../../src/referral/machine.ts';
import { appointment, creation, outcome, type TestOrganisation } from './organisations.ts';

export const by = { client: 'test', requestId: 'test' };
const reason = { text: '患者要求' };

/** An act with the content it needs. */
export function actOf(type: Act): ReferralAct {
  if (['decline', 'cancel-appointment', 'request-cancellation', 'refuse-cancellation'].includes(type))
    return { type, reason };
  if (type === 'schedule' || type === 'reschedule') return { type, appointment };
  if (type === 'note') return { type, text: '病情平稳' };
  if (type === 'amend') return { type, form: { ...creation.form, impression: '急性心肌梗死' } };
  if (type === 'consent') return { type, consent: { given: 'written', by: 'relative' } };
  return type === 'complete' ? { type, outcome } : { type };
}

/** One end of one case, with all the messages it has written down, as its outbox holds them. */
export class Desk {
  readonly side: TestOrganisation;
  readonly own: string;
  constructor(side: TestOrganisation, own: string) {
    this.side = side;
    this.own = own;
  }

  /** Does the `choice`th thing this end may do now. */
  async act(caseId: string, choice: number): Promise<void> {
    const id = await this.id(caseId);
    if (!id) return;
    const { actions, version } = await this.side.referrals.get(by, id);
    const type = actions[choice % Math.max(1, actions.length)];
    if (!type) return;
    // Reminders are limited in rate; half an hour passes.
    if (type === 'remind') this.side.clock.advance(1_800_000);
    await this.side.referrals.act(by, this.side.ids.next(), id, version, actOf(type));
  }

  async id(caseId: string): Promise<string | undefined> {
    const rows = await this.side.store.list<{ id: string }>((db) =>
      db.selectFrom('referrals').select('id').where('case_id', '=', caseId),
    );
    return rows[0]?.id;
  }

  async sent(caseId: string): Promise<DeliveryRow[]> {
    return this.side.store.list<DeliveryRow>((db) =>
      db.selectFrom('deliveries').selectAll().where('correlation_id', '=', caseId).orderBy('order_seq'),
    );
  }

  /** Hands one message over to the other side's inbox, as its link would, and perhaps loses the receipt. */
  async hand(row: DeliveryRow, to: Desk, receiptLost: boolean): Promise<void> {
    const message = this.side.outbox.messageOf(row, this.own);
    const receipt = await to.side.inbox.receive(message, encodeEnvelope(message));
    if (receiptLost) return;
    const handler = this.side.handlers.get(message.type)!;
    const after = await this.side.store.write(async (unit) =>
      handler.delivered?.(unit, message, receipt.receivedAt),
    );
    after?.();
  }

  /** The form and the consent, which amendments change. */
  async form(caseId: string): Promise<string> {
    const { form, consent } = await this.side.referrals.get(by, (await this.id(caseId))!);
    return JSON.stringify([form, consent]);
  }

  async state(caseId: string): Promise<string> {
    const id = await this.id(caseId);
    return (await this.side.referrals.get(by, id!)).state;
  }
}
