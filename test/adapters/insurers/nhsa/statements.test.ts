import { unzipSync, zipSync } from 'fflate';
import t, { type Test } from 'tap';
import { loadProfile } from '../../../../adapters/insurers/nhsa/profile.ts';
import { packRows, readRows } from '../../../../adapters/insurers/nhsa/statement-file.ts';
import type { NhsaConfiguration } from '../../../../schemas/insurer-configuration.ts';
import {
  type Doubt,
  type Exchange,
  type OurRow,
  type Proof,
  type Quote,
  type Settled,
  storedBytes,
} from '../../../../src/settlement/port.ts';
import { must, type Parts, platformParts, sampleBill } from './helper.ts';

const national = loadProfile('national');
const guangdong = { ...national, fundIncludesAccount: true };

const DAY = { from: '2026-03-02', to: '2026-03-02' };
const GROUP = '310|11|430100';
const GROUPS = { statements: { groups: [GROUP, '390|11|430100'] } };
const NOTHING = { count: 0, totalFen: 0, fundFen: 0, accountFen: 0, cashFen: 0 };

async function settled(t: Test, configuration: Partial<NhsaConfiguration> = GROUPS) {
  const parts = await platformParts(t, { configuration });
  const bill = sampleBill();
  const { insurer, journal } = parts;
  const quote = must(await insurer.quote(bill, journal.exchange)).value;
  const done = must(await insurer.settle(bill, quote, journal.exchange));
  const statements = insurer.statements;
  if (!statements) throw new Error('no statements');
  return { ...parts, bill, quote, statements, settled: done.value, ownId: done.at.ownId };
}

function rowOf({ split, number, settledAt, handle, statementGroup = '' }: Settled, ownId: string): OurRow {
  const { totalFen, fundFen, accountFen, cashFen } = split;
  return {
    ...{ settlementId: 's', group: statementGroup, sign: 1, number, ownId, at: settledAt, handle },
    ...{ totalFen, fundFen, accountFen, cashFen },
  };
}

async function* each(rows: readonly OurRow[]) {
  yield* rows;
}

function sumsOf(row: OurRow) {
  const { totalFen, fundFen, accountFen, cashFen } = row;
  return { count: 1, totalFen, fundFen, accountFen, cashFen };
}

t.test('a settlement names the group that it is cleared in', async (t) => {
  const { settled: one } = await settled(t);
  t.match(one.statementGroup, /^3[19]0\|11\|430100$/);
});

t.test('3201 says whether the sums of a group are the platform’s', async (t) => {
  const { statements, settled: one, ownId, journal } = await settled(t);
  const row = rowOf(one, ownId);
  const ask = async (sums: typeof NOTHING, refund = false) =>
    must(await statements.totals!({ group: row.group, refund }, DAY, sums, journal.exchange)).value;
  t.same(await ask(sumsOf(row)), { balanced: true, words: '对账平' });
  t.same(await ask(NOTHING), { balanced: false, words: '中心 1 笔 150.85' });
  t.same(await ask({ ...sumsOf(row), fundFen: row.fundFen + 1 }), {
    balanced: false,
    words: '中心 1 笔 150.85',
  });
  t.match(await ask(NOTHING, true), { balanced: true });
  const sent = journal.requests.findLast(({ transaction }) => transaction === '3201');
  t.match(JSON.parse(String(sent?.body)).input.data, {
    ...{ setl_optins: '430100', stmt_begndate: '2026-03-02', stmt_enddate: '2026-03-02' },
    ...{ medfee_sumamt: 0, fixmedins_setl_cnt: 0, refd_setl_flag: '1', fixmedins_refd_setl_flag: '1' },
  });
});

t.test('3202 sends our rows up and brings back what differs, ours and theirs', async (t) => {
  const { statements, settled: one, ownId, journal, virtual } = await settled(t);
  const row = rowOf(one, ownId);
  const section = { group: statements.detailGroupOf!(row.group), refund: false };
  t.equal(section.group, '|11|430100', 'details do not tell insutypes apart');
  const ask = async (rows: readonly OurRow[]) =>
    must(await statements.details!(section, DAY, each(rows), journal.exchange)).value;
  t.same(await ask([row]), { theirs: [], ours: [], cut: false });
  t.match(await ask([]), {
    theirs: [{ sign: 1, ownId, transaction: '2207', totalFen: 15_085, memo: '机构无此结算' }],
    ours: [],
  });
  t.match(await ask([{ ...row, totalFen: 1 }]), {
    theirs: [],
    ours: [{ number: row.number, totalFen: 15_085, memo: '金额不一致' }],
  });
  virtual.tamper({ act: 'forget', msgid: ownId });
  t.match(await ask([row]), { theirs: [], ours: [{ number: row.number, memo: '中心无此结算' }] });
  const transactions = journal.transactions().slice(-3);
  t.same(transactions, ['9101', '3202', '9102']);
});

t.test('a reversal is a row of its own, negative and flagged', async (t) => {
  const { statements, settled: one, journal, insurer, bill } = await settled(t);
  const reversed = must(await insurer.reverse(bill, one, journal.exchange));
  const row: OurRow = {
    ...rowOf(one, ''),
    ...{ sign: -1, number: reversed.value.number, reverses: one.number },
    totalFen: -one.split.totalFen,
    fundFen: -one.split.fundFen,
    accountFen: -one.split.accountFen,
  };
  const section = { group: '|11|430100', refund: true };
  const ask = async (rows: readonly OurRow[]) =>
    must(await statements.details!(section, DAY, each(rows), journal.exchange)).value;
  t.same(await ask([row]), { theirs: [], ours: [], cut: false });
  t.match(await ask([]), { theirs: [{ sign: -1, totalFen: -15_085, transaction: '2208' }] });
});

t.test(
  'what is ours alone is undone by its msgid, what has none is refused before anything is sent',
  async (t) => {
    const { statements, settled: one, ownId, journal, virtual } = await settled(t);
    const row = { ...rowOf(one, ownId), transaction: '2207' };
    t.equal(must(await statements.undo(row, journal.exchange)).value, 'undone');
    t.equal(virtual.ledger()[0]?.state, 'undone');
    t.equal(
      must(await statements.undo(row, journal.exchange)).value,
      'undone',
      'and again comes to the same',
    );
    const sent = journal.requests.length;
    const { ownId: _id, ...nameless } = row;
    t.throws(() => statements.undo({ ...nameless, handle: {} }, journal.exchange), {
      code: 'insurer.refused',
    });
    t.equal(journal.requests.length, sent);
  },
);

t.test('what only its number names is reversed by it', async (t) => {
  const { statements, settled: one, journal, virtual } = await settled(t);
  const { ownId: _id, ...row } = rowOf(one, '');
  t.equal(must(await statements.undo(row, journal.exchange)).value, 'undone');
  t.same(
    virtual.ledger().map(({ state }) => state),
    ['reversed', 'reversal'],
  );
});

t.test('a result file that cannot be relied on is no statement', async (t) => {
  const all = async (text: string) => {
    const file = storedBytes(zipSync({ 'r.txt': Buffer.from(text) }));
    const rows: unknown[] = [];
    for await (const row of readRows(file, () => '2207', national)) rows.push(row);
    return rows;
  };
  const line = (...changes: [number, string][]) => {
    const row = ['P', 'V', 'S', 'M', '0', '0', 'null', '10.00', '6.00', '1.00'];
    for (const [at, value] of changes) row[at] = value;
    return `${row.join('\t')}\n`;
  };
  t.match(await all(line()), [
    { agrees: true, isOurs: true, totalFen: 1_000, fundFen: 600, accountFen: 100 },
  ]);
  t.match(
    await all(line([5, '1'])),
    [{ sign: -1, totalFen: -1_000, fundFen: -600 }],
    'positive under its flag',
  );
  t.match(await all(line([7, '-10.00'], [8, '-6.00'], [9, ''])), [
    { sign: -1, totalFen: -1_000, accountFen: 0 },
  ]);
  t.match(await all(line([2, 'null'])), [{ isOurs: false, ownId: 'M' }]);
  t.same(await all(''), []);
  await t.rejects(all('P\tV\n'), { code: 'insurer.file-broken' });
  await t.rejects(all(line([7, 'ten'])), { code: 'insurer.file-broken' });
  await t.rejects(all(line([7, '10.001'])), { code: 'insurer.file-broken' });
});

t.test('in Guangdong the funds of a file include the account', async (t) => {
  const { settled: one, ownId } = await settled(t);
  const row = rowOf(one, ownId);
  const packed = packRows('x.txt', [row], guangdong);
  const [entry] = Object.values(unzipSync(packed));
  const [, , , , fund] = Buffer.from(entry!).toString().split('\t');
  t.equal(fund, ((row.fundFen + row.accountFen) / 100).toFixed(2));
  const line = 'P\tV\tS\tM\t0\t0\tnull\t10.00\t7.00\t1.00\n';
  const file = storedBytes(zipSync({ 'r.txt': Buffer.from(line) }));
  for await (const read of readRows(file, () => '2207', guangdong)) t.equal(read.fundFen, 600);
});

/** Takes the way out by the statement for a lost settlement of this id. */
async function byStatement(
  { insurer, journal }: Pick<Parts, 'insurer' | 'journal'>,
  lost: { ownId: string; of?: Doubt['of'] },
  quote: Quote,
  exchange: Exchange = journal.exchange,
): Promise<Proof> {
  const way = insurer.waysOut.find(({ way }) => way === 'statement');
  if (!way) throw new Error('no such way');
  const { of = 'settle', ownId } = lost;
  const transaction = of === 'settle' ? '2207' : '2208';
  const sentAt = Date.parse('2026-03-02T09:00:00+08:00');
  const doubt = {
    of,
    quote,
    lost: { transaction, ownId, sentAt, deadlineAt: sentAt + 61_000, handle: quote.handle },
  };
  return must(await way.take(sampleBill(), doubt, exchange)).value;
}

const LOST = 'H43010000001202603020900001234';
const AFTER = Date.parse('2026-03-03T01:00:00+08:00') - Date.parse('2026-03-02T09:00:00+08:00');

t.test(
  'a lost settlement that the day’s details list is for a person, who is told what is there',
  async (t) => {
    const parts = await settled(t);
    t.match(await byStatement(parts, parts, parts.quote), { is: 'open', reason: /150\.85/ });
    t.notOk('until' in (await byStatement(parts, parts, parts.quote)), 'and the next way is taken at once');
  },
);

t.test('one that is not listed is waited for until the day is over, and then it never was', async (t) => {
  const parts = await settled(t);
  const proof = await byStatement(parts, { ownId: LOST }, parts.quote);
  t.match(proof, { is: 'open', until: Date.parse('2026-03-03T01:00:00+08:00') });
  parts.clock.advance(AFTER);
  t.same(await byStatement(parts, { ownId: LOST }, parts.quote), { is: 'undone' });
});

t.test('an empty list is believed only where 3201 confirms it', async (t) => {
  const parts = await settled(t);
  parts.clock.advance(AFTER);
  const reverse = { ownId: LOST, of: 'reverse' } as const;
  t.same(await byStatement(parts, reverse, parts.quote), { is: 'undone' });
  const disagreeing: Exchange = (request) =>
    parts.journal.exchange(
      request.transaction === '3201'
        ? { ...request, judge: () => ({ kind: 'accepted', output: { stmtinfo: { stmt_rslt: '1' } } }) }
        : request,
    );
  t.match(await byStatement(parts, reverse, parts.quote, disagreeing), { is: 'open', reason: /totals/ });
});

t.test('without its groups configured, absence proves nothing', async (t) => {
  const parts = await settled(t, {});
  const proof = await byStatement(parts, { ownId: LOST }, parts.quote);
  t.match(proof, { is: 'open', reason: /groups/ });
  t.notOk('until' in proof);
  t.match(await byStatement(parts, parts, parts.quote), { is: 'open', reason: /150\.85/ }, 'presence does');
});

t.test('a list that does not come, or comes broken, proves nothing', async (t) => {
  const parts = await settled(t);
  const { insurer, journal, virtual, quote } = parts;
  const way = insurer.waysOut.find(({ way }) => way === 'statement')!;
  parts.clock.advance(AFTER);
  const lost = { transaction: '2207', ownId: LOST, sentAt: 0, deadlineAt: 1, handle: quote.handle };
  const take = () => way.take(sampleBill(), { of: 'settle', quote, lost }, journal.exchange);
  for (const [infno, kind, expected] of [
    ['9101', 'lose-answer', 'unknown'],
    ['3202', 'system-error', 'unknown'],
    ['3202', 'refuse', 'refused'],
    ['9102', 'truncate', 'unknown'],
    ['9102', '401-before', 'not-run'],
  ] as const) {
    virtual.misbehave({ infno, kind });
    t.equal((await take()).kind, expected, `${infno} ${kind}`);
  }
});

t.test('the way out moves no money', async (t) => {
  const parts = await settled(t);
  const before = parts.journal.requests.length;
  await byStatement(parts, { ownId: LOST }, parts.quote);
  for (const request of parts.journal.requests.slice(before)) t.not(request.effect, 'money');
});

t.test('the file that goes up holds the columns that the specification names', async (t) => {
  const { settled: one, ownId } = await settled(t);
  const row = rowOf(one, ownId);
  const uploaded = packRows('x.txt', [row], national);
  const [entry] = Object.values(unzipSync(uploaded));
  const { mdtrt_id, psn_no } = one.handle;
  t.equal(
    Buffer.from(entry!).toString(),
    `${[one.number, mdtrt_id, psn_no, '150.85', ...yuan(row.fundFen, row.accountFen), '0'].join('\t')}\n`,
  );
});

function yuan(...fen: number[]): string[] {
  return fen.map((each) => (each / 100).toFixed(2));
}
