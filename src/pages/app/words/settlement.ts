import type { Texts } from './texts.ts';

/** Where a settlement stands. */
export const settlementWords = {
  'state.draft': ['草稿', 'draft'],
  'state.quoted': ['已试算', 'quoted'],
  'state.settling': ['正在结算', 'settling'],
  'state.settled': ['已结算', 'settled'],
  'state.reversing': ['正在冲销', 'reversing'],
  'state.reversed': ['已冲销', 'reversed'],
  'state.in-doubt': [
    '结果不明:网关正在查清,请勿重复收费',
    'in doubt: the gateway finds out, do not charge again',
  ],
  'state.needs-review': ['需要人工核对', 'needs a person’s review'],
  'state.failed': ['没有结算', 'not settled'],
} as const satisfies Texts;

/** The funds of an insurer (基金支付类型). */
export const fundWords = {
  'fund.pooled': ['统筹基金', 'Pooled fund'],
  'fund.civil-servant': ['公务员补助', 'Civil servants’ aid'],
  'fund.enterprise': ['企业补充', 'Enterprise fund'],
  'fund.serious-illness': ['大病保险', 'Serious illness'],
  'fund.large-amount': ['大额补助', 'Large amounts'],
  'fund.assistance': ['医疗救助', 'Medical assistance'],
  'fund.disability': ['伤残补助', 'Disability'],
  'fund.other': ['其他基金', 'Other funds'],
} as const satisfies Texts;
