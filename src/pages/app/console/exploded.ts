import type { TraceExchange } from '../../../../schemas/trace.ts';

/** A part of a command or an answer: which, and its bytes in hex. */
export interface Part {
  readonly part: 'header' | 'length' | 'data' | 'expected' | 'status';
  readonly hex: string;
}

/** An exchange taken apart, with how often the very same came in a row. */
export interface Exploded {
  readonly exchange: TraceExchange;
  readonly times: number;
  readonly command: readonly Part[];
  readonly answer: readonly Part[];
  /** The name of the instruction as the standards give it, where there is one. */
  readonly instruction?: string;
}

/** ISO 7816-4, and what PBOC and LD/T 32 add. */
const INSTRUCTIONS: Readonly<Record<string, string>> = {
  '20': 'VERIFY',
  '24': 'CHANGE PIN',
  '50': 'INITIALIZE FOR PURCHASE/LOAD',
  '52': 'CREDIT FOR LOAD',
  '54': 'DEBIT FOR PURCHASE',
  '5C': 'GET BALANCE',
  '82': 'EXTERNAL AUTHENTICATE',
  '84': 'GET CHALLENGE',
  '88': 'INTERNAL AUTHENTICATE',
  A4: 'SELECT',
  B0: 'READ BINARY',
  B2: 'READ RECORD',
  C0: 'GET RESPONSE',
  D6: 'UPDATE BINARY',
  DC: 'UPDATE RECORD',
};

/** Takes exchanges apart; what was asked again and again with the same answer, such as whether a card is there, is one. */
export function explode(exchanges: readonly TraceExchange[]): readonly Exploded[] {
  const exploded: Exploded[] = [];
  for (const exchange of exchanges) {
    const last = exploded.at(-1);
    if (last && isSame(last.exchange, exchange)) {
      exploded[exploded.length - 1] = { ...last, times: last.times + 1 };
      continue;
    }
    const { act, command = '', answer = '' } = exchange;
    const instruction = act === 'transmit' ? INSTRUCTIONS[command.slice(2, 4)] : undefined;
    exploded.push({
      exchange,
      times: 1,
      command: commandParts(command),
      answer: act === 'transmit' ? answerParts(answer) : parts(['data', answer]),
      ...(instruction === undefined ? {} : { instruction }),
    });
  }
  return exploded;
}

/** CLA INS P1 P2, then Lc and data, or Le alone, or both (ISO 7816-3, short lengths). */
function commandParts(hex: string): readonly Part[] {
  const header = hex.slice(0, 8);
  const rest = hex.slice(8);
  if (rest.length <= 2) return parts(['header', header], ['expected', rest]);
  const end = 2 + Number.parseInt(rest.slice(0, 2), 16) * 2;
  return parts(
    ['header', header],
    ['length', rest.slice(0, 2)],
    ['data', rest.slice(2, end)],
    ['expected', rest.slice(end)],
  );
}

function answerParts(hex: string): readonly Part[] {
  return parts(['data', hex.slice(0, -4)], ['status', hex.slice(-4)]);
}

function parts(...all: readonly (readonly [Part['part'], string])[]): readonly Part[] {
  return all.flatMap(([part, hex]) => (hex === '' ? [] : [{ part, hex }]));
}

function isSame(one: TraceExchange, other: TraceExchange): boolean {
  const { tookMs: _one, ...first } = one;
  const { tookMs: _other, ...second } = other;
  return JSON.stringify(first) === JSON.stringify(second);
}
