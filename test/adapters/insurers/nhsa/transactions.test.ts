import t from 'tap';
import type { MessageNode } from '../../../../adapters/insurers/nhsa/data.ts';
import { FILE_TRANSFERS, MONEY } from '../../../../adapters/insurers/nhsa/kinds.ts';
import { hasBusiness } from '../../../../src/sandbox/insurer/transactions.ts';
import { Journal, platformParts, specification } from './helper.ts';
import { BREACHES, outerRows, PLAIN, type Row, smallestInput } from './sample-input.ts';

t.test('all 212 transactions are told apart: called, reserved for settlement, or a file', async (t) => {
  t.equal(specification.transactions().size, 212);
  const reserved = MONEY.filter((infno) => specification.has(infno));
  t.equal(PLAIN.length + reserved.length + FILE_TRANSFERS.size, 212);
});

/** Catalogues asked for page by page: the smallest question finds an empty page, which has none of the fields. */
const PAGED = new Set(['1304', '1312', '1316', '1317', '1318', '1319']);

t.test('each that moves no money is called with its smallest input and answered', async (t) => {
  const { insurer, journal } = await platformParts(t);
  for (const transaction of PLAIN) {
    const { infno, name } = transaction;
    const outcome = await insurer.transact(infno, smallestInput(transaction), {}, journal.exchange);
    if (infno === '9002') continue;
    if (hasBusiness(infno) && outcome.kind === 'refused') {
      t.notMatch(outcome.reason, /校验失败/, `${infno} ${name} was refused for its business`);
      continue;
    }
    t.equal(outcome.kind, 'accepted', `${infno} ${name}`);
    if (PAGED.has(infno)) continue;
    const verdict = journal.verdicts.at(-1);
    t.same(verdict?.kind === 'accepted' ? (verdict.notes ?? []) : verdict, [], `${infno} ${name}: no notes`);
  }
});

t.test('an input that is broken in one field is refused before it is sent, at its place', async (t) => {
  const { insurer } = await platformParts(t);
  const journal = new Journal();
  const tried = new Map<string, number>();
  for (const transaction of PLAIN) {
    const { infno } = transaction;
    const broken = async (change: (row: Row, node: MessageNode) => string | undefined, what: string) => {
      const input = smallestInput(transaction);
      for (const [row, node, at] of outerRows(input, transaction.input)) {
        const code = change(row, node);
        if (code === undefined) continue;
        tried.set(what, (tried.get(what) ?? 0) + 1);
        await t.rejects(
          insurer.transact(infno, input, {}, journal.exchange),
          { code: 'request.invalid', context: { pointer: `/input${at}/${code}` } },
          `${infno}${at}/${code} ${what}`,
        );
        return;
      }
    };
    const names = new Set(transaction.input.map(({ node }) => node));
    for (const { name, breaks, value } of BREACHES) {
      await broken((row, { fields }) => {
        const field = fields.find((each) => breaks(each) && !names.has(each.code));
        if (!field) return undefined;
        const wrong = value(field);
        if (wrong === undefined) delete row[field.code];
        else row[field.code] = wrong;
        return field.code;
      }, name);
    }
    await broken((row) => {
      row.no_such_field = '1';
      return 'no_such_field';
    }, 'one too many');
  }
  t.same(journal.requests, [], 'nothing was sent');
  for (const [what, count] of tried) t.ok(count > 20, `${what}: ${count} transactions`);
  t.equal(tried.size, BREACHES.length + 1);
});

t.test('what is nested without end is refused and not followed', async (t) => {
  const { insurer, journal } = await platformParts(t);
  let nested: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) nested = [nested];
  await t.rejects(insurer.transact('5201', { data: { psn_no: nested } }, {}, journal.exchange), {
    code: 'request.invalid',
    context: { detail: /嵌套过深/ },
  });
});
