import fc from 'fast-check';
import t from 'tap';
import {
  act,
  type End,
  initiatorEnd,
  receipted,
  recipientEnd,
  shownOf,
  take,
} from '../../src/referral/convergence.ts';
import { ACTS, type Act, actionsOf, type Detail, isTerminal } from '../../src/referral/machine.ts';

interface Sent {
  readonly seq: number;
  readonly seen: number;
  readonly type: Act;
  readonly detail?: Detail | undefined;
}

/** One side with its post: what it has sent, and what has come but must wait for its turn. */
class Side {
  end: End;
  readonly sent: Sent[] = [];
  readonly #waiting = new Map<number, Sent>();

  constructor(end: End) {
    this.end = end;
  }

  /** Does the `choice`th of the acts it may do now, if there is any. */
  act(choice: number, detail: Detail): void {
    const actions = actionsOf(shownOf(this.end), this.end.who);
    if (actions.length === 0) return;
    const type = actions[choice % actions.length]!;
    const step = act(this.end, { type, detail });
    if (!step.ok) throw new Error(`${type} was offered and refused`);
    this.end = step.value.end;
    this.sent.push({ seq: step.value.move.seq, seen: step.value.seen, type, detail });
  }

  receive(message: Sent): void {
    if (message.seq <= this.end.peerSeq) return;
    this.#waiting.set(message.seq, message);
    for (;;) {
      const next = this.#waiting.get(this.end.peerSeq + 1);
      if (!next) return;
      this.#waiting.delete(next.seq);
      this.end = take(this.end, next, next.seen).end;
    }
  }
}

/** What may happen between the two: acts of either, a message delivered, again or out of turn, the receipt. */
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('act' as const),
      initiator: fc.boolean(),
      choice: fc.nat(20),
      coarse: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('deliver' as const), initiator: fc.boolean(), which: fc.nat(30) }),
    fc.record({ kind: fc.constant('receipt' as const) }),
  ),
  { maxLength: 60 },
);

t.test(
  'both ends hold the same state once all is delivered, whatever crossed, repeated, overtook or was lost',
  async (t) => {
    const ends = new Map<string, number>();
    fc.assert(
      fc.property(steps, fc.infiniteStream(fc.nat()), fc.boolean(), (happenings, order, green) => {
        const initiator = new Side(initiatorEnd(green));
        const recipient = new Side(recipientEnd(green));
        for (const step of happenings) {
          if (step.kind === 'receipt') initiator.end = receipted(initiator.end);
          else if (step.kind === 'act') {
            (step.initiator ? initiator : recipient).act(step.choice, step.coarse ? 'coarse' : 'fine');
          } else {
            const [from, to] = step.initiator ? [initiator, recipient] : [recipient, initiator];
            if (from.sent.length > 0) to.receive(from.sent[step.which % from.sent.length]!);
          }
        }
        // What was lost is sent again, in any order.
        const left = [
          ...initiator.sent.map((message) => ({ to: recipient, message })),
          ...recipient.sent.map((message) => ({ to: initiator, message })),
        ];
        while (left.length > 0) {
          const [{ to, message }] = left.splice(order.next().value! % left.length, 1) as [
            (typeof left)[number],
          ];
          to.receive(message);
        }
        initiator.end = receipted(initiator.end);
        const here = shownOf(initiator.end);
        const there = shownOf(recipient.end);
        ends.set(there.name, (ends.get(there.name) ?? 0) + 1);
        return here.name === there.name && here.before === there.before;
      }),
      { numRuns: 3_000 },
    );
    t.ok(ends.size >= 9, `the runs end in many states: ${[...ends.keys()].join(' ')}`);
  },
);

t.test('an end never leaves a terminal state that the recipient has reached', async () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...ACTS), { maxLength: 30 }), (acts) => {
      let end = recipientEnd();
      let seq = 1;
      let closed: string | undefined;
      for (const type of acts) {
        const step = act(end, { type });
        end = step.ok ? step.value.end : take(end, { type, seq: ++seq }, 0).end;
        if (closed !== undefined && shownOf(end).name !== closed) return false;
        if (isTerminal(shownOf(end).name)) closed = shownOf(end).name;
      }
      return true;
    }),
  );
});

t.test('a cancellation that crosses a decline is ignored at both ends', async (t) => {
  let here = receipted(initiatorEnd());
  let there = recipientEnd();
  const asked = act(here, { type: 'request-cancellation' });
  const declined = act(there, { type: 'decline' });
  if (!asked.ok || !declined.ok) throw new Error('both are allowed');
  here = asked.value.end;
  t.equal(shownOf(here).name, 'cancellation-requested');
  there = declined.value.end;
  const atThere = take(there, { type: 'request-cancellation', seq: 2 }, 0);
  t.equal(shownOf(atThere.end).name, 'declined');
  t.notOk(atThere.moves[0]?.transition);
  const atHere = take(here, { type: 'decline', seq: 1 }, declined.value.seen);
  t.equal(shownOf(atHere.end).name, 'declined');
  t.same(
    atHere.moves.map(({ type, transition }) => [type, transition?.id]),
    [
      ['decline', '03'],
      ['request-cancellation', undefined],
    ],
  );
});

t.test('an outcome on its way wins over a cancellation, before and after it is seen', async (t) => {
  for (const seen of [1, 2]) {
    let there = recipientEnd();
    if (seen === 2) there = take(there, { type: 'request-cancellation', seq: 2 }, 0).end;
    if (seen === 1) {
      const accepted = act(there, { type: 'accept' });
      if (!accepted.ok) throw new Error('accept');
      there = accepted.value.end;
    }
    const completed = act(there, { type: 'complete' });
    t.ok(completed.ok);
    t.equal(completed.ok && shownOf(completed.value.end).name, 'completed');
  }
});

t.test(
  'the initiator shows requested until the receipt, and an event of the recipient implies it',
  async (t) => {
    const fresh = initiatorEnd();
    t.equal(shownOf(fresh).name, 'requested');
    t.equal(shownOf(receipted(fresh)).name, 'received');
    t.equal(shownOf(take(fresh, { type: 'accept', seq: 1 }, 1).end).name, 'accepted');
  },
);

t.test('taking an event out of turn is a bug, not a state', async (t) => {
  t.throws(() => take(recipientEnd(), { type: 'request-cancellation', seq: 3 }, 0));
});
