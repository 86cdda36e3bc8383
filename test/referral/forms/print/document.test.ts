import t from 'tap';
import { printForm, UnusableFont } from '../../../../src/referral/forms/print/document.ts';
import { sheetOf } from '../../../../src/referral/forms/sheet.ts';
import { back, font, outgoing, textOf } from './world.ts';

const madeAt = Date.parse('2026-03-02T00:00:00+08:00');
const print = (form: typeof outgoing | typeof back) => printForm(sheetOf(form), [font()], madeAt);

t.test('the outgoing form says on one page all that is in it', async (t) => {
  const { pdf, missing } = await print(outgoing);
  t.same(missing, []);
  const pages = await textOf(pdf);
  t.equal(pages.length, 1);
  const [page = ''] = pages;
  for (const words of [
    '存根患者姓名张三性别男年龄45岁档案编号DA-001',
    '家庭住址某县某镇前进村1号联系电话13800000000',
    '于2026年03月02日因病情需要,转入示范县人民医院单位心血管内科科室赵医生接诊医生。',
    '转诊医生(签字):李医生2026年03月02日',
    '双向转诊(转出)单示范县人民医院(机构名称):',
    '现有患者张三性别男年龄45岁因病情需要,需转入贵单位,请予以接诊。',
    '初步印象:高血压待查主要现病史(转出原因):反复头晕三个月主要既往史:无特殊治疗经过:口服降压药',
    '过敏史:青霉素医保证(卡)号A00000001患者须知:空腹,到院后仍需挂号',
    '联系电话:0000-1234567前进村卫生室(机构名称)',
    `转诊编号${outgoing.number}第1/1页`,
  ])
    t.ok(page.includes(words), words);
});

t.test('the return form says all that is in it', async (t) => {
  const [page = ''] = await textOf((await print(back)).pdf);
  for (const words of [
    '病案号ZY0001',
    '于2026年03月09日因病情需要,转回前进村卫生室单位李医生接诊医生。',
    '双向转诊(回转)单前进村卫生室(机构名称):现有患者张三因病情需要,现转回贵单位,请予以接诊。',
    '诊断结果:原发性高血压住院病案号ZY0001主要检查结果:心电图未见异常',
    '治疗经过、下一步治疗方案及康复建议:氨氯地平回基层随访低盐饮食',
    '转诊医生(签字):王医生',
  ])
    t.ok(page.includes(words), words);
});

t.test('the same form gives the same bytes, and no more of the font than it shows', async (t) => {
  const [one, two] = [await print(outgoing), await print(outgoing)];
  t.ok(one.pdf.equals(two.pdf));
  t.ok(one.pdf.length < 60_000, `${one.pdf.length} bytes`);
  t.match(one.pdf.toString('latin1', 0, 8), '%PDF-1.7');
  const other = await printForm(sheetOf(outgoing), [font()], madeAt + 86_400_000);
  t.notOk(other.pdf.equals(one.pdf), 'the day it was made is in it');
});

t.test('rare characters of names are shown, and one that no font has by its code point', async (t) => {
  const named = (name: string) => ({
    ...outgoing,
    letter: { ...outgoing.letter, patient: { ...outgoing.letter.patient, name } },
  });
  const rare = await print(named('张㛃䶮𠅤'));
  t.same(rare.missing, []);
  t.match((await textOf(rare.pdf))[0], '现有患者张㛃䶮𠅤性别');
  const lost = await print(named('张\u{2A6B2}三\u{E0101}'));
  t.same(lost.missing, ['U+2A6B2', 'U+E0101']);
  t.match((await textOf(lost.pdf))[0], '现有患者张[U+2A6B2]三[U+E0101]性别');
});

t.test('long texts go on over the pages, none of it lost', async (t) => {
  const presentIllness = Array.from({ length: 1_200 }, (_, n) => `第${n}次头晕,`).join('');
  const pages = await textOf(
    (await print({ ...outgoing, letter: { ...outgoing.letter, presentIllness } })).pdf,
  );
  t.ok(pages.length > 3);
  const whole = pages
    .map((page, index) => {
      const footer = `转诊编号${outgoing.number}第${index + 1}/${pages.length}页`;
      t.ok(page.includes(footer), footer);
      return page.replace(footer, '');
    })
    .join('');
  t.ok(whole.includes(presentIllness));
});

t.test('a second font is asked for what the first has not', async (t) => {
  const { pdf, missing } = await printForm(sheetOf(outgoing), [font(), font()], madeAt);
  t.same(missing, []);
  t.ok(pdf.equals((await print(outgoing)).pdf), 'one that is not needed leaves no trace');
});

t.test('what is no font is said to be none', async (t) => {
  const sheet = sheetOf(outgoing);
  const useless = [{ data: Buffer.from('no font') }, { data: Buffer.alloc(0) }];
  for (const each of useless) {
    await t.rejects(printForm(sheet, [font(), each], madeAt), new UnusableFont(1, 'not a font'));
  }
  await t.rejects(printForm(sheet, [], madeAt), { name: 'UnusableFont' });
});

/** The same font in a collection, as Windows keeps SimSun. */
function collectionOf(font: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.write('ttcf');
  head.writeUInt32BE(0x00010000, 4);
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(head.length, 12);
  const moved = Buffer.from(font);
  // Its tables are found from the beginning of the file.
  for (let table = 0; table < font.readUInt16BE(4); table += 1) {
    const at = 12 + 16 * table + 8;
    moved.writeUInt32BE(font.readUInt32BE(at) + head.length, at);
  }
  return Buffer.concat([head, moved]);
}

t.test('a font of a collection is found by its name, or is the first', async (t) => {
  const data = collectionOf(font().data);
  for (const name of ['NotoSerifSC-Regular', undefined]) {
    const { pdf } = await printForm(sheetOf(outgoing), [{ data, name }], madeAt);
    t.match((await textOf(pdf))[0], '初步印象:高血压待查', name ?? 'the first');
  }
  const wrong = printForm(sheetOf(outgoing), [{ data, name: 'SimSun' }], madeAt);
  await t.rejects(wrong, { index: 0, message: 'no font SimSun in the collection' });
});
