import type { ProfileCommand, ReaderProfile } from '../../../schemas/reader-profile.ts';
import { frameFormOf } from './frame.ts';
import { type CommandName, commandsOf } from './profile.ts';

/** What is wrong with a profile: the place in the file, and what was expected there. */
export interface Problem {
  readonly pointer: string;
  readonly expected: string;
}

/** Sums and CRCs are made anew for each false header; within this length that can't hold the gateway up. */
const SLOW_CHECKSUM_BYTES_MAX = 512;

/** What the schema can't say: that the parts of a profile fit each other. */
export function misfitsOf(profile: ReaderProfile): Problem[] {
  return [...frameMisfits(profile), ...statusMisfits(profile), ...commandMisfits(profile)];
}

function frameMisfits(profile: ReaderProfile): Problem[] {
  const { frame, reply } = profile;
  const { length, checksum, replyPreambles, bytesMax } = frame;
  const form = frameFormOf(profile);
  const isSlow = checksum.kind !== 'xor' && checksum.kind !== 'none';
  const from = checksum.kind === 'none' ? 0 : (checksum.from ?? Number.POSITIVE_INFINITY);
  const upToLength = `${length.offset} bytes, up to the length field`;
  return problems([
    [form.requestPreamble.length !== length.offset, '/frame/requestPreamble', upToLength],
    ...replyPreambles.map((preamble, index): Rule => {
      const isLonger = preamble.length > 2 * length.offset;
      return [isLonger, `/frame/replyPreambles/${index}`, `at most ${upToLength}`];
    }),
    [!length.counts.includes('data'), '/frame/length/counts', '"data" among the parts'],
    [from > form.headerBytes, '/frame/checksum/from', `a place in the header, at most ${form.headerBytes}`],
    [
      isSlow && bytesMax > SLOW_CHECKSUM_BYTES_MAX,
      '/frame/bytesMax',
      `at most ${SLOW_CHECKSUM_BYTES_MAX} with the checksum ${checksum.kind}`,
    ],
    [form.bytesMin > bytesMax, '/frame/bytesMax', `at least ${form.bytesMin}, a reply with its status`],
    [reply.dataAt < form.statusOffset + form.statusBytes, '/reply/dataAt', 'a place behind the status'],
  ]);
}

function statusMisfits(profile: ReaderProfile): Problem[] {
  const digits = 2 * profile.reply.status.bytes;
  const places = [
    ...Object.keys(profile.failures.card).map((status) => ({ status, pointer: `/failures/card/${status}` })),
    ...Object.keys(profile.failures.reader).map((status) => ({
      status,
      pointer: `/failures/reader/${status}`,
    })),
    ...profile.failures.damaged.map((status, index) => ({ status, pointer: `/failures/damaged/${index}` })),
    ...commandsOf(profile).flatMap(({ pointer, command }) =>
      Object.keys(command.answers).map((status) => ({ status, pointer: `${pointer}/answers/${status}` })),
    ),
  ];
  return places
    .filter(({ status }) => status.length !== digits)
    .map(({ pointer }) => ({ pointer, expected: `a status of ${digits} hex digits` }));
}

function commandMisfits(profile: ReaderProfile): Problem[] {
  const { chip, residentId } = profile;
  const hasSlot =
    chip && (chip.slots.contact ?? chip.slots.contactless ?? chip.slots.sams?.[0]) !== undefined;
  return [
    ...problems([
      [!chip && !residentId, '', '"residentId", "chip" or both'],
      [chip !== undefined && !hasSlot, '/chip/slots', 'at least one slot'],
    ]),
    ...commandsOf(profile).flatMap(({ name, pointer, command }) => placeMisfits(name, pointer, command)),
  ];
}

function placeMisfits(
  name: CommandName,
  pointer: string,
  { send, answers, dataBytes }: ProfileCommand,
): Problem[] {
  const isChip = name === 'powerOn' || name === 'transmit' || name === 'powerOff';
  const takesApdu = name === 'transmit';
  return problems([
    [takesApdu && !send.includes('{apdu}'), `${pointer}/send`, 'a place for {apdu}'],
    [!takesApdu && /\{(apdu|length)\}/.test(send), `${pointer}/send`, 'no {apdu} and no {length}'],
    [!isChip && send.includes('{slot}'), `${pointer}/send`, 'no {slot}'],
    [!Object.values(answers).includes('ok'), `${pointer}/answers`, 'a status that means "ok"'],
    [
      dataBytes !== undefined && dataBytes.min > dataBytes.max,
      `${pointer}/dataBytes`,
      'min no more than max',
    ],
  ]);
}

type Rule = readonly [broken: boolean, pointer: string, expected: string];

function problems(rules: readonly Rule[]): Problem[] {
  return rules.flatMap(([broken, pointer, expected]) => (broken ? [{ pointer, expected }] : []));
}
