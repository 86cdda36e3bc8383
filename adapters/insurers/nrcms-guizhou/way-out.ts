import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import type { Bill, Doubt, Exchange, Proof, WayOut } from '../../../src/settlement/port.ts';
import { Ended, flow } from '../nhsa/flow.ts';
import type { Element } from '../nrcms/xml.ts';
import { kindOf, OUTPATIENT, STAY } from './kinds.ts';
import { provinceFields } from './people.ts';
import type { Done, Service } from './service.ts';
import { type Standing, settledByStatement, standingOf } from './statement.ts';

/**
 * The way out of doubt: the handle was there before any money moved, so its statement (S27, of a stay S16) says what
 * became of it.
 *
 * | lost | the statement says | which proves |
 * |---|---|---|
 * | S25, S14 | settled | settled |
 * | S25, S14 | settled and reversed | undone |
 * | S25 | not settled | nothing yet: S19 takes the handle back, and then it is undone, whatever arrives late |
 * | S14 | not settled | undone: a stay has one handle, which can't be settled twice |
 * | S26, S15 | reversed | reversed |
 * | S26, S15 | settled and not reversed | undone |
 *
 * A refusal proves that nothing is settled only in words that the configuration names.
 */
export function queryByHandle(configuration: NrcmsGuizhouConfiguration, service: Service): WayOut {
  const { notSettled = [], rolledBack = [] } = configuration;

  /** S19; once it is taken back, nothing can settle the handle any more. */
  async function takeBack(outpId: string, exchange: Exchange): Promise<void> {
    const body = { outpId, ...provinceFields(configuration) };
    const done = await service.call({ operation: 'S19', body }, exchange);
    if (done.kind === 'accepted' || saysOneOf(done, rolledBack)) return;
    // Settled meanwhile, or not to be told: the statement is asked again.
    throw new Ended({
      kind: done.kind === 'not-run' ? 'not-run' : 'unknown',
      reason: done.reason,
      at: done.at,
    });
  }

  return {
    way: 'query-by-handle',
    decides: [OUTPATIENT, STAY].flatMap(({ settle, reverse }) => [settle, reverse]),
    take: (bill, doubt, exchange) =>
      flow(async () => {
        const kind = kindOf(bill);
        const number = numberOf(bill, doubt);
        const done = await service.call(
          { operation: kind.statement, body: { [kind.handle]: number } },
          exchange,
        );
        const data = dataOf(done, [...notSettled, ...rolledBack]);
        const standing = standingOf(data);
        const stillOpen = standing.is === 'unsettled' && !saysOneOf(done, rolledBack);
        if (doubt.of === 'settle' && kind === OUTPATIENT && stillOpen) await takeBack(number, exchange);
        return { value: proofOf(standing, data, number, bill, doubt), at: done.at };
      }),
  };
}

function numberOf(bill: Bill, { quote, settled, lost }: Doubt): string {
  const field = kindOf(bill).handle;
  return settled?.number ?? quote?.handle[field] ?? lost.handle?.[field] ?? '';
}

/** The statement, empty where it is refused because there is none. Ends the flow with what else came. */
function dataOf(done: Done, none: readonly string[]): Element {
  if (done.kind === 'accepted') return done.output as Element;
  if (saysOneOf(done, none)) return '';
  throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
}

function saysOneOf(done: Done, words: readonly string[]): boolean {
  return done.kind === 'refused' && words.some((word) => done.reason.includes(word));
}

function proofOf(standing: Standing, data: Element, number: string, bill: Bill, doubt: Doubt): Proof {
  const ofSettle = doubt.of === 'settle';
  switch (standing.is) {
    case 'settled':
      if (!ofSettle) return { is: 'undone' };
      return {
        is: 'settled',
        settled: settledByStatement(data, number, standing.settledAt, bill, doubt.quote),
      };
    case 'reversed':
      return ofSettle
        ? { is: 'undone' }
        : { is: 'reversed', reversed: { number, reversedAt: standing.reversedAt } };
    case 'unsettled':
      // What was settled can't be as if it never had been.
      return ofSettle ? { is: 'undone' } : open('the statement knows of no settlement');
    case 'unclear':
      return open('the statement has amounts but no date');
  }
}

function open(reason: string): Proof {
  return { is: 'open', reason };
}
