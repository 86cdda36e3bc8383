import type { ProfileExchange, ReaderProfile } from '../../../schemas/reader-profile.ts';
import { type CompiledCommand, compileCommand } from './command.ts';
import { type FrameForm, frameFormOf } from './frame.ts';

export type CommandName = ProfileExchange['command'];

/** For the text of a fault. */
export const commandTitles: Readonly<Record<CommandName, string>> = {
  status: 'module status',
  samId: 'module id',
  find: 'find card',
  select: 'select card',
  read: 'read card',
  readNewAddress: 'read new address',
  powerOn: 'power on',
  transmit: 'card command',
  powerOff: 'power off',
};

/** Commands whose answer may be that the card failed. */
const TOUCHING: ReadonlySet<CommandName> = new Set([
  'read',
  'readNewAddress',
  'powerOn',
  'transmit',
  'powerOff',
]);

/** A profile that was checked, ready to drive a reader. */
export interface CompiledProfile {
  readonly profile: ReaderProfile;
  readonly form: FrameForm;
  readonly commands: ReadonlyMap<CommandName, CompiledCommand>;
}

export function compileProfile(profile: ReaderProfile): CompiledProfile {
  const form = frameFormOf(profile);
  const commands = commandsOf(profile).map(({ name, command }): [CommandName, CompiledCommand] => [
    name,
    compileCommand(form, profile, command, TOUCHING.has(name)),
  ]);
  return { profile, form, commands: new Map(commands) };
}

/** All commands that a profile has, each with its place in the file. */
export function commandsOf({ status, samId, residentId, chip }: ReaderProfile) {
  const { find, select, read, readNewAddress } = residentId ?? {};
  const { powerOn, transmit, powerOff } = chip ?? {};
  const groups = [
    { at: '', commands: { status, samId } },
    { at: '/residentId', commands: { find, select, read, readNewAddress } },
    { at: '/chip', commands: { powerOn, transmit, powerOff } },
  ];
  return groups.flatMap(({ at, commands }) =>
    Object.entries(commands).flatMap(([name, command]) =>
      command === undefined ? [] : [{ name: name as CommandName, pointer: `${at}/${name}`, command }],
    ),
  );
}
