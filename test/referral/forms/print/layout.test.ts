import fc from 'fast-check';
import t from 'tap';
import { type Drawn, layoutOf, PAGE } from '../../../../src/referral/forms/print/layout.ts';
import type { Segment, Sheet } from '../../../../src/referral/forms/sheet.ts';

/** Every Chinese character is as wide as it is high, every other half of it. */
const measure = (text: string, size: number) =>
  [...text].reduce((sum, character) => sum + (character > '\u2E7F' ? size : size / 2), 0);

const sheet = (...segments: Segment[]): Sheet => ({
  ...{ title: '单', number: 'n-1' },
  blocks: [{ kind: 'line', segments }],
});
const textsOf = (page: readonly Drawn[] = []) =>
  page.flatMap((drawn) => (drawn.kind === 'text' ? [drawn.text] : []));

t.test('what was filled in stands on a rule, and what was not leaves room on one', async (t) => {
  const [page = []] = layoutOf(sheet('姓名', { fill: '张三' }, '电话', { fill: '' }), measure);
  t.same(textsOf(page), ['姓名', '张三', '电话', '转诊编号 n-1 第 1 / 1 页']);
  const rules = page.filter(({ kind }) => kind === 'rule');
  t.match(rules, [{ width: 6 }, { width: 24 }, { width: 6 }, { width: 36 }]);
  const [name, value] = page.filter(({ kind }) => kind === 'text');
  t.equal((value?.x ?? 0) - (name?.x ?? 0), 24 + 6, 'a little room before it');
});

t.test('no punctuation begins a line, no word or number is divided that fits one', async (t) => {
  const text = `${'字'.repeat(40)},${'字'.repeat(30)}ABCDEFGHIJ-123456.78 ${'字'.repeat(40)}(完)`;
  const [page = []] = layoutOf(sheet(text), measure);
  const lines = textsOf(page).slice(0, -1);
  t.ok(lines.length > 2);
  for (const line of lines) t.notMatch(line, /^[,。)]/);
  t.ok(lines.some((line) => line.includes('ABCDEFGHIJ-123456.78')));
  t.notOk(lines.some((line) => line.endsWith('(')));
});

t.test('a right-aligned line ends at the margin', async (t) => {
  const right: Sheet = {
    ...sheet(),
    blocks: [{ kind: 'line', segments: ['日期', { fill: '2026' }], align: 'right' }],
  };
  const [page = []] = layoutOf(right, measure);
  const last = page.filter(({ kind }) => kind === 'rule').at(-1);
  t.equal(Math.round((last?.x ?? 0) + (last?.kind === 'rule' ? last.width : 0)), Math.round(PAGE.width - 51));
});

t.test('whatever is written, all of it is drawn, in its order, within the margins', async () => {
  const word = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'字句,。(abc1 '), maxLength: 120 }),
    fc.string({ unit: fc.constant('w'), minLength: 200, maxLength: 400 }),
  );
  const block = fc.oneof(
    fc.record({ kind: fc.constant('section' as const), heading: fc.constant('题'), text: word }),
    fc.record({
      kind: fc.constant('line' as const),
      segments: fc.array(fc.oneof(word, fc.record({ fill: word })), { maxLength: 6 }),
    }),
  );
  const squeezed = (text: string) => text.replaceAll(/\s/g, '');
  fc.assert(
    fc.property(fc.array(block, { maxLength: 30 }), (blocks) => {
      const pages = layoutOf({ title: '单', number: 'n-1', blocks }, measure);
      const wanted = blocks.map((each) =>
        each.kind === 'section'
          ? `${each.heading}:${each.text}`
          : each.segments.map((segment) => (typeof segment === 'string' ? segment : segment.fill)).join(''),
      );
      const drawn = pages.flatMap((page) => textsOf(page).slice(0, -1)).join('');
      if (squeezed(drawn) !== squeezed(wanted.join(''))) return false;
      return pages.flat().every((each) => {
        const width = each.kind === 'text' ? measure(each.text, each.size) : each.width;
        return each.x >= 50 && each.x + width <= PAGE.width - 50 && each.y > 50 && each.y <= PAGE.height - 50;
      });
    }),
    { numRuns: 60 },
  );
});
