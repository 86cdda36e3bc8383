import type { Texts } from './texts.ts';

/** Where a settlement, a stay or a filing stands, in a word or two; what they share is said the same. */
export const stateWords = {
  'state.draft': ['草稿', 'draft'],
  'state.quoted': ['已试算', 'quoted'],
  'state.settling': ['正在结算', 'settling'],
  'state.settled': ['已结算', 'settled'],
  'state.reversing': ['正在撤销', 'reversing'],
  'state.reversed': ['已撤销', 'reversed'],
  'state.in-doubt': ['结果不明', 'in doubt'],
  'state.needs-review': ['需人工核对', 'needs review'],
  'state.failed': ['未办成', 'failed'],
  'state.working': ['正在办理', 'working'],
  'state.admitted': ['在院', 'admitted'],
  'state.discharged': ['已出院', 'discharged'],
  'state.cancelled': ['入院已撤销', 'cancelled'],
  'state.sending': ['正在备案', 'sending'],
  'state.filed': ['已备案', 'filed'],
  'state.refused': ['被拒绝', 'refused'],
  'state.not-filed': ['没有备案', 'not filed'],
  'state.withdrawing': ['正在撤销备案', 'withdrawing'],
  'state.withdrawn': ['备案已撤销', 'withdrawn'],
} as const satisfies Texts;
