import t from 'tap';
import {
  faultOfReturnCode,
  meaningOf,
  returnCodeOf,
  wantsEncryptionMachine,
} from '../../../src/card/compat/return-codes.ts';
import { type ErrorCode, errorTable, Fault } from '../../../src/errors.ts';

/** LD/T 33: every code the facts list. */
const OWN = [
  -1, -2, -3, -4, -5, -11, -12, -13, -14, -15, -20, -21, -22, -23, -24, -25, -31, -32, -33, -34, -35, -36,
  -41, -42, -51, -52, -2201, -2202, -2203, -2204,
];
/** Status words and the decimal values that drivers were seen to return. */
const STATUS_WORDS: [sw: string, ret: number, code: ErrorCode][] = [
  ['63C0', -25536, 'pin.locked'],
  ['63C1', -25537, 'pin.wrong'],
  ['63C2', -25538, 'pin.wrong'],
  ['6700', -26368, 'card.refused'],
  ['6701', -26369, 'card.refused'],
  ['6901', -26881, 'card.refused'],
  ['6981', -27009, 'card.refused'],
  ['6982', -27010, 'card.locked-data'],
  ['6983', -27011, 'pin.locked'],
  ['6984', -27012, 'card.refused'],
  ['6985', -27013, 'card.refused'],
  ['6988', -27016, 'card.refused'],
  ['6A80', -27264, 'card.refused'],
  ['6A81', -27265, 'card.blocked'],
  ['6A82', -27266, 'card.file-not-found'],
  ['6A83', -27267, 'card.file-not-found'],
  ['6A88', -27272, 'card.locked-data'],
  ['9302', -37634, 'card.write-refused'],
  ['9303', -37635, 'card.blocked'],
  ['9403', -37891, 'purse.refused'],
  ['9406', -37894, 'purse.refused'],
];

t.test('every code of LD/T 33 has its words in both languages and one of our errors', async (t) => {
  for (const ret of OWN) {
    const { zh, en, code } = meaningOf(ret);
    t.match(zh, /[\u4e00-\u9fff]/, String(ret));
    t.match(en, /^[\x20-\x7e]+$/);
    t.ok(code in errorTable);
    t.not(zh, '未知的返回码');
    t.equal(returnCodeOf(faultOfReturnCode(ret)), ret, 'and comes back as itself');
  }
});

t.test('a status word is its negative decimal value', async (t) => {
  for (const [sw, ret, code] of STATUS_WORDS) {
    const fault = faultOfReturnCode(ret);
    t.equal(fault.code, code, sw);
    t.equal(fault.context.facts?.sw, sw);
    t.equal(returnCodeOf(fault), ret);
    t.equal(returnCodeOf(new Fault('card.refused', { facts: { sw } })), ret);
  }
});

t.test('the tries that are left are told, by the status word or by the library’s words', async (t) => {
  t.match(faultOfReturnCode(-25538), { code: 'pin.wrong', context: { facts: { triesLeft: 2 } } });
  t.match(faultOfReturnCode(-51, 'PIN 校验失败(剩余 1 次)'), { context: { facts: { triesLeft: 1 } } });
  t.notOk(Object.hasOwn(faultOfReturnCode(-51, '张三').context.facts!, 'triesLeft'));
});

t.test('another kind of card and a wrong PIN are told by the drivers’ own codes', async (t) => {
  t.equal(returnCodeOf(new Fault('card.unknown', { facts: { sw: '6E00' } })), -1);
  t.equal(returnCodeOf(new Fault('pin.wrong', { facts: { sw: '63C2', triesLeft: 2 } })), -51);
  t.equal(returnCodeOf(new Fault('pin.locked', { facts: { sw: '6983' } })), -52);
});

t.test('nothing that a library says beside its code gets into a fault', async (t) => {
  t.notMatch(JSON.stringify(faultOfReturnCode(-4, '张三的卡无应答').context), /张三/);
});

t.test('a code that nobody knows makes no sense', async (t) => {
  for (const ret of [-16, -999, -2205, 1, 5, -2147483648, -65536, Number.NaN]) {
    t.equal(meaningOf(ret).code, 'reader.protocol', String(ret));
  }
  t.equal(meaningOf(-0x6f00).code, 'card.refused');
});

t.test('the encryption machine is asked after the five codes of the standard', async (t) => {
  t.same(
    [...OWN, ...STATUS_WORDS.map(([, ret]) => ret), 0].filter(wantsEncryptionMachine),
    [-24, -2201, -2202, -2203, -27272],
  );
});

t.test(
  'every fault a reader or card may end with has a return code; what the caller did wrong has none',
  async (t) => {
    const told = /^(card|reader|pin|encryption|purse)\./;
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const expected = told.test(code) && code !== 'reader.not-found' && code !== 'purse.not-found';
      const ret = returnCodeOf(new Fault(code));
      t.equal(ret !== undefined, expected, code);
      if (ret !== undefined) t.not(meaningOf(ret).zh, '未知的返回码', code);
    }
    t.equal(returnCodeOf(new Error('a bug')), undefined);
    t.equal(returnCodeOf(new Fault('card.refused', { facts: { sw: 'nonsense' } })), -4);
  },
);
