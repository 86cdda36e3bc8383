import t from 'tap';
import { type CodeTable, UPLOAD_CODES, uploadCodesOf } from '../../../src/referral/forms/upload-codes.ts';

const tables: readonly CodeTable<string>[] = [
  UPLOAD_CODES.cardTypes,
  UPLOAD_CODES.flags,
  UPLOAD_CODES.cancelled,
];

t.test('each table has its column, a source, and no code twice', async (t) => {
  t.same(
    tables.map(({ column }) => column),
    ['klx', 'zzbz', 'cxbz'],
  );
  for (const { column, source, values } of tables) {
    t.match(source, '与本市核对', `${column} says that it is ours`);
    const codes = Object.values(values).map(({ code }) => code);
    t.equal(new Set(codes).size, codes.length, column);
  }
});

t.test('what a city says stands for ours, with the city’s document as its source', async (t) => {
  const source = '某市数据采集规范';
  const codes = uploadCodesOf({ cxbz: { no: '1', yes: '2' }, klx: { card: '0' }, source });
  t.match(codes.cancelled, { source, values: { no: { code: '1', name: '有效' }, yes: { code: '2' } } });
  t.match(codes.cardTypes, { source, values: { card: { code: '0' }, other: { code: '9' } } });
  t.same(codes.flags, UPLOAD_CODES.flags, 'what it does not say stays ours');
  t.same(uploadCodesOf({ department: { code: 'A02', name: '全科' }, source }).department, {
    ...{ code: 'A02', name: '全科', table: source },
  });
  t.same(uploadCodesOf(undefined), UPLOAD_CODES);
});
