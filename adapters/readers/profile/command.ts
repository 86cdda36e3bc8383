import type { ProfileCommand, ReaderProfile } from '../../../schemas/reader-profile.ts';
import { encodeRequest, type FrameForm, type ProfileReply } from './frame.ts';

/** What goes into the places that a command marks. */
export interface CommandParts {
  readonly slot?: Buffer;
  readonly apdu?: Buffer;
}

export type Outcome = 'ok' | 'none' | 'card-failure' | 'reader-failure' | 'damaged';

export interface Answer {
  readonly outcome: Outcome;
  readonly status: number;
  /** What follows the status. */
  readonly data: Buffer;
}

/** A command of a profile, ready to be sent and to have its replies judged. */
export interface CompiledCommand {
  /** The whole frame. Undefined where the APDU is longer than the frame, or its length byte, can say. */
  encode(parts?: CommandParts): Buffer | undefined;
  /** Undefined for a reply that can't be this command's. */
  judge(reply: ProfileReply): Answer | undefined;
}

const EMPTY = Buffer.alloc(0);
const LENGTH_BYTE_MAX = 0xff;

/** `touchesCard`: failures of the card may be its answer. */
export function compileCommand(
  form: FrameForm,
  profile: Pick<ReaderProfile, 'reply' | 'failures'>,
  command: ProfileCommand,
  touchesCard: boolean,
): CompiledCommand {
  const outcomes = outcomesOf(profile.failures, command, touchesCard);
  const dataAt = command.dataAt ?? profile.reply.dataAt;
  const { min = 0, max = form.bytesMax } = command.dataBytes ?? {};
  return {
    encode: encoderOf(form, command.send),
    judge({ status, data: whole }) {
      const outcome = outcomes.get(status);
      if (outcome === undefined) return undefined;
      const data = whole.subarray(dataAt);
      const fits = outcome !== 'ok' || (data.length >= min && data.length <= max);
      return fits ? { outcome, status, data } : undefined;
    },
  };
}

function outcomesOf(
  { card, reader, damaged }: ReaderProfile['failures'],
  { answers }: ProfileCommand,
  touchesCard: boolean,
): ReadonlyMap<number, Outcome> {
  const entries = (statuses: readonly string[], outcome: Outcome) =>
    statuses.map((status): [number, Outcome] => [statusOf(status), outcome]);
  return new Map([
    ...entries(Object.keys(reader), 'reader-failure'),
    ...entries(touchesCard ? Object.keys(card) : [], 'card-failure'),
    ...entries(damaged, 'damaged'),
    ...Object.entries(answers).map(([status, outcome]): [number, Outcome] => [statusOf(status), outcome]),
  ]);
}

export function statusOf(hex: string): number {
  return Number.parseInt(hex, 16);
}

/** A command without places is encoded once. */
function encoderOf(form: FrameForm, send: string): CompiledCommand['encode'] {
  if (!send.includes('{')) {
    const frame = encodeRequest(form, Buffer.from(send, 'hex'));
    return () => frame;
  }
  const pieces = send.split(/(\{\w+\})/);
  return ({ slot = EMPTY, apdu = EMPTY } = {}) => {
    if (send.includes('{length}') && apdu.length > LENGTH_BYTE_MAX) return undefined;
    const filled = pieces.map((piece) => {
      if (piece === '{slot}') return slot;
      if (piece === '{apdu}') return apdu;
      return piece === '{length}' ? Buffer.of(apdu.length) : Buffer.from(piece, 'hex');
    });
    return encodeRequest(form, Buffer.concat(filled));
  };
}
