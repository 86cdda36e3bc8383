import { cryptogramOf, factorsFor, INTERNAL_KEY, READING_KEY, sessionKey } from './scheme.ts';

/** What the service is asked: the text of each element by its name. */
export type Order = ReadonlyMap<string, string>;

/** RETCODE and RETTEXT, and the results where there are any. */
export type Results = Readonly<Record<string, string>>;

const fieldDigits: Readonly<Record<string, RegExp>> = {
  AAB301: /^[0-9A-F]{6}$/,
  AAZ507: /^[0-9A-F]{16,30}$/,
  AAZ501: /^[0-9A-F]{32}$/,
};
const BLOCK = /^[0-9A-F]{16}$/;

/**
 * The sandbox's encryption machine: answers 9013 and 9011 with the made-up keys of the sandbox, as a virtual card of
 * the sandbox expects them, and refuses what a real one would refuse.
 */
export function carriedOut(order: Order): Results {
  const wrong = Object.entries(fieldDigits).find(([name, digits]) => !digits.test(order.get(name) ?? ''));
  if (wrong) return refused(`数据项 ${wrong[0]} 不合法`);
  const algorithm = order.get('AFLAG') === '03' ? 'sm4' : order.get('AFLAG') === '01' ? 'des' : undefined;
  if (!algorithm) return refused('不支持的算法标识');
  const result = (key: number, factorName: string, sourceName: string): string | undefined => {
    const [factor, source] = [order.get(factorName) ?? '', order.get(sourceName) ?? ''];
    if (factor === '' && source === '') return '';
    if (!BLOCK.test(factor) || !BLOCK.test(source)) return undefined;
    const above = factorsFor(key, order.get('AAZ507')!, order.get('AAB301')!);
    const session = sessionKey(algorithm, key, [...above, Buffer.from(factor, 'hex')]);
    const sourceBytes = Buffer.from(source, 'hex');
    return Buffer.concat([cryptogramOf(algorithm, session, sourceBytes), sourceBytes])
      .toString('hex')
      .toUpperCase();
  };
  switch (order.get('MSGNO')) {
    case '9013':
      return granted({
        RESULT1: result(INTERNAL_KEY, 'SJS1', 'SJS2'),
        RESULT2: result(READING_KEY, 'SJS3', 'SJS4'),
      });
    case '9011':
      if (!/^[0-9A-F]{6}$/.test(order.get('KEYADD') ?? '')) return refused('数据项 KEYADD 不合法');
      return granted({ RESULT: result(keyAt(order.get('KEYADD') ?? ''), 'KEYFAC', 'ODATA') });
    default:
      return refused('未知的交易');
  }
}

/** The card's key behind a key address: in the sandbox, its last byte. */
function keyAt(address: string): number {
  return Number.parseInt(address.slice(-2), 16);
}

function granted(results: Record<string, string | undefined>): Results {
  const whole = Object.entries(results).filter((each): each is [string, string] => each[1] !== undefined);
  if (whole.length < Object.keys(results).length) return refused('鉴别数据长度错误');
  return { RETCODE: '0', RETTEXT: '成功', ...Object.fromEntries(whole) };
}

function refused(reason: string): Results {
  return { RETCODE: '-1', RETTEXT: reason };
}
