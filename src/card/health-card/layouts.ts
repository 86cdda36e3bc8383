import { an, b, binary, cn, cyclic, date, type FileLayout, records } from '../files/layout.ts';

/** Lengths that no public source gives: the card tells them, and such items are read only. */
const UNTOLD = 0;
/** Places for visits in DF03: the index has one byte for each, 00 where one is kept, FF where it is free. */
const VISITS_MAX = 32;
const VISIT_BYTES_MAX = 0x1000;

/**
 * The files of a resident health card (居民健康卡应用规范, 卫办综发〔2012〕26号), by application and identifier; names
 * where public sources have them.
 */
export const layouts: Readonly<Record<string, FileLayout>> = {
  DDF1EF05: records(
    '发卡机构数据',
    an(0x01, 1, '卡的类别'),
    an(0x02, 4, '规范版本'),
    an(0x03, 30, '发卡机构名称'),
    cn(0x04, 11, '发卡机构代码'),
    b(0x05, 180, '发卡机构证书'),
    date(0x06, '发卡时间'),
    an(0x08, 18, '卡号'),
    an(0x09, 3, '安全码'),
    an(0x0a, 10, '芯片序列号'),
    cn(0x39, 3, '应用城市代码'),
  ),
  DDF1EF06: records(
    '持卡人基本数据',
    an(0x0b, 30, '姓名'),
    an(0x0c, 1, '性别'),
    cn(0x0d, 1, '民族'),
    date(0x0e, '出生日期'),
    an(0x0f, 18, '居民身份证号'),
  ),
  DDF1EF07: binary('照片', 3_074),
  DDF1EF08: records(
    '卡的管理数据',
    date(0x07, '卡有效期'),
    an(0x10, UNTOLD, '本人电话 1'),
    an(0x11, UNTOLD, '本人电话 2'),
    an(0x12, UNTOLD, '医疗费用支付方式 1'),
    an(0x13, UNTOLD, '医疗费用支付方式 2'),
    an(0x14, UNTOLD, '医疗费用支付方式 3'),
  ),
  DF01EF05: texts('地址', 0x15, 0x18),
  DF01EF06: texts('联系人', 0x19, 0x21),
  DF01EF07: texts('个人状况', 0x22, 0x24),
  DF01EF08: records(
    '证件',
    an(0x25, UNTOLD, '证件类别'),
    an(0x26, UNTOLD, '证件号码'),
    an(0x27, 17, '健康档案编号'),
    an(0x28, 18, '新农合证号'),
  ),
  DF02EF05: records(
    '血型与医学警示',
    an(0x29, UNTOLD, 'ABO 血型'),
    an(0x2a, UNTOLD, 'RH 血型'),
    ...Array.from({ length: 0x37 - 0x2a }, (_, at) => an(0x2b + at, UNTOLD)),
  ),
  DF02EF06: texts('医学警示', 0x38, 0x38),
  DF02EF07: cyclic('过敏', 10, an(0, 20), an(0, 100)),
  DF02EF08: cyclic('免疫接种', 10, an(0, 20), date(0)),
  DF03EF05: binary('门诊索引', VISITS_MAX),
  DF03EF06: binary('住院索引', VISITS_MAX),
  ...visits('门诊', 0xed00),
  ...visits('住院', 0xee00),
};

function texts(name: string, first: number, last: number): FileLayout {
  return records(name, ...Array.from({ length: last - first + 1 }, (_, at) => an(first + at, UNTOLD)));
}

/** ED01, ED02, …: one binary file for each visit. */
function visits(name: string, base: number): Record<string, FileLayout> {
  return Object.fromEntries(
    Array.from({ length: VISITS_MAX }, (_, at) => [
      `DF03${(base + at + 1).toString(16).toUpperCase()}`,
      binary(`${name} ${at + 1}`, VISIT_BYTES_MAX),
    ]),
  );
}
