import { readFileSync } from 'node:fs';
import t from 'tap';
import { createNhsaInsurer } from '../../adapters/insurers/nhsa/adapter.ts';
import { Platform } from '../../adapters/insurers/nhsa/platform.ts';
import { loadProfile } from '../../adapters/insurers/nhsa/profile.ts';
import { doubtPage } from '../../src/docs/doubt-page.ts';
import { NATIONAL } from '../../src/settlement/doubt-national.ts';
import type { AnswerRow } from '../../src/settlement/doubt-rows.ts';
import { DOUBT_TABLES } from '../../src/settlement/doubt-table.ts';
import { DiskSpool } from '../../src/settlement/files/spool.ts';
import type { Exchange, Outcome, Proof, WayOut } from '../../src/settlement/port.ts';
import { ofWay } from '../../src/settlement/verdicts.ts';
import { configurationOf, SIGNING, sampleBill, specification } from '../adapters/insurers/nhsa/helper.ts';
import { TestClock, temporaryFolder, temporaryStore } from '../helper.ts';

t.test('docs/doubt.md tells the tables as they are (npm run errors writes it)', async (t) => {
  const file = new URL('../../docs/doubt.md', import.meta.url);
  t.equal(readFileSync(file, 'utf8'), doubtPage());
});

t.test('every row says in both languages what it is and what follows', async (t) => {
  for (const { insurer, answers, ways, none = [] } of DOUBT_TABLES) {
    const texts = [
      insurer,
      ...answers.flatMap(({ answer, follows }) => [answer, follows]),
      ...ways.flatMap(({ finds, follows }) => [finds, follows]),
      ...none.map(({ why }) => why),
    ];
    for (const { zh, en } of texts) {
      t.ok(zh.length > 0 && en.length > 0);
      t.notMatch(en, /\p{Script=Han}/u);
    }
    t.ok(ways.length > 0, `${insurer.en} has a way out`);
  }
});

/** Stands for the transactions of a row that says any. */
const EACH = ['2102', '2103', '2207', '2208', '2304', '2305', '2601', '2201', '1101', '3201'];

async function parts(t: { teardown(work: () => unknown): void }) {
  const store = await temporaryStore(t);
  const spool = new DiskSpool(temporaryFolder(t));
  return { store, clock: new TestClock(), secret: SIGNING.secret, specification, spool };
}

const url = 'http://127.0.0.1:9/fsi/api/rsfComIfsService/callService';

t.test('the national platform’s answers prove what the table says', async (t) => {
  const platform = new Platform(configurationOf(url), await parts(t));
  t.teardown(() => platform.close());
  let samples = 0;
  for (const row of NATIONAL.answers) {
    for (const { status, body } of row.samples ?? []) {
      for (const infno of transactionsOf(row)) {
        const verdict = platform.judge({ infno, input: {} }, 'M', { status, body: Buffer.from(body) });
        t.equal(verdict.kind, row.proves, `${infno} ${status} ${body}`);
        samples += 1;
      }
    }
  }
  t.ok(samples > 100);
});

t.test('a settlement’s answer is believed with its number and our msgid, and in doubt without', async (t) => {
  const given = await parts(t);
  const insurer = createNhsaInsurer(configurationOf(url), given);
  t.teardown(() => insurer.close());
  const handle = {
    ...{ psn_no: 'P', mdtrt_id: 'V', insutype: '310', chrg_bchno: '1' },
    ...{ fulamt_ownpay_amt: '0', overlmt_selfpay: '0', preselfpay_amt: '0', inscp_scp_amt: '0' },
  };
  const split = {
    ...{ totalFen: 0, funds: [], fundFen: 0, accountFen: 0, cashFen: 0, hospitalFen: 0, fullOwnFen: 0 },
    ...{ overLimitFen: 0, firstOwnFen: 0, inScopeFen: 0, deductibleFen: 0 },
  };
  const kindOf = async (setlinfo: (ownId: string) => object) => {
    const exchange: Exchange = async (request) => {
      const output =
        request.transaction === '9001'
          ? { signinoutb: { sign_no: 'S' } }
          : { setlinfo: setlinfo(request.ownId) };
      const body = Buffer.from(JSON.stringify({ infcode: 0, output }));
      const verdict = request.judge({ status: 200, contentType: 'application/json', body });
      return { ...verdict, exchangeId: 'x', ownId: request.ownId };
    };
    return (await insurer.settle(sampleBill(), { split, handle }, exchange)).kind;
  };
  const [believed, doubted] = NATIONAL.answers.filter(
    ({ transactions, samples }) =>
      transactions.includes('2207') && !transactions.includes('2208') && !samples,
  );
  t.equal(await kindOf((ownId) => ({ setl_id: 'S1', medins_setl_id: ownId })), believed?.proves);
  for (const setlinfo of [{}, { setl_id: 'S1', medins_setl_id: 'X' }, { setl_id: 'S1', mdtrt_id: 'other' }]) {
    t.equal(await kindOf(() => setlinfo), doubted?.proves);
  }
});

t.test('the ways out of the national platform are those of the table, in its order', async (t) => {
  const insurer = createNhsaInsurer(configurationOf(url), await parts(t));
  t.teardown(() => insurer.close());
  const order = [...new Set(NATIONAL.ways.map(({ way }) => way))];
  t.same(
    insurer.waysOut.map(({ way }) => way),
    order,
  );
  for (const { way, decides } of insurer.waysOut) {
    for (const row of NATIONAL.ways.filter((each) => each.way === way)) {
      t.same([...row.lost].sort(), [...decides].sort(), row.finds.en);
    }
  }
  t.same([...loadProfile('national').reversible].sort(), [...(NATIONAL.ways[0]?.lost ?? [])].sort());
});

t.test('what 2601 answers leads where the table says', async (t) => {
  const insurer = createNhsaInsurer(
    configurationOf(url, { nothingToUndo: ['未找到原交易'] }),
    await parts(t),
  );
  t.teardown(() => insurer.close());
  const way = insurer.waysOut.find((each) => each.way === 'reverse-by-own-id')!;
  const answers = ['', '未找到原交易', '不能冲正', undefined];
  const rows = NATIONAL.ways.filter(({ by }) => by === '2601');
  t.equal(rows.length, answers.length);
  for (const [place, words] of answers.entries()) {
    const { outcome, sent } = await undo(way, words);
    const verdict = ofWay(outcome, sent);
    const proves =
      verdict.kind === 'proved' ? verdict.proof.is : verdict.kind === 'nothing' ? 'open' : verdict.kind;
    t.equal(proves, rows[place]?.proves, words ?? 'no answer');
  }
});

/** Undoes a lost settlement at a platform that answers with these words; nothing for no answer. */
async function undo(way: WayOut, words: string | undefined) {
  let money: Parameters<typeof ofWay>[1]['money'];
  const exchange: Exchange = async (request) => {
    const text =
      request.transaction === '9001'
        ? '{"infcode":0,"output":{"signinoutb":{"sign_no":"S"}}}'
        : JSON.stringify({ infcode: words === '' ? 0 : -1, err_msg: words, output: {} });
    const lost = words === undefined && request.transaction === '2601';
    const verdict = lost
      ? ({ kind: 'unknown', reason: 'no answer' } as const)
      : request.judge({ status: 200, contentType: '', body: Buffer.from(text) });
    const { ownId, transaction } = request;
    if (request.effect === 'money')
      money = {
        exchangeId: 'x',
        transaction,
        ownId,
        outcome: verdict.kind,
        deadlineAt: 0,
        reason: words ?? '',
      };
    return { ...verdict, exchangeId: 'x', ownId };
  };
  const lost = { transaction: '2207', ownId: 'M', sentAt: 0, deadlineAt: 0, handle: { psn_no: 'P' } };
  const outcome: Outcome<Proof> = await way.take(sampleBill(), { of: 'settle', lost }, exchange);
  return { outcome, sent: money ? { money, last: money } : {} };
}

function transactionsOf({ transactions }: AnswerRow): readonly string[] {
  return transactions.includes('*') ? EACH : transactions;
}
