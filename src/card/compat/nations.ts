/** The nations of GB/T 3304 in the order of their codes, 01 to 56. */
const NATIONS = (
  '汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 ' +
  '达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 ' +
  '门巴 珞巴 基诺'
).split(' ');

/** The name of a nation by its code; what is no code stays as it is. */
export function nationName(code: string): string {
  return (/^\d\d$/.test(code) && NATIONS[Number(code) - 1]) || code;
}

/** The code of a nation that is told by its name, with or without 族; what is none of them stays as it is. */
export function nationCode(told: string): string {
  const at = NATIONS.indexOf(told.replace(/族$/, ''));
  return at === -1 ? told : String(at + 1).padStart(2, '0');
}
