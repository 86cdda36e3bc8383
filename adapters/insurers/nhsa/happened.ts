import { effectOf } from './kinds.ts';

/**
 * Refusals that say that the bill is settled, or reversed, by now. Nobody but this request is to do that, so it may
 * have come twice, sent again by something in between: that is no word that it did nothing.
 */
const HAPPENED = ['已结算', '重复结算', '没有未结算', '已撤销', '报文ID重复'];
/** The same of the orders of mobile pay; that one was revoked says that it was not paid. */
const HAPPENED_TO_ORDER: Readonly<Record<string, readonly string[]>> = {
  '6202': ['已支付', '已结算'],
  '6203': ['已退'],
  '6401': [],
};

/** Whether a refusal may be the echo of this very request, and so proves nothing. */
export function saysItHappened(infno: string, reason: string): boolean {
  const words = HAPPENED_TO_ORDER[infno] ?? HAPPENED;
  return infno !== '2601' && effectOf(infno) === 'money' && words.some((word) => reason.includes(word));
}
