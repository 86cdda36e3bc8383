import t from 'tap';
import { DAY, newWorld } from './parts.ts';

t.test('a day on which both ledgers agree is balanced, its reversals as rows of their own', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  await gateway.settle('s-1');
  await gateway.settle('s-2');
  await gateway.reverse('s-1');
  const statement = await gateway.compare();
  t.match(statement, { state: 'balanced', insurer: 'nhsa', period: DAY, provisional: true, differences: [] });
  const group = statement.totals.filter(({ ours }) => ours.count > 0);
  t.match(group, [
    { refund: false, ours: { count: 2, total: '301.70' }, balanced: true, words: '对账平' },
    { refund: true, ours: { count: 1, total: '-150.85' }, balanced: true },
  ]);
  t.equal(statement.totals.length, 4, 'groups that have nothing are asked about, too');
  t.equal(virtual.ledger().length, 3);
});

t.test('every difference is found, told apart, and says what mends it', async (t) => {
  const { start, virtual } = await newWorld(t);
  const gateway = start();
  for (const id of ['forgotten', 'dearer', 'reversed', 'agreed']) await gateway.settle(id);
  const msgids = virtual.ledger().map(({ msgid }) => msgid);
  const [forgotten = '', dearer = '', reversed = '', agreed = ''] = msgids;
  virtual.tamper({ act: 'forget', msgid: forgotten });
  virtual.tamper({ act: 'overcharge', msgid: dearer, byFen: 100 });
  virtual.tamper({ act: 'reverse', msgid: reversed, as: 'H43010000001202603020900009998' });
  virtual.tamper({ act: 'invent', msgid: 'H43010000001202603020900009999', like: agreed });
  const { state, differences } = await gateway.compare();
  t.equal(state, 'differs');
  t.match(differences.map(({ class: kind, settlementId, act }) => [kind, settlementId, act]).sort(), [
    ['amounts-differ', 'dearer', 'person'],
    ['insurer-only', undefined, 'undo-at-insurer'],
    ['ours-only', 'forgotten', 'prove-absent'],
    ['reversed-at-the-insurer-only', undefined, 'person'],
  ]);
  t.match(
    differences.find(({ class: kind }) => kind === 'amounts-differ'),
    {
      ours: { total: '150.85' },
      theirs: { total: '151.85', memo: '金额不一致' },
      state: 'open',
    },
  );
});
