import fc from 'fast-check';
import t from 'tap';
import type { Filing } from '../../../schemas/filing.ts';
import { FILING_KINDS, PURPOSES } from '../../../schemas/settlement-words.ts';
import type { Stay } from '../../../schemas/stay.ts';
import { STAY_ACTS } from '../../../schemas/stay-words.ts';
import { amountRows } from '../../../src/pages/app/review/amount-rows.ts';
import { bodyText } from '../../../src/pages/app/review/body-text.ts';
import {
  caseOfFiling,
  caseOfStay,
  inOrder,
  type Matter,
  nameOf,
} from '../../../src/pages/app/review/matters.ts';
import { words } from '../../../src/pages/app/review/words.ts';

t.test('an address names a matter, or nothing at all', async (t) => {
  t.strictSame(nameOf('stay/01J-a'), { kind: 'stay', id: '01J-a' });
  for (const other of [undefined, '', 'stay', 'stay/', 'bill/1', 'stay/1/2', 'stay/../x', 'settlement/a?b'])
    t.equal(nameOf(other), undefined, String(other));
});

t.test('what needs a person comes first, and of these what has waited longest', async (t) => {
  const matter = (id: string, state: string, updatedAt: string) => ({ id, state, updatedAt }) as Matter;
  const order = inOrder([
    matter('a', 'in-doubt', '2026-03-01'),
    matter('b', 'needs-review', '2026-03-03'),
    matter('c', 'needs-review', '2026-03-02'),
  ]);
  t.strictSame(
    order.map(({ id }) => id),
    ['c', 'b', 'a'],
  );
});

t.test('a stay and a filing are shown as a settlement is, their past oldest first', async (t) => {
  const at = '2026-03-02T08:00:00+08:00';
  const known = {
    id: '1',
    insurer: 'nhsa',
    state: 'needs-review',
    version: 3,
    actions: ['review'],
    updatedAt: at,
  };
  const stay = {
    ...{ ...known, number: 'ZY1', act: 'charge', findings: [{ found: 'done' }], exchangeId: 'e2' },
    history: [
      { seq: 2, at, to: 'needs-review' },
      { seq: 1, at, to: 'draft' },
    ],
  } as unknown as Stay;
  const shown = caseOfStay(stay, []);
  t.match(shown, {
    kind: 'stay',
    name: 'ZY1',
    step: 'charge',
    exchangeId: 'e2',
    findings: [{ found: 'done' }],
  });
  t.strictSame(
    shown.history.map(({ seq }) => seq),
    [1, 2],
  );
  const person = { name: '张*', documentNumber: '111***110' };
  const filing = {
    ...{ ...known, person, kind: 'chronic', doubtOf: 'file', findings: [] },
    history: [{ version: 1, at, to: 'sending', by: 'his' }],
  } as unknown as Filing;
  t.match(caseOfFiling(filing, []), { name: '张* 111***110', step: 'chronic.file', history: [{ seq: 1 }] });
});

t.test('every step and every purpose that the API names has its words', async (t) => {
  const steps = FILING_KINDS.flatMap((kind) => [kind, `${kind}.file`, `${kind}.withdraw`]);
  for (const step of ['settle', 'reverse', ...STAY_ACTS, ...steps]) t.ok(`step.${step}` in words, step);
  for (const purpose of PURPOSES) t.ok(`purpose.${purpose}` in words, purpose);
});

t.test('amounts stand beside one another, and what is not the same is said to differ', async (t) => {
  const quote = { total: '9.00', fund: '5.00', account: '0.00', cash: '4.00' };
  const theirs = { total: '9.00', fund: '5.01', account: '0.00' };
  const { columns, rows } = amountRows({ quote, settled: undefined, theirs });
  t.strictSame(columns, ['quote', 'theirs']);
  t.strictSame(
    rows.map(({ name, differs }) => [name, differs]),
    [
      ['total', false],
      ['fund', true],
      ['account', false],
      ['cash', false],
    ],
  );
});

t.test('a body is broken into lines, and no figure of it changes', async (t) => {
  t.equal(
    bodyText('{"a":[12.30,1e400,{}],"b":"x, {\\"y\\": 1}","c":[]}'),
    '{\n  "a": [\n    12.30,\n    1e400,\n    {}\n  ],\n  "b": "x, {\\"y\\": 1}",\n  "c": []\n}',
  );
  for (const text of ['<xml a="1"/>', '{"cut":', '', '12']) t.equal(bodyText(text), text);
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (json, spaced) => {
      const text = spaced ? JSON.stringify(JSON.parse(json), null, 3) : json;
      t.strictSame(JSON.parse(bodyText(text)), JSON.parse(text));
    }),
  );
});
