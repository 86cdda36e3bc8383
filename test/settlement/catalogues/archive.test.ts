import t from 'tap';
import { codesSeen, item, load, newWorld } from './parts.ts';

async function loaded(t: { teardown(work: () => unknown): void }) {
  const world = await newWorld(t);
  const side = world.start();
  world.flows.script = {
    batches: [
      [
        item('XA01', { name: '阿莫西林胶囊', initials: 'AMXLJN', aliases: '再林 阿莫仙' }),
        item('XA02', { name: '阿司匹林肠溶片', initials: 'ASPLCRP', validTo: '2025-12-31' }),
        item('XB01', { name: '100%纯氧_!', initials: 'CY' }),
        item('ZC01', { name: '板蓝根颗粒', initials: 'BLGKL', variant: '2' }),
        item('ZC01', { name: '板蓝根颗粒', initials: 'BLGKL', variant: '1' }),
      ],
    ],
  };
  await load(side);
  const search = async (query: { code?: string; search?: string; limit?: number; after?: string }) => {
    const { rows, next } = await side.archive.search('fake', 'drugs', { limit: 10, ...query });
    return { codes: rows.map((row) => row.code + row.variant), next };
  };
  return { ...world, side, search };
}

t.test('entries are found by how their code or their initials begin, and by a part of a name', async (t) => {
  const { search } = await loaded(t);
  t.same((await search({ code: 'XA' })).codes, ['XA01', 'XA02']);
  t.same((await search({ code: 'xa' })).codes, [], 'a code is written as it is');
  t.same((await search({ search: 'a' })).codes, ['XA01', 'XA02']);
  t.same((await search({ search: 'amx' })).codes, ['XA01']);
  t.same((await search({ search: 'blg' })).codes, ['ZC011', 'ZC012']);
  t.same((await search({ search: '林' })).codes, ['XA01', 'XA02']);
  t.same((await search({ search: '阿莫仙' })).codes, ['XA01'], 'by another name');
  t.same((await search({ search: '0%纯' })).codes, ['XB01']);
  t.same((await search({ search: '氧_!' })).codes, ['XB01']);
  t.same((await search({ search: '阿%林' })).codes, [], 'nothing in a search stands for anything else');
  t.same((await search({})).codes.length, 5);
});

t.test('every search pages to its end, without a gap or a repeat', async (t) => {
  const { search } = await loaded(t);
  for (const query of [
    {},
    { code: 'X' },
    { search: 'a' },
    { search: 'b' },
    { search: '林' },
    { search: '板' },
  ]) {
    const whole = (await search(query)).codes;
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await search({ ...query, limit: 1, ...(after !== undefined && { after }) });
      paged.push(...page.codes);
      if (page.next === undefined) break;
      after = page.next;
    }
    t.same(paged, whole, JSON.stringify(query));
  }
});

t.test('a cursor that is not ours is refused', async (t) => {
  const { search } = await loaded(t);
  for (const after of [
    'rubbish',
    Buffer.from('{"a":1}').toString('base64url'),
    Buffer.from('["\\u0000"]').toString('base64url'),
  ]) {
    await t.rejects(search({ after }), { code: 'request.invalid' });
  }
});

t.test('an entry comes with the limits and shares of the code that it leads to', async (t) => {
  const { side, flows } = await loaded(t);
  flows.script = { batches: [[item('XA01', { leadsTo: 'H1', variant: 'x' })]] };
  await load(side, 'insurance-matches');
  flows.script = {
    batches: [
      [
        item('H1', { variant: '1', priceLimit: '12.30', heldFor: '1' }),
        item('H1', { variant: '2', priceLimit: '45.60', heldFor: '2' }),
        item('XA01', { variant: '1', priceLimit: '9.99' }),
      ],
    ],
  };
  await load(side, 'price-limits');
  const found = await side.archive.item('fake', 'drugs', 'XA01');
  t.same(
    found.limits.map((row) => row.price_limit),
    ['12.30', '45.60'],
  );
  t.same(found.ratios, []);
  await t.rejects(side.archive.item('fake', 'drugs', 'NONE'), { code: 'catalogue.no-item' });
});

t.test('the charges of a bill are held against what is on file, however many', async (t) => {
  const { side, flows } = await loaded(t);
  const charge = (nationalCode: string, price = '10') => ({
    ...{
      line: 'l',
      nationalCode,
      localCode: `L${nationalCode}`,
      name: '项目',
      count: '1',
      price,
      amountFen: 1_000,
    },
  });
  const day = '2026-03-02';
  flows.script = { batches: [[item('XA01', { leadsTo: 'H1' })]] };
  await load(side, 'insurance-matches');
  flows.script = { batches: [[item('H1', { priceLimit: '9.99', heldFor: '1' })]] };
  await load(side, 'price-limits');
  const charges = [charge('XA01'), charge('XA02'), charge('XB01'), charge('NONE'), charge('N\0\ud800')];
  t.same(await side.archive.notesOn('fake', charges, day), [
    { index: 0, line: 'l', note: 'over-limit', priceLimit: '9.99' },
    { index: 1, line: 'l', note: 'invalid-code' },
    { index: 3, line: 'l', note: 'unknown-code' },
    { index: 4, line: 'l', note: 'unknown-code' },
  ]);
  t.same(await side.archive.notesOn('plain', charges, day), []);
  const many = Array.from({ length: 2_000 }, (_, place) => charge(place === 1_999 ? 'XB01' : `N${place}`));
  t.equal((await side.archive.notesOn('fake', many, day)).length, 1_999);
  t.equal((await codesSeen(side)).length, 5);
});
