import type { ReportRule } from '../../../schemas/insured-configuration.ts';
import type { Clock } from '../../clock.ts';
import type { Placed } from '../measures/rules.ts';
import type { ReferralObserver } from '../port.ts';
import { insertReport, wantWithdrawn } from './queries.ts';
import { applies, meaningOf } from './rules.ts';

export interface ReportingParts {
  readonly clock: Clock;
  readonly rules: readonly ReportRule[];
  readonly own: Placed;
  readonly placeOf: (code: string) => Placed | undefined;
  /** Does what is due. */
  readonly wake: () => void;
}

/**
 * Writes down that an insurer is to be told, in the unit that takes a referral up or ends it. Nothing is sent here:
 * whatever becomes of the filing, the referral does not wait for it.
 */
export function reporting({ clock, rules, own, placeOf, wake }: ReportingParts): ReferralObserver {
  return {
    async changed(unit, { before, after }) {
      if (after.role !== 'initiator') return () => undefined;
      const meaning = meaningOf(before?.state, after.state);
      if (!meaning) return () => undefined;
      const now = clock.now();
      if (meaning === 'to-withdraw') {
        await unit.run(wantWithdrawn, { referral_id: after.id, now });
        return wake;
      }
      for (const rule of rules) {
        if (!applies(rule, after.direction, placeOf(after.peer), own)) continue;
        const { insurer } = rule;
        await unit.run(insertReport, { referral_id: after.id, insurer, problem: null, next_at: now, now });
      }
      return wake;
    },
  };
}
