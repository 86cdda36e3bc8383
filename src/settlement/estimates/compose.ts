import type { Logger } from 'pino';
import type { Level } from '../../../schemas/organisation.ts';
import type { Clock } from '../../clock.ts';
import type { FilingSide } from '../filings/compose.ts';
import type { Referrals } from '../port.ts';
import { BenefitFile } from './file.ts';
import { Estimates } from './service.ts';

/** What estimates are made from: the level of our organisation, the file with the table, the referrals on file. */
export interface EstimateParts {
  readonly ownLevel: Level;
  readonly file?: string | undefined;
  readonly referrals?: Referrals;
  /** The level of another organisation, where it is known. */
  readonly levelOf?: (code: string) => Level | undefined;
}

/** Estimates, put together. A filing counts as a referral, before a referral of our own does. */
export function composeEstimates(parts: {
  readonly estimates?: EstimateParts | undefined;
  readonly filings: FilingSide['archive'];
  readonly logger: Logger;
  readonly clock: Clock;
}): { readonly estimates: Estimates; readonly benefits: BenefitFile | undefined } {
  const { filings, logger, clock } = parts;
  const { ownLevel = 'township', file, referrals, levelOf = () => undefined } = parts.estimates ?? {};
  const benefits = file === undefined ? undefined : new BenefitFile({ file, logger, clock });
  // At once, so that a table that can't be used is told of at the start.
  void benefits?.refresh();
  const estimates = new Estimates({
    benefits: async () => benefits?.benefits(),
    referrals: {
      onFile: async (number) =>
        (await filings.onFile(number, ownLevel, levelOf)) ?? (await referrals?.onFile(number)),
    },
    ownLevel,
    clock,
  });
  return { estimates, benefits };
}
