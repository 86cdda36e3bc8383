import t from 'tap';
import { isSameName, isSameSpelling } from '../../src/card/names.ts';

t.test('forms, blanks and dots make no difference to a spelling', async (t) => {
  const alike = [
    ['张三', '张 三'],
    ['张三', ' 张　三 '],
    ['阿卜杜拉·买买提', '阿卜杜拉•买买提'],
    ['阿卜杜拉·买买提', '阿卜杜拉．买买提'],
    ['阿卜杜拉·买买提', '阿卜杜拉买买提'],
    ['ＳＡＭＰＬＥ，Ａ', 'Sample, A'],
  ] as const;
  for (const [one, other] of alike) {
    t.ok(isSameSpelling(one, other), `${one} ${other}`);
    t.ok(isSameName(one, other));
  }
  for (const [one, other] of [
    ['张三', '张四'],
    ['张三', '张三丰'],
    ['张三', '三张'],
    ['', ''],
    ['·', '张三'],
  ] as const) {
    t.notOk(isSameName(one, other), `${one} ${other}`);
  }
});

t.test('a character that a system could not write may be any, but is no spelling', async (t) => {
  for (const written of ['张\ufffd', '张?', '张？', '张□', '张\ue863']) {
    t.ok(isSameName('张䶮', written), written);
    t.ok(isSameName(written, '张䶮'), written);
    t.notOk(isSameSpelling('张䶮', written), written);
    t.notOk(isSameName('李䶮', written), written);
  }
  t.ok(isSameName('张\u{2a7dd}', '张\ufffd'), 'beyond the basic plane too');
});

t.test('a long name that a chip cut short is the same, a short one never', async (t) => {
  const long = '阿卜杜热合曼艾山江阿卜杜拉买买提依明';
  t.ok(isSameName(long, long.slice(0, 15)));
  t.ok(isSameName(long.slice(0, 14), long));
  t.notOk(isSameSpelling(long, long.slice(0, 15)));
  t.notOk(isSameName(long, long.slice(0, 13)));
});
