import { type ErrorCode, type ErrorKind, errorTable } from '../errors.ts';
import { CONTENT } from '../referral/content.ts';
import {
  AMEND_WITHIN_MS,
  CONSENT_WITHIN_MS,
  DEADLINES,
  REMIND_EVERY_MS,
  WAITING_FOR,
} from '../referral/deadlines.ts';
import { ACTS, STATE_NAMES, STATES, TRANSITIONS, type Transition } from '../referral/machine.ts';
import { REASONS } from '../referral/reasons.ts';
import { REVIEW_STATES, REVIEW_TRANSITIONS, type ReviewTransition } from '../referral/review/machine.ts';

const HEAD = `# 转诊 / Referral

一份转诊是一张状态表。网关、接口的 \`actions\`、本页和测试读的是同一张表(\`src/referral/machine.ts\`)。两端如何得到同一状态,见 [决定 2](decisions/0002-the-recipient-orders-a-referral.md) 和 [决定 17](decisions/0017-a-review-comes-before-the-order.md)。

A referral is one table of states. The gateway, the \`actions\` of its interface, this page and the tests read the same one (\`src/referral/machine.ts\`). How both ends come to the same state: decisions [2](decisions/0002-the-recipient-orders-a-referral.md) and [17](decisions/0017-a-review-comes-before-the-order.md).

本页由 \`npm run errors\` 根据代码生成,请勿手工修改。/ Generated from the code by \`npm run errors\`; do not edit.
`;

const RULES = `
## 约定 / Rules

- **绿色通道 / green channel**:\`channel: "green"\`,发出即在途,不等待受理,接收方只确认到诊;${minutes(AMEND_WITHIN_MS)} 分钟内可用 \`amend\` 修改表单;知情同意可待补(\`deferred\`),${hours(CONSENT_WITHIN_MS)} 小时内用 \`consent\` 补交。Under way once sent; amended within ${minutes(AMEND_WITHIN_MS)} minutes; a deferred consent is owed within ${hours(CONSENT_WITHIN_MS)} hours.
- **同时告知 / told at once**:接收方在 \`[referral] contacts\` 中列出急诊科、胸痛中心、值班医生等;绿色通道转入时同时告知,每一方一个事件 \`referral.contact\`(推送、日志、页面)。转诊可用 \`notify\` 指明角色,不指明、或没有一个是对方有的,就告知全部。各方用 \`POST …/contacts/{role}/seen\` 确认已看到,以第一个人为准;双方的转诊上都有 \`contacts\`:谁被告知、谁何时看到。事件和日志里没有姓名和电话。The receiver lists its contacts; an emergency is told to all at once, or to the roles that \`notify\` names, an event for each; all where none of those named is known. Each confirms, the first one stays, and both ends see who was told and who has seen it, when. No names and no numbers in events or logs.
- **补录 / retro-entry**:\`retro: true\` 与 \`occurredAt\`,事后登记,不计时、不提醒。Entered after the fact: nothing falls due, nobody is alerted.
- **领取 / claim**:接收方医生用 \`POST …/claim\` 领取,他人再领取得到 409 \`referral.claimed\`;领取期间的动作须带 \`doctor\`。领取是接收方内部的事,不通知对方。A second claim is told who has it; it stays at the receiving end.
- **回转、逐级转诊 / return and onward**:\`returnOf\`、\`onwardOf\` 指明转入的那一份;同一病例用同一 \`correlationId\`,见 \`links\`。回转可带 \`outcome\`,在同一事务中完成原转诊。Linked under one correlation id; a return with its outcome completes what came, in the same unit.
- **催办 / reminder**:\`remind\` 通知对方,不改变状态,${minutes(REMIND_EVERY_MS)} 分钟内不得重复。Tells the other side, at most once in ${minutes(REMIND_EVERY_MS)} minutes.
- **同时发生 / at the same time**:接收方处理的先后算数;轮到时已不适用的事件,两端都记为 \`ignored\`。The order in which the recipient takes the events counts; one that no longer applies when its turn comes is \`ignored\` at both ends.
- **同一证件号两个姓名 / one document, two names**:标记 \`nameDiffers\`,不拒绝:哪个姓名对,只有人能判断。Flagged, not refused: only a person can tell which is right.
`;

/** docs/referral.md: the states, the rows of the table, the deadlines, the reasons and the errors. */
export function referralPage(): string {
  return [
    HEAD,
    statesSection(),
    rowsSection(),
    contentSection(),
    reviewSection(),
    RULES,
    deadlinesSection(),
    reasonsSection(),
    errorsSection(),
  ].join('');
}

function statesSection(): string {
  return tableOf(
    '状态 / States',
    [],
    ['状态 / state', '含义 / meaning', 'Task.status', 'businessStatus', '等待 / waits for', '闭环 / closed'],
    STATE_NAMES.map((name) => {
      const { status, businessStatus, zh, en } = STATES[name];
      const closed = 'terminal' in STATES[name] ? '✓' : '';
      const waits = WAITING_FOR[name];
      return [code(name), `${zh} / ${en}`, status, businessStatus ?? '', waits ? code(waits) : '', closed];
    }),
  );
}

function rowsSection(): string {
  return tableOf(
    '转换 / Transitions',
    [
      '01–34 为 HL7 BSeR STU2 的编号,Y… 为本网关所加;表中没有的一律不行(422 `referral.transition`)。/ 01–34 are the TID of HL7 BSeR STU2; Y… are ours. What has no row is refused.',
    ],
    ['号 / id', '谁 / who', '动作 / act', '从 / from', '到 / to', '发出 / sent', '触发 / trigger'],
    TRANSITIONS.map(transitionCells),
  );
}

function transitionCells({ id, who, event, detail, from, to, message, trigger }: Transition): string[] {
  return [
    id,
    who === 'initiator' ? '转出方 / initiator' : '接收方 / recipient',
    detail ? `${code(event)} (${detail})` : code(event),
    code(from),
    to === 'before' ? '申请撤销前的状态 / where it stood before' : code(to),
    message ? code(message) : '',
    trigger,
  ];
}

function contentSection(): string {
  return tableOf(
    '动作的内容 / What each act brings',
    [
      '`POST /v1/referrals/{id}/events`。此外每个动作都可带 `occurredAt` 和 `doctor`。/ Each may also have `occurredAt` and `doctor`.',
    ],
    ['动作 / act', '必须 / needs', '可以 / takes'],
    ACTS.map((act) => [
      code(act),
      CONTENT[act].needs.map(code).join(' '),
      CONTENT[act].takes.map(code).join(' '),
    ]),
  );
}

function reviewSection(): string {
  return tableOf(
    '内部审核 / Internal review',
    [
      '在 `[referral] review` 中按机构开启:`out` 转出审核,`in` 转入审核(列出的答复)。审核人须有权限 `referral:review`,不能审核自己提交的内容;绿色通道不审核。通过之前什么也不发出,对方不知道有审核;双方的先后从通过时算起。待审核:`GET /v1/referrals?review=waiting`;审核人用 `POST …/review`,医生用 `POST …/submission` 改正后重新提交或撤回,答复也可直接另给一个。审核期间对方的撤销照常受理,不再适用的答复自动失效。经 FHIR 也是如此:待审核的转诊是 `draft`,待审核的答复使 Task 保持原状。历史和审计记录每一步和审核人。',
      'Switched on per organisation: `out` reviews referrals, `in` the answers it lists. The reviewer has the scope `referral:review` and reviews nothing of their own; emergencies are exempt. Nothing is sent before the approval, the other side knows of no review, and the order of what both sides do begins with the approval. What comes from the other side meanwhile is taken; an answer that no longer applies lapses. Over FHIR likewise: a referral under review is a `draft`, and an answer under review leaves the Task as it is. History and audit trail name each step and who took it.',
    ],
    [
      '号 / id',
      '谁 / who',
      '动作 / act',
      '从 / from',
      '到 / to',
      '转出方随后 / at the initiator',
      '接收方随后 / at the recipient',
    ],
    REVIEW_TRANSITIONS.map((row) => [
      row.id,
      REVIEWERS[row.who],
      code(row.event),
      reviewStateOf(row.from),
      reviewStateOf(row.to),
      row.out ? EFFECTS[row.out] : '',
      row.in ? EFFECTS[row.in] : '',
    ]),
  );
}

const REVIEWERS: Readonly<Record<ReviewTransition['who'], string>> = {
  doctor: '医生 / doctor',
  reviewer: '审核人 / reviewer',
  gateway: '网关 / gateway',
};

const EFFECTS: Readonly<Record<NonNullable<ReviewTransition['out']>, string>> = {
  send: '发出转诊(Y01)/ the referral is sent',
  discard: '关闭,不发出(Y22)/ closed, never sent',
  act: '执行并发出答复 / the answer is given',
};

function reviewStateOf(name: ReviewTransition['from']): string {
  const { zh, en } = REVIEW_STATES[name];
  return name === 'none' ? '' : `${code(name)} ${zh} / ${en}`;
}

function deadlinesSection(): string {
  return tableOf(
    '时限 / Deadlines',
    [
      '没有找到国家统一时限。常规转诊 24 小时未受理为超时、48 小时提醒,取自在用的县域医共体产品;其余为本网关默认值。在配置 `[referral] deadlines` 中按优先级修改(分钟)。超时不改变状态,标记 `due.overdue` 并发出事件 `referral.overdue`,只说一次。',
      'No national figure was found: 24 h for an answer and 48 h for the next step of a routine referral are those of a county product in use; the others are ours. `[referral] deadlines` changes them by priority, in minutes. What is late keeps its state: it is marked and told once, as `referral.overdue`.',
    ],
    ['优先级 / priority', ...Object.keys(DEADLINES.routine).map(code)],
    Object.entries(DEADLINES).map(([priority, spans]) => [
      code(priority),
      ...Object.values(spans).map(spanOf),
    ]),
  );
}

function reasonsSection(): string {
  return tableOf(
    '原因代码 / Coded reasons',
    [
      '由 `GET /v1/referrals/reasons` 提供;另有 `other`,以文字说明。/ Offered by that route; `other` goes with a text of one’s own.',
    ],
    ['代码 / code', '用于 / for', '含义 / meaning'],
    REASONS.map(({ code: name, for: use, zh, en }) => [code(name), USES[use], `${zh} / ${en}`]),
  );
}

const USES: Readonly<Record<(typeof REASONS)[number]['for'], string>> = {
  decline: '拒绝 / decline',
  cancel: '撤销 / cancel',
  review: '内部审核 / review',
};

function errorsSection(): string {
  const entries = Object.entries(errorTable) as [ErrorCode, ErrorKind][];
  return tableOf(
    '错误 / Errors',
    [
      '`SEND_` 发送方,`PROXY_` 中转方,`REC_` 接收方:消息在哪一处出错,就联系谁;没有前缀的由本机构处理。全部错误见 [errors.md](errors.md)。/ The prefix tells whom to call: the sender, one on the way, or the receiver; without one it is for this organisation to mend.',
    ],
    ['code', '何处 / where', 'HTTP', '说明 / what', '下一步 / next'],
    entries
      .filter(([name]) => /^(referral|link|delivery)\./.test(name))
      .map(([name, { hop, status, zh, en }]) => [
        code(name),
        hop ?? '',
        String(status),
        `${zh[0]}<br>${en[0]}`,
        `${zh[1]}<br>${en[1]}`,
      ]),
  );
}

function tableOf(
  title: string,
  lines: readonly string[],
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [
    `\n## ${title}\n`,
    ...lines.map((line) => `${line}\n`),
    rowOf(head),
    rowOf(head.map(() => '---')),
    ...rows.map(rowOf),
    '',
  ].join('\n');
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function spanOf(ms: number): string {
  if (ms % 86_400_000 === 0 && ms > 2 * 86_400_000) return `${ms / 86_400_000} 天 / d`;
  return ms < 3_600_000 ? `${minutes(ms)} 分钟 / min` : `${hours(ms)} 小时 / h`;
}

function hours(ms: number): number {
  return ms / 3_600_000;
}

function minutes(ms: number): number {
  return ms / 60_000;
}
