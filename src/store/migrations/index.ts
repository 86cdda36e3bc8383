import type { Step } from '../migrate.ts';
import { access } from './0001-access.ts';
import { card } from './0002-card.ts';
import { settlement } from './0003-settlement.ts';
import { referral } from './0004-referral.ts';
import { delivery } from './0005-delivery.ts';
import { purse } from './0006-purse.ts';
import { payers } from './0007-payers.ts';
import { stays } from './0008-stays.ts';
import { filings } from './0009-filings.ts';
import { statements } from './0010-statements.ts';
import { catalogues } from './0011-catalogues.ts';
import { referralCase } from './0012-referral-case.ts';
import { directory } from './0013-directory.ts';
import { deliveryReports } from './0014-delivery-reports.ts';
import { papers } from './0015-papers.ts';
import { telling } from './0016-telling.ts';
import { fhir } from './0017-fhir.ts';
import { review } from './0018-review.ts';
import { visitReferrals } from './0021-visit-referrals.ts';
import { users } from './0022-users.ts';
import { sentTimes } from './0023-sent-times.ts';
import { measures } from './0025-measures.ts';
import { statementProgress } from './0026-statement-progress.ts';
import { exchangeTimes } from './0028-exchange-times.ts';

/** Every step, by the number that orders it. Steps are added, never edited. */
export const migrations: Record<string, Step> = {
  '0001-access': access,
  '0002-card': card,
  '0003-settlement': settlement,
  '0004-referral': referral,
  '0005-delivery': delivery,
  '0006-purse': purse,
  '0007-payers': payers,
  '0008-stays': stays,
  '0009-filings': filings,
  '0010-statements': statements,
  '0011-catalogues': catalogues,
  '0012-referral-case': referralCase,
  '0013-directory': directory,
  '0014-delivery-reports': deliveryReports,
  '0015-papers': papers,
  '0016-telling': telling,
  '0017-fhir': fhir,
  '0018-review': review,
  '0021-visit-referrals': visitReferrals,
  '0022-users': users,
  '0023-sent-times': sentTimes,
  '0025-measures': measures,
  '0026-statement-progress': statementProgress,
  '0028-exchange-times': exchangeTimes,
};
