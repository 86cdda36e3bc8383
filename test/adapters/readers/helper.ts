import type { Framer } from '../../../adapters/readers/framing/framer.ts';
import { Fault } from '../../../src/errors.ts';
import type { VirtualCard, VirtualResidentId } from '../../../src/sandbox/port.ts';

/** Feeds the bytes in pieces of these sizes, in turn; answers all tokens, those found after a pause included. */
export function tokensOf<Token>(
  framer: Framer<Token>,
  bytes: Buffer,
  pieceBytes: readonly number[] = [65_536],
): { tokens: Token[]; heldBytesMax: number } {
  const tokens: Token[] = [];
  let heldBytesMax = 0;
  framer.on('data', (token: Token) => tokens.push(token));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + Math.max(1, pieceBytes[turn % pieceBytes.length] ?? 1);
    framer._transform(bytes.subarray(at, end), 'binary', () => {});
    heldBytesMax = Math.max(heldBytesMax, framer.heldBytes);
    at = end;
  }
  framer.searchBehind();
  for (let token = framer.read(); token !== null; token = framer.read()) {
    // 'data' collects them.
  }
  framer.destroy();
  return { tokens, heldBytesMax };
}

/** The code of the fault that a promise ends with; anything else is a bug and thrown on. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

export const never = new AbortController().signal;

/** A card that answers its ATR and, to each command, what the table says, or 6D00. */
export function scriptedCard(
  replies: Record<string, string> = {},
): VirtualCard & { readonly commands: string[] } {
  const commands: string[] = [];
  return {
    commands,
    reset: () => Buffer.from(ATR, 'hex'),
    command(apdu) {
      const command = apdu.toString('hex').toUpperCase();
      commands.push(command);
      return Buffer.from(replies[command] ?? '6D00', 'hex');
    },
  };
}

/** A social-security card's, as published. */
export const ATR = '3B6D000000813147318650430200000013';

export function residentId(): VirtualResidentId {
  return { text: Buffer.from('张三'.padEnd(128, ' '), 'utf16le'), photo: Buffer.alloc(1024, 0x57) };
}
