import type { Texts } from '../words/texts.ts';

/** What passed between a reader and its cards. */
export const traceWords = {
  trace: ['与卡的往来', 'What passed with the card'],
  'trace.open': ['往来', 'Trace'],
  'trace.openOf': ['{reader} 与卡的往来', 'Trace of {reader}'],
  'trace.hint': [
    '最近几次使用,个人信息已用标准样例或零替换。',
    'The last uses; personal values are replaced by the standard sample or by zeros.',
  ],
  'trace.none': [
    '还没有记录。扫码、厂家动态库和远程工位整张读取,没有逐条往来。',
    'Nothing yet. Scanners, vendors’ libraries and desks read as a whole: nothing is recorded of them.',
  ],
  'trace.which': ['哪一次', 'Which use'],
  'trace.fine': ['成功', 'went well'],
  'trace.number': ['序号', 'No.'],
  'trace.command': ['命令', 'Command'],
  'trace.answer': ['应答', 'Answer'],
  'trace.took': ['用时', 'Took'],
  'trace.header': ['命令头', 'CLA INS P1 P2'],
  'trace.length': ['数据长度', 'Lc'],
  'trace.data': ['数据', 'data'],
  'trace.expected': ['期望长度', 'Le'],
  'trace.status': ['状态', 'SW'],
  'trace.power-on': ['上电', 'power on'],
  'trace.power-off': ['下电', 'power off'],
  'trace.transmit': ['命令', 'command'],
  'trace.find': ['找身份证', 'find an ID card'],
  'trace.read': ['读身份证', 'read the ID card'],
  'trace.read-new-address': ['读追加住址', 'read the later address'],
  'trace.found': ['有卡', 'a card'],
  'trace.notFound': ['没有卡', 'no card'],
  'trace.photo': ['照片 {bytes} 字节(已遮盖)', 'photo of {bytes} bytes (masked)'],
  'status.9000': ['成功', 'done'],
  'status.61': ['还有数据', 'more to come'],
  'status.63C': ['密码或密钥不对,还可以试几次', 'wrong PIN or key, some tries left'],
  'status.6700': ['长度不对', 'wrong length'],
  'status.6982': ['不满足安全条件', 'security not satisfied'],
  'status.6983': ['已锁定', 'blocked'],
  'status.6985': ['不满足使用条件', 'conditions not satisfied'],
  'status.6A81': ['不支持的功能', 'not supported'],
  'status.6A82': ['没有这个文件', 'no such file'],
  'status.6A83': ['没有这条记录', 'no such record'],
  'status.6A86': ['参数不对', 'wrong P1 P2'],
  'status.6A88': ['没有这个密钥', 'no such key'],
  'status.6D00': ['不支持的指令', 'no such instruction'],
  'status.6E00': ['不支持的类别', 'no such class'],
} as const satisfies Texts;

const STATUS = traceWords as Texts;

/** What a card's status says; nothing for one that only its issuer knows. */
export function statusText(status: string, language: string): string {
  const text = [status, status.slice(0, 3), status.slice(0, 2)]
    .map((known) => STATUS[`status.${known}`])
    .find((known) => known !== undefined);
  return text?.[language === 'en' ? 1 : 0] ?? '';
}
