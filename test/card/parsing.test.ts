import fc from 'fast-check';
import t from 'tap';
import { bcdDigits, dateDigits, dateText, isDay } from '../../src/card/digits.ts';
import { textOf } from '../../src/card/gbk.ts';
import { algorithmOf } from '../../src/card/social-security/application.ts';
import { historicalBytes } from '../../src/card/social-security/atr.ts';
import { findTag, recordOf } from '../../src/card/tlv.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

t.test('a record is TAG LEN VALUE; what follows is left', async (t) => {
  t.strictSame(recordOf(hex('0304332E30309000')), { ok: true, value: { tag: 3, value: hex('332E3030') } });
  t.match(recordOf(hex('03')), { ok: false, error: 'empty' });
  t.match(recordOf(hex('0304332E')), { ok: false, error: 'cut-short' });
});

t.test('the captured dump of EF05 is seven records that fill it exactly', async (t) => {
  const dump = hex(
    '0110430299D156000005000000133A05F2E30201330304322E3000040C9156000002430200430100D5050432303132060432303232' +
      '0709423030303030313331',
  );
  t.equal(dump.length, 0x40);
  const tags: number[] = [];
  let at = 0;
  while (at < dump.length) {
    const record = recordOf(dump.subarray(at));
    if (!record.ok) break;
    tags.push(record.value.tag);
    at += 2 + record.value.value.length;
  }
  t.strictSame(tags, [1, 2, 3, 4, 5, 6, 7]);
  t.equal(at, dump.length);
});

t.test('the algorithm is found in the FCI, or told from the card id', async (t) => {
  const captured = hex('6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E');
  t.equal(algorithmOf(captured, '430299D156000005000000133A05F2E3'), 'des');
  t.equal(algorithmOf(captured, '110000D156000005000000133A05F2E3'), 'ssf33');
  const newer = (code: string) =>
    hex(`6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA509 88011E9F0C038601${code}`.replace(/ /g, ''));
  t.equal(algorithmOf(newer('03'), '110000D156000005000000133A05F2E3'), 'sm4');
  t.equal(algorithmOf(newer('02'), '430299'), 'ssf33');
  t.equal(algorithmOf(newer('01'), '110000'), 'des');
  t.equal(findTag(newer('03'), 0x88)?.toString('hex'), '1e');
});

t.test('historical bytes of real ATRs', async (t) => {
  const of = (atr: string) => historicalBytes(hex(atr)).toString('hex').toUpperCase();
  t.equal(of('3B6D000000813147318650430200000013'), '00813147318650430200000013');
  t.equal(of('3B690000249987DFED5DFFFFFF'), '249987DFED5DFFFFFF');
  t.equal(of('3B6D00000081'), '', 'cut short');
  t.equal(of(''), '');
  t.equal(of('3B'), '');
});

t.test('texts lose their padding of 00, 20 or FF, and nothing else', async (t) => {
  t.equal(textOf(hex('D5C5C8FD0000000000')), '张三');
  t.equal(textOf(hex('D5C5C8FD2020202020')), '张三');
  t.equal(textOf(hex('D5C5C8FDFFFFFF')), '张三');
  t.equal(textOf(hex('322E3000')), '2.0');
  t.equal(textOf(hex('FFFFFFFF')), '');
  t.equal(textOf(hex('417C42')), 'AB', 'a bar would break the pipe string');
});

t.test('dates are BCD days, or on test cards ASCII years', async (t) => {
  t.equal(dateText(dateDigits(hex('20101001'))), '2010-10-01');
  t.equal(dateText(dateDigits(hex('32303132'))), '2012');
  for (const nothing of ['00000000', 'FFFFFFFF', '20101301', '20100230', '']) {
    t.equal(dateText(dateDigits(hex(nothing))), undefined, nothing);
  }
  t.equal(bcdDigits(hex('111111FF')), '111111');
  t.equal(isDay('20240229'), true);
  t.equal(isDay('20230229'), false);
});

t.test('random bytes never throw', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffff), (bytes, tag) => {
      const buffer = Buffer.from(bytes);
      recordOf(buffer);
      findTag(buffer, tag);
      textOf(buffer);
      dateText(dateDigits(buffer));
      historicalBytes(buffer);
      algorithmOf(buffer, buffer.toString('hex'));
    }),
  );
  t.pass();
});
