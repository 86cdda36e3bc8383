import { type DoubtTable, FOLLOWS } from './doubt-rows.ts';

/** Insurers with an interface of their own: their words for yes and no, and the way out that each leaves. */

export const PHONE: DoubtTable = {
  insurer: { zh: '移动支付中心', en: 'Payment by telephone' },
  answers: [
    {
      transactions: ['6202', '6203', '6401'],
      answer: { zh: '没有应答、无法识别、5xx', en: 'none, unreadable, 5xx' },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
  ],
  ways: [
    {
      ...{ way: 'query-by-handle', by: '6301', lost: ['6202'] },
      finds: { zh: '订单已支付', en: 'the order is paid' },
      proves: 'settled',
      follows: { zh: '登记为已支付', en: 'recorded as paid' },
    },
    {
      ...{ way: 'query-by-handle', by: '6301', lost: ['6202'] },
      finds: { zh: '订单未支付,患者还可能支付', en: 'not paid, and the patient may pay still' },
      proves: 'wait',
      follows: {
        zh: '过后再查;到期后撤销订单(6401)',
        en: 'looked at again; at the end the order is revoked (6401)',
      },
    },
    {
      ...{ way: 'query-by-handle', by: '6301', lost: ['6202'] },
      finds: { zh: '订单已关闭、已退', en: 'the order is closed, or refunded' },
      proves: 'undone',
      follows: { zh: '没有扣款', en: 'nothing was taken' },
    },
    {
      ...{ way: 'query-by-handle', by: '6301', lost: ['6203'] },
      finds: { zh: '已退款', en: 'refunded' },
      proves: 'reversed',
      follows: { zh: '登记为已退款', en: 'recorded as refunded' },
    },
  ],
};

export const GUIZHOU: DoubtTable = {
  insurer: { zh: '新农合(贵州,SOAP)', en: 'The rural scheme of Guizhou (SOAP)' },
  answers: [
    {
      transactions: ['S14', 'S15', 'S25', 'S26'],
      answer: { zh: 'state 为 true', en: 'state true' },
      proves: 'accepted',
      follows: FOLLOWS.done,
    },
    {
      transactions: ['S14', 'S15', 'S25', 'S26'],
      answer: { zh: 'state 为 false,有业务原因', en: 'state false, with a reason of business' },
      proves: 'refused',
      follows: FOLLOWS.failed,
    },
    {
      transactions: ['S14', 'S15', 'S25', 'S26'],
      answer: {
        zh: 'state 为 false,没有原因、系统原因或说已经如此',
        en: 'state false, for no reason, a failing system, or because it is so already',
      },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
    {
      transactions: ['S14', 'S15', 'S25', 'S26'],
      answer: { zh: '没有应答、无法识别、5xx', en: 'none, unreadable, 5xx' },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
  ],
  ways: [
    {
      ...{ way: 'query-by-handle', by: 'S27', lost: ['S25'] },
      finds: { zh: '按 outpId 查到已结算', en: 'its statement says that it settled' },
      proves: 'settled',
      follows: { zh: '登记为已结算', en: 'recorded as settled' },
    },
    {
      ...{ way: 'query-by-handle', by: 'S27 + S19', lost: ['S25'] },
      finds: { zh: '未结算,登记已回退(S19)', en: 'not settled, and the handle is taken back (S19)' },
      proves: 'undone',
      follows: { zh: '不会再结算,重新上传后再做', en: 'it can settle no more; it is uploaded and done anew' },
    },
    {
      ...{ way: 'query-by-handle', by: 'S16', lost: ['S14'] },
      finds: { zh: '按 inpId 查到未结算', en: 'its statement says that it did not settle' },
      proves: 'undone',
      follows: { zh: '没有结算,可以再做', en: 'not settled; it may be done again' },
    },
    {
      ...{ way: 'query-by-handle', by: 'S27, S16', lost: ['S26', 'S15'] },
      finds: { zh: '已红冲', en: 'reversed' },
      proves: 'reversed',
      follows: { zh: '登记为已撤销', en: 'recorded as reversed' },
    },
    {
      ...{ way: 'query-by-handle', by: 'S27, S16', lost: ['S26', 'S15'] },
      finds: { zh: '仍为已结算', en: 'settled still' },
      proves: 'undone',
      follows: { zh: '撤销没有生效,结算仍有效', en: 'the reversal had no effect; it stands' },
    },
  ],
};

export const JIANGSU: DoubtTable = {
  insurer: { zh: '新农合(江苏县级接口)', en: 'The rural scheme of Jiangsu’s counties' },
  answers: [
    {
      transactions: ['FybxJs', 'ReSaveFybx'],
      answer: { zh: 'code 为 1', en: 'code 1' },
      proves: 'accepted',
      follows: FOLLOWS.done,
    },
    {
      transactions: ['FybxJs', 'ReSaveFybx'],
      answer: { zh: '其他 code,有业务原因', en: 'another code, with a reason of business' },
      proves: 'refused',
      follows: FOLLOWS.failed,
    },
    {
      transactions: ['FybxJs', 'ReSaveFybx'],
      answer: { zh: '没有应答、无法识别、5xx', en: 'none, unreadable, 5xx' },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
  ],
  ways: [
    {
      ...{ way: 'statement', by: 'MrdzMx', lost: ['FybxJs'] },
      finds: { zh: '当日明细中有这张单据的报销', en: 'the list of the day has its settlement' },
      proves: 'settled',
      follows: {
        zh: '登记为已结算;金额与试算不同的转人工',
        en: 'recorded as settled; a person looks where the amounts are not the trial’s',
      },
    },
    {
      ...{ way: 'statement', by: 'MrdzMx', lost: ['ReSaveFybx'] },
      finds: { zh: '当日明细中有它的作废', en: 'the list has its undoing' },
      proves: 'reversed',
      follows: { zh: '登记为已撤销', en: 'recorded as reversed' },
    },
    {
      ...{ way: 'statement', by: 'MrdzMx', lost: ['FybxJs', 'ReSaveFybx'] },
      finds: { zh: '没有,明细已完整', en: 'neither, and the list is complete' },
      proves: 'undone',
      follows: { zh: '没有生效', en: 'it had no effect' },
    },
    {
      ...{ way: 'statement', by: 'MrdzMx', lost: ['FybxJs', 'ReSaveFybx'] },
      finds: { zh: '没有,明细尚未完整', en: 'neither, and the list is not complete yet' },
      proves: 'wait',
      follows: { zh: '次日再查', en: 'asked again the next day' },
    },
  ],
};

export const ASSISTANCE: DoubtTable = {
  insurer: { zh: '民政医疗救助', en: 'The assistance of the civil-affairs office' },
  answers: [
    {
      transactions: ['balance'],
      answer: { zh: '00000', en: '00000' },
      proves: 'accepted',
      follows: FOLLOWS.done,
    },
    {
      transactions: ['balance'],
      answer: { zh: '01xxx 至 05xxx', en: '01xxx to 05xxx' },
      proves: 'refused',
      follows: FOLLOWS.failed,
    },
    {
      transactions: ['balance'],
      answer: { zh: '0000X、没有应答、无法识别、5xx', en: '0000X, none, unreadable, 5xx' },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
  ],
  ways: [
    {
      ...{ way: 'reverse-by-own-id', by: 'balance (−)', lost: ['balance'] },
      finds: { zh: '以负的总额再结一次,接受', en: 'a balance of the negative total is accepted' },
      proves: 'undone',
      follows: {
        zh: '已红冲(strikeStatus 02),可以重新结算',
        en: 'struck out (strikeStatus 02); it may be settled anew',
      },
    },
    {
      ...{ way: 'reverse-by-own-id', by: 'balance (−)', lost: ['balance'] },
      finds: { zh: '拒绝', en: 'refused' },
      proves: 'open',
      follows: { zh: '没有查询接口:转人工', en: 'there is no query: a person decides' },
    },
  ],
};

export const PURSE: DoubtTable = {
  insurer: { zh: '卡内电子钱包', en: 'The purse on the card' },
  answers: [
    {
      transactions: ['DEBIT', 'CREDIT'],
      answer: { zh: '9000,且 PSAM 认可 MAC2', en: '9000, and the PSAM accepts MAC2' },
      proves: 'accepted',
      follows: FOLLOWS.done,
    },
    {
      transactions: ['DEBIT', 'CREDIT'],
      answer: {
        zh: '卡或 PSAM 在改变余额之前拒绝',
        en: 'the card or its PSAM refuses before the balance changes',
      },
      proves: 'refused',
      follows: FOLLOWS.failed,
    },
    {
      transactions: ['DEBIT', 'CREDIT'],
      answer: { zh: '卡被抽走、没有应答', en: 'the card is pulled out, or does not answer' },
      proves: 'unknown',
      follows: FOLLOWS.doubt,
    },
  ],
  ways: [
    {
      ...{ way: 'query-by-handle', by: 'the card', lost: ['DEBIT', 'CREDIT'] },
      finds: { zh: '卡的序号和日志有这一笔', en: 'its counter and its log have it' },
      proves: 'settled',
      follows: { zh: '登记为已扣款', en: 'recorded as debited' },
    },
    {
      ...{ way: 'query-by-handle', by: 'the card', lost: ['DEBIT', 'CREDIT'] },
      finds: { zh: '序号和余额都没有变', en: 'neither its counter nor its balance has moved' },
      proves: 'undone',
      follows: { zh: '没有扣款', en: 'nothing was taken' },
    },
    {
      ...{ way: 'query-by-handle', by: 'the card', lost: ['DEBIT', 'CREDIT'] },
      finds: { zh: '卡不在', en: 'the card is gone' },
      proves: 'wait',
      follows: {
        zh: '同一张卡再来之前不能再扣',
        en: 'the same card is not debited again before it has been asked',
      },
    },
  ],
};
