import type { ProfileExchange } from '../../../schemas/reader-profile.ts';
import type { Problem } from './check.ts';
import type { ProfileReply } from './frame.ts';
import { profileFramer } from './framer.ts';
import type { CompiledProfile } from './profile.ts';

/** Replays the recorded exchanges: whether the profile would have sent these bytes, and understood the reply so. */
export function failedExchanges(compiled: CompiledProfile): Problem[] {
  return compiled.profile.exchanges.flatMap((exchange, index) =>
    failuresOf(compiled, exchange).map(([key, expected]) => ({
      pointer: `/exchanges/${index}/${key}`,
      expected,
    })),
  );
}

function failuresOf(compiled: CompiledProfile, exchange: ProfileExchange): [key: string, expected: string][] {
  const command = compiled.commands.get(exchange.command);
  if (!command) return [['command', 'a command that the profile has']];
  const slot = Buffer.from(exchange.slot ?? '', 'hex');
  const apdu = Buffer.from(exchange.apdu ?? '', 'hex');
  const sent = command.encode({ slot, apdu })?.toString('hex').toUpperCase();
  if (sent !== exchange.send) return [['send', sent ?? 'an APDU that fits the frame']];
  const reply = onlyReplyIn(compiled, Buffer.from(exchange.receive, 'hex'));
  if (!reply) return [['receive', 'one whole reply of this form, whose checksum holds']];
  const answer = command.judge(reply);
  if (answer?.outcome !== exchange.outcome) {
    return [['outcome', `"${answer?.outcome ?? 'a reply to another command'}", as the profile reads it`]];
  }
  const data = answer.data.toString('hex').toUpperCase();
  return answer.outcome === 'ok' && data !== (exchange.data ?? '') ? [['data', `"${data}"`]] : [];
}

function onlyReplyIn({ form }: CompiledProfile, bytes: Buffer): ProfileReply | undefined {
  const framer = profileFramer(form);
  framer.write(bytes);
  const first: ProfileReply | null = framer.read();
  const isAll = framer.noiseBytes === 0 && framer.read() === null;
  framer.destroy();
  return isAll ? (first ?? undefined) : undefined;
}
