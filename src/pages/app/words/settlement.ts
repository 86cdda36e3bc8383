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
