import fc from 'fast-check';
import t from 'tap';
import { by, Desk } from './desk.ts';
import { clinic, creation, hospital, organisation } from './organisations.ts';

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
        return states[0] === states[1] && forms[0] === forms[1];
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
