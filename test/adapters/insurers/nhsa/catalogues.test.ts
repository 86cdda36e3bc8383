import { readdirSync } from 'node:fs';
import t from 'tap';
import { dayOf, itemOf, layoutsOf } from '../../../../adapters/insurers/nhsa/catalogue-layouts.ts';
import { CATALOGUE_KINDS, type CatalogueKind } from '../../../../schemas/catalogue-words.ts';
import { CATALOGUES } from '../../../../src/sandbox/insurer/catalogues.ts';
import type { CatalogueFlows, CatalogueItem, CodeMatch } from '../../../../src/settlement/port.ts';
import { must, type Parts, platformParts } from './helper.ts';

function flowsOf({ insurer }: Parts): CatalogueFlows {
  if (!insurer.catalogues) throw new Error('no catalogues');
  return insurer.catalogues;
}

async function loaded(parts: Parts, kind: CatalogueKind, since?: string) {
  const items: CatalogueItem[] = [];
  let expected: number | undefined;
  const outcome = await flowsOf(parts).load(
    {
      kind,
      ...(since !== undefined && { since }),
      take: async (batch) => void items.push(...batch),
      expect: (rows) => {
        expected = rows;
      },
    },
    parts.journal.exchange,
  );
  return { outcome, items, expected };
}

t.test('every catalogue whose form is known is offered, and comes from the virtual platform', async (t) => {
  const parts = await platformParts(t);
  t.same(flowsOf(parts).kinds, CATALOGUE_KINDS.slice(0, 19));
  for (const kind of flowsOf(parts).kinds) {
    const { outcome, items, expected } = await loaded(parts, kind);
    const { value } = must(outcome);
    if (kind === 'institution-matches') continue;
    t.ok(items.length > 0, kind);
    t.ok(value.version, kind);
    t.ok(
      items.every((item) => item.code !== '' && item.name !== ''),
      kind,
    );
    if (expected !== undefined) t.equal(items.length, expected, kind);
  }
  t.same(readdirSync(parts.spoolFolder), []);
});

t.test('a drug as its file has it', async (t) => {
  const { items, outcome } = await loaded(await platformParts(t), 'drugs');
  t.match(items[2], {
    code: 'XJ01CAA1',
    variant: '',
    name: '阿莫西林胶囊',
    aliases: '阿莫西林',
    initials: 'AMXLJN',
    valid: true,
    validFrom: '2020-01-01',
    content: { med_list_codg: 'XJ01CAA1', drug_prodname: '阿莫西林胶囊', vali_flag: '1' },
  });
  t.match(items.at(-1), { valid: false, validTo: '2025-12-31' });
  t.notOk('enddate' in (items[2]?.content ?? {}), 'what is empty is left out');
  t.match(must(outcome).value, { version: '20260101000012' });
});

t.test('only what has changed since a version comes, and nothing when nothing has', async (t) => {
  const parts = await platformParts(t);
  const { items } = await loaded(parts, 'drugs', '20260101000010');
  t.same(
    items.map((item) => item.code),
    ['ZA01AAA1', 'XS01AAA1'],
  );
  const none = await loaded(parts, 'drugs', '20260101000012');
  t.same(must(none.outcome).value, {});
  t.same(none.items, []);
});

t.test('limits and shares know for whom they hold', async (t) => {
  const parts = await platformParts(t);
  const limits = await loaded(parts, 'price-limits');
  t.match(limits.items[0], {
    code: '001102000010000',
    variant: '111111|1|2020-01-01',
    priceLimit: '30.00',
    heldFor: '1',
  });
  t.equal(new Set(limits.items.map((item) => item.variant)).size, 3);
  t.match(must(limits.outcome).value, { version: '2026-01-01 00:00:00' });
  const shares = await loaded(parts, 'self-pay-ratios');
  t.match(shares.items[2], { code: 'XB05AAA1', selfPay: '0.1000', heldFor: '310' });
  const later = await loaded(parts, 'self-pay-ratios', '2026-01-02 00:00:00');
  t.same(later.items, []);
});

t.test('pages are asked for until one is empty', async (t) => {
  const rows = Array.from({ length: 1_203 }, (_, place) => ({
    ...{ hilist_code: `H${place}`, hilist_lmtpric_type: '1', overlmt_dspo_way: '1', insu_admdvs: '111111' },
    ...{ begndate: '2020-01-01', hilist_pric_uplmt_amt: '1.00', vali_flag: '1', rid: String(place) },
    ...{ updt_time: `2026-01-01 00:00:0${place % 10}`, crte_time: '2026-01-01 00:00:00' },
  }));
  const parts = await platformParts(t, { catalogues: { ...CATALOGUES, pages: { '1318': rows } } });
  const { outcome, items } = await loaded(parts, 'price-limits');
  t.match(must(outcome).value, { version: '2026-01-01 00:00:09' });
  t.same(
    items.map((item) => item.code),
    rows.map((row) => row.hilist_code),
  );
  t.same(parts.journal.transactions(), ['9001', '1318', '1318', '1318', '1318']);
});

t.test('a platform that repeats its last page for ever is asked once more and no further', async (t) => {
  const parts = await platformParts(t);
  const exchange: typeof parts.journal.exchange = (request) => {
    const body = Buffer.from(request.body.toString().replace(/"page_num":\d+/, '"page_num":1'));
    return parts.journal.exchange({ ...request, body, send: (signal) => resend(request, body, signal) });
  };
  const resend = (request: Parameters<typeof exchange>[0], body: Buffer, signal: AbortSignal) => {
    request.body.fill(' ');
    body.copy(request.body);
    return request.send(signal);
  };
  const items: CatalogueItem[] = [];
  const order = {
    kind: 'price-limits' as const,
    take: async (batch: readonly CatalogueItem[]) => void items.push(...batch),
  };
  must(await flowsOf(parts).load(order, exchange));
  t.equal(items.length, 3);
  t.same(parts.journal.transactions(), ['9001', '1318', '1318']);
});

t.test(
  'a file that is cut, or has other columns, gives a fault or an unknown outcome, never half a catalogue as whole',
  async (t) => {
    const parts = await platformParts(t);
    parts.virtual.misbehave({ infno: '9102', kind: 'truncate' });
    t.match((await loaded(parts, 'drugs')).outcome, { kind: 'unknown' });
    const narrow = { ...CATALOGUES, files: { '1301': { width: 50, at: [0, 1], rows: [['A', '1']] } } };
    await t.rejects(loaded(await platformParts(t, { catalogues: narrow }), 'drugs'), {
      code: 'insurer.file-broken',
      message: /line 1 has 50 of 92/,
    });
    const nameless = { ...CATALOGUES, files: { '1301': { width: 92, at: [1, 82], rows: [['样例', '1']] } } };
    const broken = await platformParts(t, { catalogues: nameless });
    await t.rejects(loaded(broken, 'drugs'), { code: 'insurer.file-broken', message: /no code/ });
    t.same(readdirSync(broken.spoolFolder), []);
  },
);

t.test('what take throws ends the load, and nothing is left of the file', async (t) => {
  const parts = await platformParts(t);
  const take = async () => {
    throw new Error('enough');
  };
  await t.rejects(flowsOf(parts).load({ kind: 'drugs', take }, parts.journal.exchange), /enough/);
  t.same(readdirSync(parts.spoolFolder), []);
});

t.test('the columns of a file nobody has described may be configured', async (t) => {
  const catalogueFiles = {
    '1320': { columns: ['med_list_codg', 'drug_name', 'ver'], code: 'med_list_codg', name: 'drug_name' },
  };
  const files = { '1320': { width: 3, at: [0, 1, 2], rows: [['T1', '样例颗粒', '7']] } };
  const parts = await platformParts(t, {
    catalogues: { files, pages: {} },
    configuration: { catalogueFiles },
  });
  t.ok(flowsOf(parts).kinds.includes('granules'));
  const { items, outcome } = await loaded(parts, 'granules');
  t.match(items, [{ code: 'T1', name: '样例颗粒' }]);
  t.match(must(outcome).value, { version: '7' });
  await t.rejects(loaded(parts, 'reagents'), { code: 'insurer.not-offered' });
});

t.test('codes are matched and unmatched, all of a batch or none', async (t) => {
  const parts = await platformParts(t);
  const match = (localCode: string, more: Partial<CodeMatch> = {}): CodeMatch => ({
    ...{ kind: 'drugs', localCode, localName: '院内药', nationalCode: 'XN02BEA1' },
    ...{ validFrom: '2026-01-01', validTo: '2099-12-31', ...more },
  });
  const { exchange } = parts.journal;
  must(
    await flowsOf(parts).match(
      [match('L1'), match('L2', { kind: 'services', nationalCode: '001102000010000' })],
      exchange,
    ),
  );
  const refused = await flowsOf(parts).match([match('L3'), match('L4', { nationalCode: 'NONE' })], exchange);
  t.match(refused, { kind: 'refused', reason: /L4.*NONE/ });
  const { items } = await loaded(parts, 'institution-matches');
  t.match(parts.journal.requests.at(-1)?.body.toString(), /"data":\{[^}]*"fixmedins_code":"H43010000001"/);
  t.match(items, [
    { code: 'L1', leadsTo: 'XN02BEA1' },
    { code: 'L2', leadsTo: '001102000010000' },
  ]);
  must(await flowsOf(parts).unmatch(match('L1'), exchange));
  t.match(await flowsOf(parts).unmatch(match('L1'), exchange), { kind: 'refused' });
  t.throws(() => flowsOf(parts).match([match('L1', { kind: 'diagnoses' })], exchange), {
    code: 'mapping.kind',
  });
});

t.test('days are read however they are written', async (t) => {
  t.equal(dayOf('2021-04-09'), '2021-04-09');
  t.equal(dayOf('2021-04-09 10:11:12'), '2021-04-09');
  t.equal(dayOf('20210409'), '2021-04-09');
  t.equal(dayOf('Fri Apr 09 10:11:12 CST 2021'), '2021-04-09');
  t.equal(dayOf('Fri Foo 09 10:11:12 CST 2021'), '');
  t.equal(dayOf(''), '');
});

t.test('every layout leads from its own columns', async (t) => {
  for (const layout of layoutsOf().values()) {
    if (!layout.columns) continue;
    const named = [...layout.code, ...layout.name, ...(layout.aliases ?? []), layout.initials ?? 'ver'];
    t.same(
      named.filter((name) => !layout.columns?.includes(name)),
      [],
      layout.kind,
    );
    t.equal(new Set(layout.columns).size, layout.columns.length, `${layout.kind} names each column once`);
    t.ok(layout.columns.includes('ver') && layout.columns.includes('vali_flag'), layout.kind);
  }
});

t.test('who keyed an entry in, and whom to ring up, is not kept', async (t) => {
  const layout = layoutsOf().get('preparations');
  const fields = new Map([
    ['med_list_codg', 'A'],
    ['medins_conername', '某人'],
    ['medins_conertel', '1'],
    ['opter_name', '某人'],
    ['rute', '口服'],
  ]);
  t.same(layout && itemOf(layout, fields)?.content, { med_list_codg: 'A', rute: '口服' });
});
