import fc from 'fast-check';
import t from 'tap';
import { cyclicItemOf, itemOf, pipeText, recordBytesOf } from '../../../src/card/files/contents.ts';
import { an, cn, compound } from '../../../src/card/files/layout.ts';
import { recordsOf } from '../../../src/card/tlv.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
/** 援助对象认定 of DF02EF15 (LD/T 32.2): three values in one record. */
const aid = compound(0x99, 4, an(0x10, 3), cn(0x11, 4), cn(0x12, 3));

t.test('a B-TLV record is read member by member, in any order, with members missing', async (t) => {
  t.match(itemOf('99:01', aid, '认定', hex('1003303031110420130701120311 2233'.replace(/ /g, ''))), {
    tag: '99:01',
    value: '001^20130701^112233',
    members: [
      { tag: '10', value: '001' },
      { tag: '11', value: '20130701' },
      { tag: '12', value: '112233' },
    ],
  });
  t.match(itemOf('99', aid, '认定', hex('12031122331003303031')), { value: '001^^112233' });
  t.match(itemOf('99', aid, '认定', hex('100300000011 04FFFFFFFF1203FFFFFF'.replace(/ /g, ''))), {
    value: '',
  });
});

t.test('a B-TLV record is written with all its members', async (t) => {
  t.equal(recordBytesOf(aid, '001^20130701^112233')?.toString('hex'), '10033030311104201307011203112233');
  t.equal(recordBytesOf(aid, '')?.toString('hex'), '10030000001104ffffffff1203ffffff');
  t.equal(recordBytesOf(aid, '001^20130701'), undefined);
  t.equal(recordBytesOf(aid, '0011^20130701^112233'), undefined);
});

t.test('values of a cyclic record stand one behind the other, with or without a head', async (t) => {
  const fields = [an(0, 2), cn(0, 2)];
  for (const bytes of ['41421234', '010441421234']) {
    t.match(cyclicItemOf(fields, '记录', hex(bytes)), { tag: '-', value: 'AB^1234' });
  }
  t.match(cyclicItemOf(fields, '记录', hex('4142')), { value: 'AB^' });
});

t.test('the string repeats the address with values in place', async (t) => {
  const item = (tag: string, value: string) => ({ tag, name: '', value });
  const files = [
    { file: 'SSSEEF05', items: [item('06', '20360919'), item('07', 'X00000027')] },
    { file: 'DF02EF07:01', items: [item('-', 'a^b')] },
    { file: 'SSSEEF06', items: [item('08', ''), item('09', 'A$B')] },
  ];
  t.equal(pipeText(files), 'SSSEEF05|20360919|X00000027|$DF02EF07:01|a^b|$SSSEEF06||AB|$');
});

t.test('records one behind the other are all found, up to what is none', async (t) => {
  const record = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.uint8Array({ maxLength: 1 }), (records, rest) => {
      const bytes = Buffer.concat([
        ...records.flatMap(([tag, value]) => [Buffer.of(tag, value.length), Buffer.from(value)]),
        Buffer.from(rest),
      ]);
      const found = recordsOf(bytes);
      if (found.length !== records.length) throw new Error(`${found.length}`);
      for (const [at, [tag, value]] of records.entries()) {
        if (found[at]!.tag !== tag || !found[at]!.value.equals(Buffer.from(value))) throw new Error(`${at}`);
      }
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const found = recordsOf(Buffer.from(bytes));
      const taken = found.reduce((sum, { value }) => sum + 2 + value.length, 0);
      if (taken > bytes.length) throw new Error('more than there is');
      itemOf('99', aid, '认定', Buffer.from(bytes));
      cyclicItemOf([an(0, 7), cn(0, 4)], '记录', Buffer.from(bytes));
    }),
  );
  t.pass();
});
