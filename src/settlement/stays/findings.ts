import type { Finding } from '../../../schemas/finding.ts';
import { STAY_FINDINGS, type StayFinding, type StayState } from '../../../schemas/stay-words.ts';
import { eventsOf, type Position } from './machine.ts';

/** What a person may find out of an act of a stay that needs them, each with its consequence in words. */
export function findingsOf(position: Position): Finding<StayFinding, StayState>[] {
  const events = eventsOf(position);
  return STAY_FINDINGS.flatMap((found) => {
    const transition = events[`review-${found}`];
    return transition ? [{ found, to: transition.to, means: meaningOf(found, position) }] : [];
  });
}

function meaningOf(found: StayFinding, { act }: Position): Finding<StayFinding, StayState>['means'] {
  if (found === 'not-done' && act === 'admit') {
    return {
      zh: '登记为没有入院,可以重新办理。网关不知道医保的就诊编号:医保有这次入院时,请先在医保端撤销,再登记',
      en: 'Recorded as not admitted; the patient may be admitted anew. The gateway has not learnt the insurer’s number: where the insurer has the admission, undo it there first',
    };
  }
  if (found === 'not-done') {
    return {
      zh: '登记为没有办成:住院回到办理之前,需要时再办一次。医保其实已办成时,再办一次会重复',
      en: 'Recorded as not done: the stay is as it was before, and it may be done again. If the insurer has it after all, that would do it twice',
    };
  }
  return act === 'charge'
    ? {
        zh: '登记为费用已上传;还有没上传的费用时,马上接着上传',
        en: 'The charges are recorded as uploaded; what has not been sent yet is sent at once',
      }
    : {
        zh: '登记为已在医保办成,住院照此继续',
        en: 'Recorded as done at the insurer; the stay goes on from there',
      };
}
