import type { Trace, TraceExchange } from '../../../schemas/trace.ts';
import type { VirtualCard, VirtualResidentId } from '../port.ts';

const NOT_IN_THE_TRACE = Buffer.from('6D00', 'hex');

/**
 * Sandbox: the chip card of a trace. A command gets the answer it got when it was recorded; asked again, the answer
 * after that, and the last one from then on. Data that was masked is not compared: such a command is known by its head.
 */
export function chipOf({ exchanges }: Trace): VirtualCard | undefined {
  const here = exchanges.filter(({ place }) => place === 'contact' || place === 'contactless');
  const atr = here.find(({ act, answer }) => act === 'power-on' && answer !== undefined)?.answer;
  if (atr === undefined) return undefined;
  const recorded = here.filter(({ act, answer }) => act === 'transmit' && answer !== undefined);
  let given = new Map<string, number>();
  return {
    reset() {
      given = new Map();
      return Buffer.from(atr, 'hex');
    },
    command(apdu) {
      const command = apdu.toString('hex').toUpperCase();
      const exact = recorded.filter((exchange) => exchange.command === command);
      const alike = exact.length > 0 ? exact : recorded.filter((exchange) => isMasked(exchange, command));
      const turn = given.get(command) ?? 0;
      given.set(command, turn + 1);
      const exchange = alike[Math.min(turn, alike.length - 1)];
      return exchange?.answer === undefined ? NOT_IN_THE_TRACE : Buffer.from(exchange.answer, 'hex');
    },
  };
}

/** CLA INS P1 P2 Lc, and nothing but zeros where the data stood. */
function isMasked({ command = '' }: TraceExchange, asked: string): boolean {
  const headLength = 10;
  return (
    command.length >= headLength &&
    command.length === asked.length &&
    command.slice(0, headLength) === asked.slice(0, headLength) &&
    /^0*$/.test(command.slice(headLength, headLength + 2 * Number.parseInt(command.slice(8, 10), 16)))
  );
}

/** Sandbox: the resident ID card of a trace. */
export function residentIdOf({ exchanges }: Trace): VirtualResidentId | undefined {
  const read = exchanges.find(({ act, answer, photo }) => act === 'read' && answer && photo);
  if (read?.answer === undefined || read.photo === undefined) return undefined;
  return { text: Buffer.from(read.answer, 'hex'), photo: Buffer.from(read.photo, 'hex') };
}
