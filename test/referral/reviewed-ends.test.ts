import fc from 'fast-check';
import t from 'tap';
import type { Referral } from '../../schemas/referral.ts';
import type { Clock } from '../../src/clock.ts';
import { packWith } from '../../src/delivery/packing.ts';
import type { DeliveryRow } from '../../src/delivery/queries.ts';
import { linkSecretOf, TIMESTAMP_TOLERANCE_S } from '../../src/delivery/signature.ts';
import { Fault } from '../../src/errors.ts';
import { CONTACTS, type ContactService } from '../../src/referral/contacts/service.ts';
import { markOverdueReferrals } from '../../src/referral/overdue.ts';
import type { ReferralRow } from '../../src/referral/queries.ts';
import { actOf, by, Desk } from './desk.ts';
import { clinic, creation, hospital, organisation, outcome, SECRET } from './organisations.ts';

const DAY_MS = 86_400_000;
const doctors = [
  { number: 'D001', name: '李医生' },
  { number: 'D002', name: '王医生' },
] as const;
const chief = { number: 'R900', name: '审核人' };
const contacts = [
  { role: 'emergency', name: '急诊科', told: 'system' },
  { role: 'duty-doctor', name: '值班医生', told: 'telephone' },
] as const;

const happening = fc.record({
  kind: fc.constantFrom(
    'act',
    'act',
    'hand',
    'hand',
    'hand',
    'claim',
    'decide',
    'decide',
    'decide',
    'submit',
    'return',
    'clock',
    'seen',
  ),
  here: fc.boolean(),
  which: fc.nat(40),
  doctor: fc.nat(1),
  receiptLost: fc.boolean(),
  // Clocks run late, ahead and are set back, each on its own.
  ms: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: -60_000, max: 120_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -DAY_MS, max: 5 * DAY_MS }) },
  ),
});
interface Step {
  kind: string;
  here: boolean;
  which: number;
  doctor: number;
  receiptLost: boolean;
  ms: number;
}

const rowsOf = (desk: Desk, correlationId: string) =>
  desk.side.store.list<ReferralRow>((db) =>
    db.selectFrom('referrals').selectAll().where('correlation_id', '=', correlationId).orderBy('id'),
  );

/** The code of the refusal; nothing where it was done. */
async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

/** Does one thing at one desk, and says what came of it that should not have. */
async function happen(
  desk: Desk,
  other: Desk,
  correlationId: string,
  step: Step,
): Promise<string | undefined> {
  const { side } = desk;
  const { kind, which, ms } = step;
  if (kind === 'hand') {
    const sent = await desk.sent(correlationId);
    const row = sent[which % Math.max(1, sent.length)];
    if (row) return carry(desk, row, other, step.receiptLost);
    return undefined;
  }
  if (kind === 'clock') {
    side.clock.advance(ms);
    await markOverdueReferrals({ ...side, events: side.board, observers: [] });
    return undefined;
  }
  const rows = await rowsOf(desk, correlationId);
  const row = rows[which % Math.max(1, rows.length)];
  if (!row) return undefined;
  const before = await side.referrals.get(by, row.id);
  const code = await codeOf(attempt(desk, before, step));
  const allowed = allowedCodes(before, step);
  if (code !== undefined && !allowed.includes(code)) return `${kind} at ${before.state}: ${code}`;
  const after = await side.referrals.get(by, row.id);
  const holder = before.claim?.doctor.number;
  const claiming = kind === 'claim' && before.role === 'recipient' && !before.closed;
  const expected = holder ?? (claiming ? doctors[step.doctor]!.number : undefined);
  return after.claim?.doctor.number === expected ? undefined : `claimed by ${after.claim?.doctor.number}`;
}

/** Hands a message over; one that the other side's door does not believe, since the clocks differ, stays to be sent. */
async function carry(
  desk: Desk,
  row: DeliveryRow,
  other: Desk,
  receiptLost: boolean,
): Promise<string | undefined> {
  const apartMs = Math.abs(desk.side.clock.now() - other.side.clock.now());
  const packet = pack(desk.side.clock)(desk.side.outbox.messageOf(row, desk.own));
  const code = await codeOf((async () => other.side.door.open(packet))());
  if (code === undefined) {
    await desk.hand(row, other, receiptLost);
    // A second more or less is lost in rounding.
    return apartMs > (TIMESTAMP_TOLERANCE_S + 1) * 1_000 ? 'believed a clock that is too far off' : undefined;
  }
  if (code !== 'link.clock' || apartMs < (TIMESTAMP_TOLERANCE_S - 1) * 1_000) return `refused: ${code}`;
  disbelieved += 1;
  // Somebody sets the clocks, sooner or later.
  if (receiptLost) setAlike(desk, other);
  return undefined;
}

let disbelieved = 0;

function setAlike(desk: Desk, other: Desk): void {
  const apart = desk.side.clock.now() - other.side.clock.now();
  (apart < 0 ? desk : other).side.clock.advance(Math.abs(apart));
}

const pack = (clock: Clock) => packWith({ secrets: [linkSecretOf(SECRET)] }, clock);

async function attempt({ side }: Desk, referral: Referral, { kind, which, doctor }: Step): Promise<unknown> {
  const { id, version, actions, review, role } = referral;
  const { referrals } = side;
  const eventId = side.ids.next();
  const who = doctors[doctor]!;
  switch (kind) {
    case 'act': {
      // Cancelled less often than chance would have it, so that more comes to its end.
      const likely = actions.filter((each) => each !== 'request-cancellation' || which % 4 === 0);
      const type = likely[which % Math.max(1, likely.length)];
      return type && referrals.act(by, eventId, id, version, { ...actOf(type), doctor: who.number });
    }
    case 'claim':
      return referrals.claim(by, id, version, { doctor: who });
    case 'decide': {
      const decision = (['approve', 'approve', 'approve', 'approve', 'refuse', 'send-back'] as const)[
        which % 6
      ]!;
      const reason = { code: 'other', text: '见意见' };
      return referrals.decide(by, eventId, id, version, { decision, reviewer: chief, reason });
    }
    case 'submit': {
      const type = which % 5 === 0 ? 'withdraw' : 'submit';
      const form = { ...creation.form, impression: '改正后的印象' };
      const corrected = review?.of === 'send' && type === 'submit' ? { form } : {};
      return referrals.submit(by, eventId, id, version, { type, doctor: who, ...corrected });
    }
    case 'return':
      if (role !== 'recipient' || referral.links.length > 0) return undefined;
      return referrals.create(by, eventId, {
        ...creation,
        to: referral.peer.code,
        returnOf: id,
        outcome,
      } as never);
    default:
      return (side.handlers.get(CONTACTS) as ContactService).seen(by, id, contacts[which % 2]!.role, who);
  }
}

/** What may be refused, and why; anything else that is refused was offered and should have been done. */
function allowedCodes(
  { claim, review, state, role, closed, contacts: told }: Referral,
  step: Step,
): string[] {
  const held = claim && claim.doctor.number !== doctors[step.doctor]!.number;
  switch (step.kind) {
    case 'act':
      // The clock that was set back makes the last reminder one of the future.
      return ['referral.reminded', ...(held ? ['referral.claimed'] : [])];
    case 'claim':
      return role === 'initiator' || closed ? ['referral.transition'] : held ? ['referral.claimed'] : [];
    case 'decide':
      // A return that waits completes what came, which somebody has claimed, or was cancelled meanwhile.
      if (review?.state === 'waiting')
        return review.outcome ? ['referral.claimed', 'referral.transition'] : [];
      return ['referral.review-state'];
    case 'submit':
      return review ? [] : ['referral.review-state'];
    case 'return':
      return state === 'declined' ||
        state === 'cancelled' ||
        state === 'received' ||
        state === 'cancellation-requested'
        ? ['referral.transition', 'referral.claimed']
        : ['referral.claimed'];
    default:
      return told && role === 'recipient' ? [] : ['referral.no-contact'];
  }
}

t.test(
  'under reviews, claims, returns, emergencies and clocks that differ, both ends hold the same, and nothing unreviewed left',
  async (t) => {
    const review = { out: true, in: ['accept', 'decline', 'complete'] as const };
    const configured = { referral: { review: { ...review, in: [...review.in] }, contacts: [...contacts] } };
    const here = new Desk(await organisation(t, clinic, hospital, configured), clinic.code);
    const there = new Desk(await organisation(t, hospital, clinic, configured), hospital.code);
    const ended = new Map<string, number>();
    const count = (what: string) => ended.set(what, (ended.get(what) ?? 0) + 1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 20, maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 0, max: 2 }),
        async (steps, order, sort) => {
          setAlike(here, there);
          const caseId = here.side.ids.next();
          const emergency = { channel: 'green', consent: { given: 'deferred', by: 'relative' } } as const;
          const green = sort === 0;
          await here.side.referrals.create(by, caseId, { ...creation, ...(green ? emergency : {}) } as never);
          // Else most of the runs would end before anything was sent.
          if (sort === 1)
            await here.side.referrals.decide(by, here.side.ids.next(), caseId, 1, {
              decision: 'approve',
              reviewer: chief,
            });
          for (const step of steps) {
            const [desk, other] = step.here ? [here, there] : [there, here];
            const wrong = await happen(desk, other, caseId, step);
            if (wrong !== undefined) throw new Error(wrong);
          }
          setAlike(here, there);
          // All that was written down is handed over, in any order; answers to it may follow.
          for (let handed = -1; ; ) {
            const left = [
              ...(await here.sent(caseId)).map((row) => ({ row, from: here, to: there })),
              ...(await there.sent(caseId)).map((row) => ({ row, from: there, to: here })),
            ];
            if (left.length === handed) break;
            handed = left.length;
            while (left.length > 0) {
              const [next] = left.splice(order.next().value! % left.length, 1);
              const wrong = await carry(next!.from, next!.row, next!.to, false);
              if (wrong !== undefined) throw new Error(wrong);
            }
          }
          for (const [desk, other] of [
            [here, there],
            [there, here],
          ] as const) {
            for (const row of await rowsOf(desk, caseId)) {
              if (row.role === 'recipient') continue;
              const far = (await rowsOf(other, caseId)).find((each) => each.case_id === row.case_id);
              const history = (await desk.side.referrals.history(by, row.id, 0, 200)).entries;
              const approved = history.some(({ transition, of }) => transition === 'V05' && of === 'send');
              const sent = row.channel === 'green' || approved;
              if (sent !== (far !== undefined))
                throw new Error(`sent: ${sent}, known there: ${far !== undefined}`);
              if (far && far.state !== row.state) throw new Error(`${row.state} here, ${far.state} there`);
              if (!far && row.state !== 'draft' && row.state !== 'cancelled')
                throw new Error(`unsent: ${row.state}`);
              if (far) await compareContacts(desk, other, row, far);
              count(`${row.relation ?? (green ? 'green' : 'plain')} ${row.state}`);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
    t.ok(disbelieved > 0);
    t.ok(ended.size >= 10, [...ended].map((each) => each.join(' ')).join(', '));
    for (const { side } of [here, there]) {
      t.same(await side.store.list((db) => db.selectFrom('referral_waiting').selectAll()), []);
    }
  },
);

async function compareContacts(desk: Desk, other: Desk, near: ReferralRow, far: ReferralRow): Promise<void> {
  const [here, there] = await Promise.all([
    desk.side.referrals.get(by, near.id),
    other.side.referrals.get(by, far.id),
  ]);
  if (JSON.stringify(here.contacts) !== JSON.stringify(there.contacts)) throw new Error('contacts differ');
  if (near.channel === 'green' && there.contacts?.length !== contacts.length)
    throw new Error('not all were told');
}
