import t from 'tap';
import { chinaTimeOf, standingOf } from '../../../../adapters/insurers/nrcms-guizhou/statement.ts';

t.test('a statement tells by its dates where a handle stands', async (t) => {
  const day = Date.parse('2026-03-02T00:00:00+08:00');
  const cases: [statement: Record<string, string>, standing: object][] = [
    [
      { compensateDate: '2026-03-02', totalCost: '1.00' },
      { is: 'settled', settledAt: day },
    ],
    [
      { compensateDate: '2026-03-02 09:00:00', destoryDate: '2026-03-02 10:00:00' },
      { is: 'reversed', reversedAt: day + 10 * 3_600_000 },
    ],
    [{}, { is: 'unsettled' }],
    [{ totalCost: '0.0000', compensateCost: '' }, { is: 'unsettled' }],
    [{ totalCost: '1.00' }, { is: 'unclear' }],
    [{ compensateDate: 'yesterday' }, { is: 'unclear' }],
    [{ destoryDate: 'x', compensateDate: '2026-03-02' }, { is: 'unclear' }],
  ];
  for (const [statement, standing] of cases)
    t.same(standingOf(statement), standing, JSON.stringify(statement));
});

t.test('times that no clock shows are no times', async (t) => {
  for (const text of ['2026-02-30', '2026-13-01', '2026-03-02 25:00:00', '02/03/2026', '']) {
    t.equal(chinaTimeOf(text), undefined, text);
  }
  t.equal(chinaTimeOf('2024-02-29 23:59:59.0'), Date.parse('2024-02-29T23:59:59+08:00'));
});
