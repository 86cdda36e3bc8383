import type { DoubtTable, Text } from '../settlement/doubt-rows.ts';
import { DOUBT_TABLES } from '../settlement/doubt-table.ts';

const HEAD = `# 没有应答怎么办 / When an answer is lost

每一种应答能证明什么、网关随后做什么。凡是不能证明的,结算转为 \`in-doubt\`,网关按各支付方提供的办法逐一查清;都查不清的转 \`needs-review\`,由人决定,绝不当作失败。在查清之前,绝不再结算一次。只有会动资金的请求才有疑问;其余的直接再问。

What each answer proves, and what the gateway does about it. Whatever proves nothing puts a settlement \`in-doubt\`: the gateway takes the ways out that its insurer offers, in their order; what none of them tells goes to \`needs-review\`, for a person, and never to \`failed\`. Nothing is settled a second time before that. Only requests that move money leave a doubt; the others are asked again.

本页由 \`npm run errors\` 根据 \`src/settlement/doubt-national.ts\` 和 \`src/settlement/doubt-others.ts\` 生成,请勿手工修改。/ Generated from these files; do not edit.
`;

const PROVES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  accepted: ['已办成', 'it did it'],
  refused: ['没有办,什么也没改变', 'it did nothing'],
  'not-run': ['没有开始办', 'it never began'],
  unknown: ['什么也不证明', 'nothing'],
  undone: ['没有生效,或已冲正', 'no effect, now and later'],
  settled: ['已结算', 'it settled'],
  reversed: ['已撤销', 'it reversed'],
  open: ['这个办法查不出', 'not this way'],
  wait: ['现在查不出,稍后可以', 'not yet'],
};

/** docs/doubt.md: a section for each insurer, Chinese first. */
export function doubtPage(): string {
  return HEAD + DOUBT_TABLES.map(sectionOf).join('');
}

function sectionOf({ insurer, answers, ways, none = [] }: DoubtTable): string {
  const lines = [
    `\n## ${insurer.zh} / ${insurer.en}\n`,
    '| 交易 / transaction | 应答 / answer | 证明 / proves | 网关 / the gateway |',
    '|---|---|---|---|',
    ...answers.map(({ transactions, answer, proves, follows }) =>
      rowOf([transactions.map(nameOf).join(' '), both(answer), provesText(proves), both(follows)]),
    ),
    '\n办法,按先后 / Ways out, in their order:\n',
    '| 丢失的 / lost | 办法 / way | 查到 / finds | 证明 / proves | 网关 / the gateway |',
    '|---|---|---|---|---|',
    ...ways.map(({ lost, way, by, finds, proves, follows }) =>
      rowOf([
        lost.map(nameOf).join(' '),
        `\`${way}\`<br>${by}`,
        both(finds),
        provesText(proves),
        both(follows),
      ]),
    ),
    ...(none.length === 0 ? [] : ['\n不是办法 / No way out:\n']),
    ...none.map(({ by, why }) => `- ${by}:${why.zh} / ${why.en}`),
    '',
  ];
  return lines.join('\n');
}

function nameOf(transaction: string): string {
  return transaction === '*' ? '任何 / any' : transaction;
}

function both({ zh, en }: Text): string {
  return zh === en ? zh : `${zh}<br>${en}`;
}

function provesText(proves: string): string {
  return (PROVES[proves] ?? [proves, proves]).join('<br>');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
