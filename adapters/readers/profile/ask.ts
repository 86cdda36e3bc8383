import { Fault } from '../../../src/errors.ts';
import type { Request, Requester } from '../requester.ts';
import type { Answer, CommandParts } from './command.ts';
import type { ProfileReply } from './frame.ts';
import { type CommandName, type CompiledProfile, commandTitles } from './profile.ts';

/**
 * Sends a command and gives its answer, whose outcome is `ok` or `none`. Faults: those of the requester;
 * `card.refused` where the card is to blame, `reader.protocol` where the reader is; `reader.unsupported` for an APDU
 * longer than the reader's frames.
 */
export type Asker = (name: CommandName, timeoutMs: number, parts?: CommandParts) => Promise<Answer>;

export function askerOf(compiled: CompiledProfile, requester: Requester<ProfileReply>): Asker {
  return async (name, timeoutMs, parts) => {
    const answer = await requester.ask(requestOf(compiled, name, timeoutMs, parts));
    if (answer.outcome === 'ok' || answer.outcome === 'none') return answer;
    throw faultOf(compiled, name, answer);
  };
}

export function requestOf(
  { commands }: CompiledProfile,
  name: CommandName,
  timeoutMs: number,
  parts?: CommandParts,
): Request<ProfileReply, Answer> {
  const command = commands.get(name);
  if (!command) throw new Error(`the profile has no command ${name}`);
  const bytes = command.encode(parts);
  if (!bytes) throw new Fault('reader.unsupported', { detail: `a command of ${parts?.apdu?.length} bytes` });
  return {
    what: commandTitles[name],
    bytes,
    timeoutMs,
    judge(reply) {
      const answer = command.judge(reply);
      if (answer === undefined) return 'not-mine';
      return answer.outcome === 'damaged' ? 'repeat' : { answer };
    },
  };
}

function faultOf({ profile, form }: CompiledProfile, name: CommandName, answer: Answer): Fault {
  const status = answer.status
    .toString(16)
    .toUpperCase()
    .padStart(2 * form.statusBytes, '0');
  const { card, reader } = profile.failures;
  const isCard = answer.outcome === 'card-failure';
  const reason = (isCard ? card : reader)[status];
  return new Fault(isCard ? 'card.refused' : 'reader.protocol', {
    detail: `${commandTitles[name]}: ${reason}`,
    facts: { status },
  });
}
