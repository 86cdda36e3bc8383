import fc from 'fast-check';
import t from 'tap';
import type { ReferralAct } from '../../schemas/referral.ts';
import { encodeEnvelope } from '../../src/delivery/envelope.ts';
import type { DeliveryRow } from '../../src/delivery/queries.ts';
import type { Act } from '../../src/referral/machine.ts';
import {
  appointment,
  clinic,
  creation,
  hospital,
  organisation,
  outcome,
  type TestOrganisation,
} from './organisations.ts';

const by = { client: 'test', requestId: 'test' };
const reason = { text: '患者要求' };

/** Once closed, what the initiator still said is ignored by the recipient: only open cases hold the same form. */
const CLOSED = new Set(['declined', 'cancelled', 'completed']);

/** An act with the content it needs. */
function actOf(type: Act): ReferralAct {
  if (['decline', 'cancel-appointment', 'request-cancellation', 'refuse-cancellation'].includes(type))
    return { type, reason };
  if (type === 'schedule' || type === 'reschedule') return { type, appointment };
  if (type === 'note') return { type, text: '病情平稳' };
  if (type === 'amend') return { type, form: { ...creation.form, impression: '急性心肌梗死' } };
  if (type === 'consent') return { type, consent: { given: 'written', by: 'relative' } };
  return type === 'complete' ? { type, outcome } : { type };
}

/** One end of one case, with all the messages it has written down, as its outbox holds them. */
class Desk {
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
    const after = await this.side.store.write((unit) => handler.delivered(unit, message, receipt.receivedAt));
    after();
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

const happenings = fc.array(
  fc.record({
    kind: fc.constantFrom('act' as const, 'hand' as const),
    here: fc.boolean(),
    which: fc.nat(40),
    receiptLost: fc.boolean(),
  }),
  { maxLength: 25 },
);

t.test(
  'two gateways hold the same state on disk once all is handed over, in whatever order and however often',
  async (t) => {
    const here = new Desk(await organisation(t, clinic, hospital), clinic.code);
    const there = new Desk(await organisation(t, hospital, clinic), hospital.code);
    const input = creation as unknown as Parameters<typeof here.side.referrals.create>[2];
    const ended = new Set<string>();
    await fc.assert(
      fc.asyncProperty(happenings, fc.infiniteStream(fc.nat()), fc.boolean(), async (steps, order, green) => {
        const caseId = here.side.ids.next();
        const emergency = { channel: 'green', consent: { given: 'deferred', by: 'relative' } } as const;
        await here.side.referrals.create(by, caseId, green ? { ...input, ...emergency } : input);
        for (const step of steps) {
          const [from, to] = step.here ? [here, there] : [there, here];
          if (step.kind === 'act') await from.act(caseId, step.which);
          else {
            const sent = await from.sent(caseId);
            if (sent.length > 0) await from.hand(sent[step.which % sent.length]!, to, step.receiptLost);
          }
        }
        const left = [
          ...(await here.sent(caseId)).map((row) => ({ row, from: here, to: there })),
          ...(await there.sent(caseId)).map((row) => ({ row, from: there, to: here })),
        ];
        while (left.length > 0) {
          const [next] = left.splice(order.next().value! % left.length, 1);
          await next!.from.hand(next!.row, next!.to, false);
        }
        const states = [await here.state(caseId), await there.state(caseId)];
        ended.add(states[0]!);
        const forms = [await here.form(caseId), await there.form(caseId)];
        return states[0] === states[1] && (CLOSED.has(states[0]!) || forms[0] === forms[1]);
      }),
      { numRuns: 120 },
    );
    t.ok(ended.size >= 5, [...ended].join(' '));
    for (const { side } of [here, there]) {
      t.same(
        await side.store.list((db) => db.selectFrom('referral_waiting').selectAll()),
        [],
        'nobody waits any more',
      );
    }
  },
);
