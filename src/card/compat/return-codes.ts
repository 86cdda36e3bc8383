import { type ErrorCode, Fault } from '../../errors.ts';
import { swText } from '../apdu.ts';

/** What a return code of an LD/T 33 driver says, and which of our errors that is. */
export interface ReturnCode {
  readonly code: ErrorCode;
  readonly zh: string;
  readonly en: string;
}

/** The return codes that are answered by name. */
export const RET = {
  done: 0,
  noCard: -2,
  noPower: -3,
  notConnected: -11,
  unsupported: -13,
  wrongParameters: -14,
  invalidData: -23,
  machineDiffers: -25,
  noPsam: -2201,
} as const;

/** With these iReadCardBas says that the encryption machine must help (LD/T 33 5.2). */
const ENCRYPTION_WANTED: ReadonlySet<number> = new Set([-24, RET.noPsam, -2202, -2203, -27272]);

type Row = readonly [number: number, code: ErrorCode, zh: string, en: string];

/** The drivers' own codes (LD/T 33 annex; those from −1 to −15 stand in vendors' headers). */
const OWN: readonly Row[] = [
  [-1, 'card.unknown', '卡类型不对', 'wrong kind of card'],
  [RET.noCard, 'card.none', '无卡', 'no card'],
  [RET.noPower, 'card.refused', '有卡未上电', 'a card that has no power'],
  [-4, 'card.removed', '卡无应答', 'the card does not answer'],
  [-5, 'reader.absent', '加载动态库错', 'the library could not be loaded'],
  [RET.notConnected, 'reader.absent', '读卡器连接错', 'the reader cannot be connected'],
  [-12, 'reader.absent', '未建立连接', 'no connection to the reader'],
  [RET.unsupported, 'reader.unsupported', '读卡器不支持该命令', 'the reader does not support the command'],
  [RET.wrongParameters, 'request.invalid', '命令参数错', 'wrong parameters'],
  [-15, 'reader.protocol', '校验和错', 'wrong checksum'],
  [-20, 'card.unknown', '卡识别码格式错', 'the card identification code has a wrong format'],
  [-21, 'card.authentication', '内部认证失败', 'internal authentication failed'],
  [-22, 'purse.other-card', '传入数据与卡内不符', 'what was passed in is not what the card holds'],
  [RET.invalidData, 'request.invalid', '传入数据不合法', 'what was passed in is not valid'],
  [-24, 'card.locked-data', 'PSAM 卡密钥级别不够', 'the keys of the PSAM do not reach that far'],
  [
    RET.machineDiffers,
    'card.authentication',
    '内部认证结果与加密机不一致',
    'the card and the encryption machine differ',
  ],
  [-31, 'pin.cancelled', '用户取消密码输入', 'the holder cancelled'],
  [-32, 'pin.timeout', '密码输入超时', 'no PIN in time'],
  [-33, 'pin.length', '密码长度错', 'wrong length of the PIN'],
  [-34, 'pin.differs', '两次密码不一致', 'the two PINs differ'],
  [-35, 'purse.refused', '初始密码不能交易', 'no transaction with the initial PIN'],
  [-36, 'card.write-refused', '不能改为初始密码', 'the initial PIN cannot be chosen'],
  [-41, 'request.invalid', '输入数据含非法字符', 'characters that are not allowed'],
  [-42, 'request.invalid', '输入数据长度错', 'wrong length of the input'],
  [-51, 'pin.wrong', 'PIN 校验失败', 'wrong PIN'],
  [-52, 'pin.locked', 'PIN 锁定', 'the PIN is locked'],
  [RET.noPsam, 'card.locked-data', '无 PSAM 卡', 'no PSAM'],
  [-2202, 'card.locked-data', 'PSAM 卡不支持该算法', 'the PSAM does not know the algorithm'],
  [-2203, 'card.locked-data', 'PSAM 卡无相应密钥', 'the PSAM lacks the key'],
  [-2204, 'request.invalid', '不需要加密机认证', 'the encryption machine is not needed'],
];

/** Status words of the card, which drivers return as their negative decimal value: −27272 is 6A88. */
const OF_STATUS_WORD: readonly Row[] = [
  [0x6700, 'card.refused', '长度错误', 'wrong length'],
  [0x6901, 'card.refused', '命令不接受(无效状态)', 'the command is not accepted in this state'],
  [0x6981, 'card.refused', '命令与文件结构不相容', 'the command does not fit the file'],
  [0x6982, 'card.locked-data', '不满足安全状态', 'the security status is not satisfied'],
  [0x6983, 'pin.locked', '认证方法锁定', 'the authentication method is blocked'],
  [0x6984, 'card.refused', '引用数据无效', 'the data referred to is not valid'],
  [0x6985, 'card.refused', '使用条件不满足', 'the conditions of use are not satisfied'],
  [0x6988, 'card.refused', '安全报文数据项不正确', 'wrong secure messaging data'],
  [0x6a80, 'card.refused', '数据域参数错误', 'wrong data'],
  [0x6a81, 'card.blocked', '不支持此功能或卡已锁定', 'no such function, or the card is blocked'],
  [0x6a82, 'card.file-not-found', '未找到文件', 'file not found'],
  [0x6a83, 'card.file-not-found', '未找到记录', 'record not found'],
  [0x6a88, 'card.locked-data', '未找到密钥', 'key not found'],
  [0x9302, 'card.write-refused', 'MAC 无效', 'the MAC is not valid'],
  [0x9303, 'card.blocked', '应用永久锁定', 'the application is blocked for good'],
  [0x9401, 'purse.balance', '金额不足', 'the balance is too low'],
  [0x9403, 'purse.refused', '密钥索引不支持', 'no key with this index'],
  [0x9406, 'purse.refused', '所需 MAC 不可用', 'the MAC asked for is not available'],
];

const table: ReadonlyMap<number, ReturnCode> = new Map([
  ...OWN.map(([ret, code, zh, en]) => [ret, { code, zh, en }] as const),
  ...OF_STATUS_WORD.map(([sw, code, zh, en]) => [-sw, { code, zh, en }] as const),
]);

/** What a code says. Also one that no table names: a status word is the card's refusal, anything else makes no sense. */
export function meaningOf(ret: number): ReturnCode {
  const sw = statusWordOf(ret);
  const triesLeft = sw === undefined ? undefined : triesLeftOf(sw);
  if (triesLeft === 0) return { code: 'pin.locked', zh: 'PIN 锁定', en: 'the PIN is locked' };
  if (triesLeft !== undefined) {
    return {
      code: 'pin.wrong',
      zh: `PIN 校验失败(剩余 ${triesLeft} 次)`,
      en: `wrong PIN, ${triesLeft} left`,
    };
  }
  const known = table.get(ret);
  if (known) return known;
  return sw === undefined
    ? { code: 'reader.protocol', zh: '未知的返回码', en: 'a return code that nobody knows' }
    : { code: 'card.refused', zh: `卡返回 ${swText(sw)}`, en: `the card answered ${swText(sw)}` };
}

/**
 * The fault that a driver's return code (anything but 0) tells. Of its output only the tries that are left are used:
 * vendors put whole messages there, which may name the holder.
 */
export function faultOfReturnCode(ret: number, out = ''): Fault {
  const { code, zh, en } = meaningOf(ret);
  const sw = statusWordOf(ret);
  const triesLeft = sw === undefined ? triesLeftIn(code, out) : triesLeftOf(sw);
  return new Fault(code, {
    detail: `${ret} ${zh} / ${en}`,
    facts: {
      ret,
      ...(sw === undefined ? {} : { sw: swText(sw) }),
      ...(triesLeft === undefined ? {} : { triesLeft }),
    },
  });
}

/** Whether the holder of a generation-3 card can only be read with the help of the encryption machine. */
export function wantsEncryptionMachine(ret: number): boolean {
  return ENCRYPTION_WANTED.has(ret);
}

type Family = 'card' | 'reader' | 'pin' | 'encryption' | 'purse';

/** What the calling system did wrong has no return code: it is told so. */
type Told = Exclude<Extract<ErrorCode, `${Family}.${string}`>, `${Family}.not-found`>;

/** The return code of each fault a driver could meet; the nearest where LD/T 33 has none of its own. */
const returnCodes: Readonly<Record<Told, number>> = {
  'card.unknown': -1,
  'card.none': RET.noCard,
  'card.not-lifted': RET.noCard,
  'card.removed': -4,
  'card.refused': -4,
  'card.authentication': -21,
  'card.other': -22,
  'card.locked-data': RET.noPsam,
  'card.expired': -0x6985,
  'card.revoked': -0x6985,
  'card.blocked': -0x6a81,
  'card.file-not-found': -0x6a82,
  'card.write-refused': -0x6985,
  'reader.absent': RET.notConnected,
  'reader.lost': RET.notConnected,
  'reader.silent': RET.notConnected,
  'reader.busy': -12,
  'reader.leased': -12,
  'reader.queue-full': -12,
  'reader.unsupported': RET.unsupported,
  'reader.protocol': -15,
  'pin.unsupported': RET.unsupported,
  'pin.cancelled': -31,
  'pin.timeout': -32,
  'pin.length': -33,
  'pin.differs': -34,
  'pin.wrong': -51,
  'pin.locked': -52,
  // The caller that has its own way to an encryption machine goes on by it.
  'encryption.unreachable': RET.noPsam,
  'encryption.refused': -25,
  'purse.balance': -0x9401,
  'purse.refused': -0x6985,
  'purse.torn': -4,
  'purse.host-unreachable': -4,
  'purse.state': -23,
  'purse.other-card': -22,
};

/**
 * The return code that tells a fault to a caller of LD/T 33: the driver's own where it came from one, the negative
 * status word where the card gave one, but for another kind of card (−1) and the PIN (−51, −52). Nothing for what the
 * calling system did wrong and for bugs.
 */
export function returnCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Fault)) return undefined;
  const { ret, sw } = error.context.facts ?? {};
  if (typeof ret === 'number') return ret;
  const ofStatusWord = typeof sw === 'string' && /^[0-9A-F]{4}$/.test(sw) && !hasOwnCode(error.code);
  if (ofStatusWord) return -Number.parseInt(sw, 16);
  return (returnCodes as Partial<Record<ErrorCode, number>>)[error.code];
}

/** What drivers say by a code of their own, whatever the card's status word was. */
function hasOwnCode(code: ErrorCode): boolean {
  return code === 'card.unknown' || code.startsWith('pin.');
}

/** Status words begin with 6 or 9; 61xx, 6Cxx and 9000 are no errors, but a driver that returns them means them so. */
function statusWordOf(ret: number): number | undefined {
  const high = -ret >> 12;
  return Number.isInteger(ret) && (high === 0x6 || high === 0x9) ? -ret : undefined;
}

function triesLeftOf(sw: number): number | undefined {
  return (sw & 0xfff0) === 0x63c0 ? sw & 0x0f : undefined;
}

/** "剩余 2 次". */
function triesLeftIn(code: ErrorCode, out: string): number | undefined {
  const told = code === 'pin.wrong' ? /剩余\D{0,8}(\d{1,2})\s*次/.exec(out)?.[1] : undefined;
  return told === undefined ? undefined : Number(told);
}
