import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { encodeMessage } from '../../../../adapters/readers/vpcd/message.ts';
import type { CardSlot } from '../../../../src/card/port.ts';
import { readSocialSecurityCard } from '../../../../src/card/social-security/application.ts';
import {
  loadProfiles,
  type SocialSecurityProfile,
  virtualCardOf,
} from '../../../../src/sandbox/cards/cards.ts';
import type { VirtualCard } from '../../../../src/sandbox/port.ts';
import { freePorts } from '../../../../src/sandbox/ports.ts';
import { dialIn } from '../../../../src/sandbox/readers/vicc.ts';
import { ATR, codeOf, never, scriptedCard } from '../helper.ts';
import { eventually, openVpcd, vpcdOn } from './ports.ts';

const HOST = '127.0.0.1';
const TIMEOUT_MS = 5_000;
/** For what must not come: short, since it is waited for to the end. */
const SHORT_MS = 50;
const READ = Buffer.from('00B2010012', 'hex');
const ANSWER = '0110430299D156000005000000133A05F2E39000';

const card = () => scriptedCard({ [READ.toString('hex').toUpperCase()]: ANSWER });
const hex = (bytes: Buffer | undefined) => bytes?.toString('hex').toUpperCase();

/** Power, as soon as the card that has dialled in is noticed. */
const powered = (slot: CardSlot) => eventually(() => slot.powerOn(TIMEOUT_MS));

async function dialled(t: Test, port: number, virtual: VirtualCard) {
  const connection = await dialIn(virtual, HOST, port);
  t.teardown(() => connection.remove());
  return connection;
}

/** A caller that says what the test tells it to. */
async function caller(t: Test, port: number): Promise<Socket> {
  const socket = connect(port, HOST);
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Answers the next thing that is asked for, once its bytes have come, with these. */
function answering(socket: Socket, ...answers: readonly Buffer[]): void {
  const left = [...answers];
  socket.on('data', (bytes: Buffer) => {
    // A control byte without an answer is three bytes; they may come with what follows them.
    const asked = bytes.toString('hex').replace(/^0001(00|01|02)/, '');
    const answer = asked === '' ? undefined : left.shift();
    if (answer) socket.write(answer);
  });
}

const atrMessage = encodeMessage(Buffer.from(ATR, 'hex'));

t.test('a card that dials in is powered, asked, reset and switched off', async (t) => {
  const { port, reader, slot } = await openVpcd(t);
  t.equal(vpcdOn(port).description, `virtual reader, vpcd 127.0.0.1:${port}`);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card yet');
  t.equal(await codeOf(slot.transmit(READ, TIMEOUT_MS)), 'card.removed');
  const chip = card();
  let resets = 0;
  const counting = {
    ...chip,
    reset: () => {
      resets += 1;
      return chip.reset();
    },
  };
  await dialled(t, port, counting);
  t.equal(hex(await powered(slot)), ATR);
  t.equal(hex(await slot.transmit(READ, TIMEOUT_MS)), ANSWER);
  t.equal(hex(await slot.powerOn(TIMEOUT_MS)), ATR, 'power again is a reset');
  t.equal(resets, 2);
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await codeOf(slot.transmit(READ, TIMEOUT_MS)), 'card.removed', 'without power');
  await slot.powerOff(TIMEOUT_MS);
  t.equal(hex(await slot.powerOn(TIMEOUT_MS)), ATR);
  t.strictSame(chip.commands, [hex(READ)]);
  await reader.close();
});

t.test('each social-security card of the sandbox is read through it as it is without', async (t) => {
  const profiles = [...loadProfiles().values()].filter(
    (profile): profile is SocialSecurityProfile => profile.kind === 'social-security-card',
  );
  t.ok(profiles.length > 0);
  for (const profile of profiles) {
    const { port, slot } = await openVpcd(t);
    await dialled(t, port, virtualCardOf(profile));
    const atr = await powered(slot);
    const read = await readSocialSecurityCard(slot, atr);
    const direct = virtualCardOf(profile);
    const inHand: CardSlot = {
      powerOn: async () => direct.reset(),
      transmit: async (command) => direct.command(command),
      powerOff: async () => {},
    };
    t.same(read, await readSocialSecurityCard(inHand, direct.reset()), profile.id);
    t.equal(read.version, profile.version);
  }
});

t.test('a card that is taken away is removed, while it works too', async (t) => {
  const { port, slot } = await openVpcd(t);
  const first = await dialled(t, port, card());
  await powered(slot);
  await first.remove();
  t.equal(await codeOf(slot.transmit(READ, TIMEOUT_MS)), 'card.removed');

  const socket = await caller(t, port);
  answering(socket, atrMessage);
  await powered(slot);
  const reading = codeOf(slot.transmit(READ, TIMEOUT_MS));
  await once(socket, 'data');
  socket.destroy();
  t.equal(await reading, 'card.removed');
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
});

t.test('a card that takes the place of another must be powered before it is asked', async (t) => {
  const { port, slot } = await openVpcd(t);
  const former = await dialled(t, port, card());
  await powered(slot);
  const chip = card();
  await dialled(t, port, chip);
  await former.ended;
  t.equal(await codeOf(slot.transmit(READ, TIMEOUT_MS)), 'card.removed');
  t.strictSame(chip.commands, [], 'it got no command meant for the other');
  t.equal(hex(await slot.powerOn(TIMEOUT_MS)), ATR);
  t.equal(hex(await slot.transmit(READ, TIMEOUT_MS)), ANSWER);
});

t.test('a caller that does not answer is no card, and makes room', async (t) => {
  const { port, slot } = await openVpcd(t);
  const mute = await caller(t, port);
  const ended = once(mute, 'close');
  const code = await eventually(async () => {
    const outcome = await codeOf(slot.powerOn(SHORT_MS));
    return outcome === 'none' ? undefined : outcome;
  });
  t.equal(code, 'card.removed');
  mute.resume();
  await ended;
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
  await dialled(t, port, card());
  t.equal(hex(await powered(slot)), ATR);
});

t.test('a card that falls silent is silent once, and its late answer is nobody’s', async (t) => {
  const { port, slot } = await openVpcd(t);
  const socket = await caller(t, port);
  answering(socket, atrMessage);
  await powered(slot);
  t.equal(await codeOf(slot.transmit(READ, SHORT_MS)), 'reader.silent');
  socket.write(encodeMessage(Buffer.from(ANSWER, 'hex')));
  t.equal(await codeOf(slot.transmit(READ, TIMEOUT_MS)), 'card.removed');
});

t.test('answers that are none end in a fault', async (t) => {
  const answers: [answer: Buffer, code: string][] = [
    [Buffer.from('ffff', 'hex'), 'reader.protocol'],
    [encodeMessage(Buffer.alloc(0)), 'reader.protocol'],
    [encodeMessage(Buffer.of(0x90)), 'reader.protocol'],
    [Buffer.from('0002', 'hex'), 'reader.silent'],
    [Buffer.from('000290', 'hex'), 'reader.silent'],
  ];
  for (const [answer, code] of answers) {
    const { port, slot } = await openVpcd(t);
    const socket = await caller(t, port);
    answering(socket, atrMessage, answer);
    await powered(slot);
    const timeoutMs = code === 'reader.silent' ? SHORT_MS : TIMEOUT_MS;
    t.equal(await codeOf(slot.transmit(READ, timeoutMs)), code, answer.toString('hex'));
  }
  const { port, slot } = await openVpcd(t);
  answering(await caller(t, port), encodeMessage(Buffer.alloc(0)));
  t.equal(await codeOf(powered(slot)), 'reader.protocol', 'an ATR of no length');
});

t.test('a card that speaks unasked is sent away', async (t) => {
  const { port, slot } = await openVpcd(t);
  const socket = await caller(t, port);
  socket.resume();
  socket.write(encodeMessage(Buffer.from(ANSWER, 'hex')));
  await once(socket, 'close');
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
});

t.test('callers that send anything and hang up do not end it', async (t) => {
  const { port, slot } = await openVpcd(t);
  for (let times = 0; times < 20; times++) {
    const socket = await caller(t, port);
    socket.write(randomBytes(1 + times * 1_000), () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  await dialled(t, port, card());
  t.equal(hex(await eventually(() => slot.powerOn(TIMEOUT_MS).catch(() => undefined))), ATR);
  t.equal(hex(await slot.transmit(READ, TIMEOUT_MS)), ANSWER);
});

t.test('a command that could be taken for a control byte is not sent', async (t) => {
  const { port, slot } = await openVpcd(t);
  const chip = card();
  await dialled(t, port, chip);
  await powered(slot);
  for (const bytes of [0, 1, 3, 65_536]) {
    t.equal(await codeOf(slot.transmit(Buffer.alloc(bytes), TIMEOUT_MS)), 'reader.unsupported', `${bytes}`);
  }
  t.equal(hex(await slot.transmit(READ, TIMEOUT_MS)), ANSWER);
  t.strictSame(chip.commands, [hex(READ)]);
});

t.test('closing takes the card away and gives the port back', async (t) => {
  const { port, reader } = await openVpcd(t);
  const connection = await dialled(t, port, card());
  await powered(reader.slot!);
  await reader.close();
  await reader.close();
  await reader.lost;
  await connection.ended;
  const again = await vpcdOn(port).open(never);
  await again.close();
});

t.test('a port in use, a foreign address and no time left are an absent reader', async (t) => {
  const { port } = await openVpcd(t);
  await t.rejects(vpcdOn(port).open(never), {
    code: 'reader.absent',
    context: { detail: `vpcd 127.0.0.1:${port}: 端口已被占用 / the port is in use (EADDRINUSE)` },
  });
  const free = await freePorts();
  t.equal(await codeOf(vpcdOn(free).open(AbortSignal.abort())), 'reader.absent');
  await (await vpcdOn(free).open(never)).close();
});
