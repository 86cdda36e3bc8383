import { type AnswerRow, type DoubtTable, FOLLOWS, type NoWay, type WayRow } from './doubt-rows.ts';

const ANY = ['*'];
/** Transactions that move money. */
const MONEY = ['2102', '2103', '2207', '2208', '2304', '2305'];
const SETTLING = ['2102', '2207', '2304'];
const REFUSAL = (words: string) => ({
  status: 200,
  body: JSON.stringify({ infcode: -1, err_msg: words, output: {} }),
});
const ACCEPTED = (output: object) => ({
  status: 200,
  body: JSON.stringify({ infcode: 0, err_msg: '', output }),
});

const ANSWERS: readonly AnswerRow[] = [
  {
    transactions: ['2103', '2208', '2305', '2601'],
    answer: { zh: 'infcode 0', en: 'infcode 0' },
    proves: 'accepted',
    follows: FOLLOWS.done,
    samples: [ACCEPTED({}), { status: 200, body: '{"infcode":"0","output":{}}' }],
  },
  {
    transactions: SETTLING,
    answer: {
      zh: 'infcode 0,有 setl_id,medins_setl_id 是本次报文号',
      en: 'infcode 0 with a setl_id and our msgid',
    },
    proves: 'accepted',
    follows: FOLLOWS.done,
  },
  {
    transactions: SETTLING,
    answer: {
      zh: 'infcode 0,但没有 setl_id,或报文号、人员、就诊不是本次的',
      en: 'infcode 0 without a setl_id, or of another request',
    },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
  },
  {
    transactions: ANY,
    answer: { zh: '负的 infcode,业务原因', en: 'a negative infcode for a reason of business' },
    proves: 'refused',
    follows: FOLLOWS.failed,
    samples: [
      REFUSAL('医疗费总额与费用明细不一致'),
      { status: 200, body: '{"infcode":"-2","err_msg":"参保状态不正常"}' },
    ],
  },
  {
    transactions: ANY,
    answer: {
      zh: '负的 infcode,系统原因或没有原因',
      en: 'a negative infcode for a failing system, or for no reason',
    },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
    samples: [REFUSAL('系统异常'), REFUSAL('调用服务超时'), REFUSAL('处理中,请稍后'), REFUSAL('')],
  },
  {
    transactions: MONEY,
    answer: {
      zh: '拒绝,理由是已经结算、已经撤销或报文号重复',
      en: 'refused because it is settled, or reversed, or sent already',
    },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
    samples: [REFUSAL('该就诊已结算'), REFUSAL('该结算已撤销'), REFUSAL('报文ID重复')],
  },
  {
    transactions: ANY,
    answer: { zh: '拒绝,理由是未签到', en: 'refused because nobody is signed in' },
    proves: 'not-run',
    follows: FOLLOWS.again,
    samples: [REFUSAL('操作员未签到或签到已失效,请先签到')],
  },
  {
    transactions: ANY,
    answer: { zh: 'infcode 为 1 或其他', en: 'infcode 1, or any other' },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
    samples: [
      { status: 200, body: '{"infcode":1,"output":{"setlinfo":{"setl_id":"1"}}}' },
      { status: 200, body: '{"infcode":"","err_msg":"失败"}' },
    ],
  },
  {
    transactions: ANY,
    answer: { zh: '网关 401(签名、时间戳、用户)', en: 'its gateway’s 401: signature, time, user' },
    proves: 'not-run',
    follows: FOLLOWS.again,
    samples: [
      { status: 200, body: '{"code":401,"message":"签名不一致!"}' },
      { status: 401, body: '' },
    ],
  },
  {
    transactions: ANY,
    answer: { zh: 'HTTP 403、404、405、413、415、429', en: 'HTTP 403, 404, 405, 413, 415, 429' },
    proves: 'not-run',
    follows: FOLLOWS.again,
    samples: [403, 404, 405, 413, 415, 429].map((status) => ({ status, body: '<html></html>' })),
  },
  {
    transactions: ANY,
    answer: { zh: 'HTTP 5xx、3xx、408 等其他状态', en: 'HTTP 5xx, 3xx, 408 and every other' },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
    samples: [302, 408, 500, 502, 503, 504].map((status) => ({ status, body: '{"infcode":0,"output":{}}' })),
  },
  {
    transactions: ANY,
    answer: { zh: '无法识别、不完整的应答', en: 'an answer that cannot be read, or was cut short' },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
    samples: [
      { status: 200, body: '{"infcode":0,"output":{"setl' },
      { status: 200, body: '<html>OK</html>' },
      { status: 200, body: '' },
    ],
  },
  {
    transactions: ANY,
    answer: {
      zh: '没有应答:超时、连接中断;或期限之后才到',
      en: 'none: time-out, a broken connection; or one after its deadline',
    },
    proves: 'unknown',
    follows: FOLLOWS.doubt,
  },
  {
    transactions: ANY,
    answer: { zh: '连接被拒绝、域名无法解析', en: 'connection refused, no such host' },
    proves: 'not-run',
    follows: FOLLOWS.again,
  },
  {
    transactions: ['1101', '2001', '2206', '2303', '51xx–54xx', '9001'],
    answer: { zh: '查询、试算没有应答', en: 'a query or a trial without an answer' },
    proves: 'unknown',
    follows: { zh: '没有改变任何东西,直接再问', en: 'nothing was changed: ask again' },
  },
  {
    transactions: ['2201', '2203', '2204', '2301'],
    answer: { zh: '登记、上传没有应答', en: 'a registration or an upload without an answer' },
    proves: 'unknown',
    follows: {
      zh: '没有资金;门诊重新试算时另开就诊,明细流水号不重复',
      en: 'no money: a further quote opens another visit, and no serial of a line comes twice',
    },
  },
  {
    transactions: ['2401'],
    answer: { zh: '入院登记没有应答', en: 'an admission without an answer' },
    proves: 'unknown',
    follows: { zh: '按报文号冲正(2601)后重新登记', en: 'undone by its msgid (2601), then made anew' },
  },
  {
    transactions: ['2501', '2503', '2505'],
    answer: { zh: '备案没有应答', en: 'a filing without an answer' },
    proves: 'unknown',
    follows: {
      zh: '查询已有备案(5301、5302、5304)',
      en: 'looked for among those on file (5301, 5302, 5304)',
    },
  },
  {
    transactions: ['3201', '3202', '9101', '9102'],
    answer: { zh: '对账、文件没有应答', en: 'a statement or a file without an answer' },
    proves: 'unknown',
    follows: { zh: '对账单标为 incomplete,重新对账', en: 'the statement is incomplete: run it again' },
  },
];

const WAYS: readonly WayRow[] = [
  {
    ...{ way: 'reverse-by-own-id', by: '2601', lost: [...MONEY, '2401'] },
    finds: { zh: '接受', en: 'accepted' },
    proves: 'undone',
    follows: {
      zh: '已冲正;患者仍在等的,用新报文号再做一次',
      en: 'undone; done again under a new msgid while the patient waits',
    },
  },
  {
    ...{ way: 'reverse-by-own-id', by: '2601', lost: [...MONEY, '2401'] },
    finds: {
      zh: '拒绝,原文是医保局确认过的(nothingToUndo)',
      en: 'refused in words that the bureau confirms (nothingToUndo)',
    },
    proves: 'undone',
    follows: { zh: '原交易没有生效', en: 'the lost request had no effect' },
  },
  {
    ...{ way: 'reverse-by-own-id', by: '2601', lost: [...MONEY, '2401'] },
    finds: { zh: '其他拒绝', en: 'refused otherwise' },
    proves: 'open',
    follows: { zh: '什么也不证明,取下一办法', en: 'proves nothing: the next way is taken' },
  },
  {
    ...{ way: 'reverse-by-own-id', by: '2601', lost: [...MONEY, '2401'] },
    finds: { zh: '没有应答', en: 'no answer' },
    proves: 'unknown',
    follows: {
      zh: '过一会儿再冲正,间隔渐长;数次之后取下一办法',
      en: 'undone again later; after some tries the next way is taken',
    },
  },
  {
    ...{ way: 'statement', by: '9101 + 3202 + 9102', lost: MONEY },
    finds: { zh: '当日明细中有本报文号', en: 'the details of the day list its msgid' },
    proves: 'open',
    follows: {
      zh: '已生效而冲不掉:转人工,附医保的金额',
      en: 'it had its effect and was not undone: a person decides, with the amount',
    },
  },
  {
    ...{ way: 'statement', by: '9101 + 3202 + 9102', lost: MONEY },
    finds: { zh: '明细中没有,当日尚未结束', en: 'not listed, and the day is not over' },
    proves: 'wait',
    follows: { zh: '次日 1:00 后再查', en: 'asked again after 1:00 the next day' },
  },
  {
    ...{ way: 'statement', by: '9101 + 3202 + 9102', lost: MONEY },
    finds: {
      zh: '当日已结束,配置的各分组明细完整,其中没有(为空时 3201 也确认)',
      en: 'the day is over, the lists of all configured groups are whole, and it is in none (3201 confirms an empty one)',
    },
    proves: 'undone',
    follows: { zh: '原交易没有生效,以后也不会', en: 'it had no effect, and never will' },
  },
  {
    ...{ way: 'statement', by: '9101 + 3202 + 9102', lost: MONEY },
    finds: {
      zh: '没有,但未配置分组,或为空而总账未确认',
      en: 'not listed, but without configured groups, or empty and not confirmed',
    },
    proves: 'open',
    follows: { zh: '转人工', en: 'a person decides' },
  },
];

const NONE: readonly NoWay[] = [
  {
    by: '5201',
    why: {
      zh: '只列就诊,应答中没有结算编号:就诊在,不说明结算与否',
      en: 'lists visits, and names no settlement: that a visit stands says nothing about money',
    },
  },
  {
    by: '5203',
    why: {
      zh: '必须有 setl_id,应答丢失时没有;refd_setl_flag 在原结算上的含义没有公开说明',
      en: 'asks for the setl_id, which the lost answer had; what refd_setl_flag means of the original is nowhere said',
    },
  },
];

/** The national platform (国家医疗保障信息平台). */
export const NATIONAL: DoubtTable = {
  insurer: { zh: '国家医疗保障信息平台', en: 'The national platform' },
  answers: ANSWERS,
  ways: WAYS,
  none: NONE,
};
