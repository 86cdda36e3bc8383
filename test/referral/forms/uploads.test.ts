import t from 'tap';
import { csvLine, UPLOAD_COLUMNS } from '../../../src/referral/forms/upload.ts';
import { creation, joined, outcome, type TestOrganisation } from '../organisations.ts';

const day = 'from=2026-03-02T00:00:00%2B08:00&to=2026-03-03T00:00:00%2B08:00';

interface Page {
  items: { referralId: string; record: Record<string, string>; missing: string[]; cut: string[] }[];
  next?: string;
}

async function uploads(side: TestOrganisation, query = day): Promise<Page> {
  const { body, status } = await side.call('GET', `/v1/referrals/uploads?${query}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as unknown as Page;
}

t.test('the table has every column of the city’s schema once, with its length and its mark', async (t) => {
  t.equal(UPLOAD_COLUMNS.length, 32);
  t.equal(new Set(UPLOAD_COLUMNS.map(([column]) => column)).size, 32);
  t.same(UPLOAD_COLUMNS.filter(([, , , required]) => required).length, 20);
});

t.test('a referral is uploaded by its sender, and its cancellation under the same key', async (t) => {
  const { here, there } = await joined(t);
  const long = '头晕'.repeat(80);
  const { body } = await here.call('POST', '/v1/referrals', {
    ...creation,
    form: { ...creation.form, presentIllness: long },
  });
  await here.deliverAll();
  const [first] = (await uploads(here)).items;
  t.match(first, {
    referralId: body.id,
    record: {
      jgdm: 'CLINIC0001',
      fwwddm: 'CLINIC0001',
      kh: '111111198101011110',
      klx: '2',
      xm: '张三',
      xbdm: '1',
      csrq: '1981-01-01',
      nls: '45',
      nly: '2',
      jzrqsj: '2026-03-02 09:00:00',
      fzysxm: '李医生',
      fzksbm: '02',
      fzksmc: '全科医疗科',
      zzyy: long.slice(0, 100),
      zzsj: '2026-03-02 09:00:00',
      zxjgdm: 'HOSPITAL01',
      zxjgmc: '示范县人民医院',
      zxksmc: '心血管内科',
      zyjws: '无特殊',
      zljg: '口服降压药',
      zzbz: '1',
      cxbz: '0',
    },
    missing: ['mzh'],
    cut: ['zzyy'],
  });
  t.ok(first!.record.zzjlid!.length <= 30);
  t.equal((await uploads(there)).items.length, 0, 'the receiver has sent nobody yet');
  await here.act(body.id, { type: 'request-cancellation', reason: { text: '患者改变主意' } });
  await here.deliverAll();
  const arrived = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(arrived, { type: 'confirm-cancellation' });
  await there.deliverAll();
  const [again] = (await uploads(here)).items;
  t.equal(again?.record.zzjlid, first?.record.zzjlid);
  t.equal(again?.record.cxbz, '1');
});

t.test('whoever completes a referral uploads the way back', async (t) => {
  const { here, there } = await joined(t);
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  const arrived = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await there.act(arrived, { type: 'accept' });
  const result = { ...outcome, treatment: '氨氯地平', rehabilitation: '低盐饮食' };
  await there.act(arrived, { type: 'complete', outcome: result });
  const { items } = await uploads(there);
  t.match(items, [
    {
      record: {
        jgdm: 'HOSPITAL01',
        zxjgdm: 'CLINIC0001',
        zxysxm: '李医生',
        fzysxm: '王医生',
        zljg: '氨氯地平',
        xybzlfa: '回基层随访\n低盐饮食',
        zzbz: '2',
        cxbz: '0',
      },
    },
  ]);
});

t.test('records page by cursor, and come as one CSV file', async (t) => {
  const { here } = await joined(t);
  for (let count = 0; count < 3; count++) {
    await here.call('POST', '/v1/referrals', creation);
    here.clock.advance(1_000);
  }
  const one = await uploads(here, `${day}&limit=2`);
  t.equal(one.items.length, 2);
  const two = await uploads(here, `${day}&limit=2&after=${one.next}`);
  t.equal(two.items.length, 1);
  t.equal(two.next, undefined);
  const ids = [...one.items, ...two.items].map(({ referralId }) => referralId);
  t.equal(new Set(ids).size, 3);
  t.equal((await uploads(here, 'from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z')).items.length, 0);
  const csv = await here.app.inject({
    url: `/v1/referrals/uploads?${day}&format=csv`,
    headers: { authorization: `Bearer ${here.key}` },
  });
  t.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
  const lines = csv.body.split('\r\n');
  t.equal(lines.length, 5);
  t.equal(lines[0], `\uFEFF${UPLOAD_COLUMNS.map(([column]) => column).join(',')}`);
  t.ok(lines[1]!.startsWith('CLINIC0001,CLINIC0001,'));
});

t.test('the export needs its own right, and a time that ends after it begins', async (t) => {
  const { here } = await joined(t);
  const path = `/v1/referrals/uploads?${day}`;
  t.equal(
    (await here.call('GET', path, undefined, { authorization: `Bearer ${here.readerKey}` })).status,
    403,
  );
  const swapped = 'from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z';
  t.match(await here.call('GET', `/v1/referrals/uploads?${swapped}`), { status: 400 });
  t.match(await here.call('GET', `${path}&after=rubbish`), { status: 400 });
});

t.test('a text of several lines stays one field, and none becomes a formula', async (t) => {
  t.equal(csvLine(['a', 'b,c', 'd"e', 'f\ng', '=1+1']), 'a,"b,c","d""e","f\ng",\'=1+1\r\n');
});
