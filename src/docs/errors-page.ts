import { type ErrorCode, type ErrorKind, errorTable, textsOf } from '../errors.ts';

type Place = ErrorKind['place'];

/** The sections of the page, in the order in which one looks for a fault. */
const places: readonly (readonly [place: Place, zh: string, en: string])[] = [
  ['desk', '调用方与窗口', 'Desk: the caller or the person at the desk'],
  ['reader', '读卡器与卡', 'Reader: the card or its reader'],
  ['gateway', '网关', 'Gateway: this program'],
  ['insurer', '支付方', 'Insurer: the other side of a settlement'],
  ['peer', '对端机构', 'Peer: the other side of a referral'],
];

const again: Readonly<Record<ErrorKind['again'], readonly [zh: string, en: string]>> = {
  yes: ['可以', 'yes'],
  'after-change': ['改正后', 'after a change'],
  no: ['不要', 'no'],
};

const HEAD = `# 错误码 / Errors

出错时,网关以 \`application/problem+json\`(RFC 9457)回答。\`code\` 是稳定的错误码,程序应当依据它判断;\`title\` 说明发生了什么,\`next\` 说明下一步怎么办,\`place\` 说明问题出在哪里,\`again\` 说明同一请求能否原样重发。文字语言由 \`Accept-Language\` 决定,默认中文。\`requestId\` 可用来在日志中查找这次请求。

The gateway answers a failure as \`application/problem+json\` (RFC 9457). \`code\` is stable and is what a program should look at; \`title\` says what happened, \`next\` what to do, \`place\` where it arose, \`again\` whether the very same request may be sent again. \`Accept-Language\` chooses the language, Chinese unless English comes first. \`requestId\` finds the request in the log.

- \`again: yes\`:没有造成任何影响,或重发是安全的,稍后可能成功 / nothing happened, or a repeat is safe; later may work
- \`again: after-change\`:先改正请求 / correct the request first
- \`again: no\`:结果已定,重发不会改变 / the outcome is settled, a repeat changes nothing
- \`hop\`:机构间的消息在哪一处出错,标题也以它开头:\`SEND_\` 发送方的网关,\`PROXY_\` 中转的网关,\`REC_\` 接收方的网关;据此知道该联系谁。经机构间接口(\`/v1/link/…\`)拒绝的都是 \`REC_\` / for messages between organisations, where on their way it arose, also at the head of the title: whom to call. Whatever is refused at \`/v1/link/…\` is \`REC_\`

本页由 \`npm run errors\` 根据 \`src/errors.ts\` 生成,请勿手工修改。/ Generated from \`src/errors.ts\`; do not edit.
`;

/** docs/errors.md: one section per place, one row per code, Chinese first. */
export function errorsPage(): string {
  const sections = places.map(([place, zh, en]) => {
    const rows = entriesOf(place).map(([code, kind]) => rowOf(code, kind));
    return [
      `\n## ${zh} / ${en}\n`,
      '| code | HTTP | 说明 / what | 下一步 / next | 重发 / again |',
      '|---|---|---|---|---|',
      ...rows,
      '',
    ].join('\n');
  });
  return HEAD + sections.join('');
}

function entriesOf(place: Place): [ErrorCode, ErrorKind][] {
  const entries = Object.entries(errorTable) as [ErrorCode, ErrorKind][];
  return entries.filter(([, kind]) => kind.place === place);
}

function rowOf(code: ErrorCode, kind: ErrorKind): string {
  const [zh, en] = [textsOf(kind, false), textsOf(kind, true)];
  const cells = [
    `\`${code}\``,
    String(kind.status),
    `${zh.title}<br>${en.title}`,
    `${zh.next}<br>${en.next}`,
    again[kind.again].join(' / '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
