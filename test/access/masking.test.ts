import fc from 'fast-check';
import t from 'tap';
import { maskError, maskName, maskNumber, maskText } from '../../src/access/masking.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';

t.test('a name shows its first character only, whatever script it is in', async (t) => {
  t.equal(maskName(SAMPLE_NAME), '张*');
  t.equal(maskName('欧阳某某'), '欧***');
  t.equal(maskName('𠮷某'), '𠮷*');
  t.equal(maskName('张'), '张*');
  t.equal(maskName(''), '');
});

t.test('a number shows five characters at most, and never half of itself', async (t) => {
  t.equal(maskNumber(SAMPLE_NUMBER), '111*************10');
  t.equal(maskNumber('1234567'), '*******');
  t.equal(maskNumber(''), '');
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789X'), maxLength: 30 }), (number) => {
      const masked = maskNumber(number);
      const shown = masked.replaceAll('*', '').length;
      return masked.length === number.length && shown <= Math.max(0, Math.floor(number.length / 2));
    }),
  );
});

t.test('a text from outside loses every long number, and keeps the rest', async (t) => {
  t.equal(maskText(`人员 ${SAMPLE_NUMBER} 不存在,错误 1301`), '人员 111*************10 不存在,错误 1301');
  t.equal(maskText(`证件号${SAMPLE_NUMBER.slice(0, -1)}X无效`), '证件号111*************1X无效');
  t.equal(maskText('no number at all'), 'no number at all');
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (before, after) => !maskText(before + SAMPLE_NUMBER + after).includes(SAMPLE_NUMBER),
    ),
  );
});

t.test('a failure is told by its kind, its codes and its place, never by its message', async (t) => {
  const quoting = Object.assign(new TypeError(`${SAMPLE_NAME}\n    of ${SAMPLE_NUMBER}`), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 13,
  });
  const told = maskError(quoting);
  t.match(told, { type: 'TypeError', code: 'ERR_SQLITE_ERROR 13', at: /masking\.test\.ts/ });
  t.notMatch(JSON.stringify(told), new RegExp(`${SAMPLE_NAME}|${SAMPLE_NUMBER}`));
  t.notHas(maskError(Object.assign(new Error('x'), { code: `card ${SAMPLE_NUMBER}` })), { code: String });
  t.same(maskError(SAMPLE_NAME), { type: 'string' });
});
