import { randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { readerDriverOf } from '../../../../adapters/readers/index.ts';
import type { VirtualCard } from '../../../../src/sandbox/port.ts';
import {
  garbageBefore,
  instead,
  late,
  type Misbehaviour,
  silence,
  truncated,
  wrongChecksum,
} from '../../../../src/sandbox/readers/misbehaviour.ts';
import { startVirtualReader, type VirtualReaderServer } from '../../../../src/sandbox/readers/server.ts';
import { ATR, codeOf, never, scriptedCard } from '../helper.ts';

const TIMEOUT_MS = 300;
const READ = Buffer.from('00B2010012', 'hex');
const ANSWER = '0110430299D156000005000000133A05F2E39000';

function driverTo(virtual: VirtualReaderServer<unknown>) {
  const transport = { kind: 'tcp', host: '127.0.0.1', port: virtual.port } as const;
  return readerDriverOf({ id: 'desk', dialect: 'ccid-serial', transport });
}

async function opened(t: Test, card?: VirtualCard, echo = false) {
  const virtual = await startVirtualReader({ dialect: 'ccid-serial', host: '127.0.0.1', port: 0, echo });
  t.teardown(() => virtual.close());
  if (card) virtual.insert(card);
  const reader = await driverTo(virtual).open(never);
  t.teardown(() => reader.close());
  const slot = reader.slot!;
  return {
    virtual,
    reader,
    slot,
    read: async () => (await slot.transmit(READ, TIMEOUT_MS)).toString('hex').toUpperCase(),
  };
}

const card = () => scriptedCard({ [READ.toString('hex').toUpperCase()]: ANSWER });

/** The frame with another bStatus and bError. */
function withStatus(frame: Buffer, status: number, error: number): Buffer {
  const copy = Buffer.from(frame);
  copy[copy.length - 1] = copy.at(-1)! ^ copy[9]! ^ copy[10]! ^ status ^ error;
  copy[9] = status;
  copy[10] = error;
  return copy;
}

const failing =
  (error: number, status = 0x41): Misbehaviour =>
  (answer) =>
    withStatus(answer, status, error);

t.test('a card is powered, asked and switched off', async (t) => {
  const { virtual, reader, slot, read } = await opened(t);
  t.equal(reader.residentId, undefined, 'it has no resident-ID module');
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card yet');
  virtual.insert(card());
  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
  t.equal(await read(), ANSWER);
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await codeOf(read()), 'card.refused', 'without power');
  virtual.remove();
  await slot.powerOff(TIMEOUT_MS);
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined, 'no card any more');
});

t.test('commands reach a T=0 card in the form that T=0 has', async (t) => {
  const chip = card();
  const { slot } = await opened(t, chip);
  await slot.powerOn(TIMEOUT_MS);
  await slot.transmit(Buffer.from('00A4000002EF0500', 'hex'), TIMEOUT_MS);
  await slot.transmit(Buffer.from('00840000', 'hex'), TIMEOUT_MS);
  t.strictSame(chip.commands, ['00A4000002EF05', '0084000000']);
});

t.test('a card that is taken out is removed, for every later command too', async (t) => {
  const { virtual, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  t.equal(await read(), ANSWER);
  virtual.remove();
  t.equal(await codeOf(read()), 'card.removed');
  virtual.insert(card());
  t.equal(await codeOf(read()), 'card.refused', 'the new card has no power yet');
});

t.test('a card that is taken out while it works is removed, though its answer never comes', async (t) => {
  const { virtual, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  virtual.misbehave(() => {
    virtual.remove();
    return Buffer.alloc(0);
  });
  t.equal(await codeOf(read()), 'card.removed');
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
});

t.test('a card that is put in while power is asked for is there at the next asking', async (t) => {
  const { virtual, slot } = await opened(t);
  virtual.misbehave(() => {
    virtual.insert(card());
    return Buffer.alloc(0);
  });
  t.equal(await slot.powerOn(TIMEOUT_MS), undefined);
  t.equal((await slot.powerOn(TIMEOUT_MS))?.toString('hex').toUpperCase(), ATR);
});

t.test('a card that 5 V does not start is tried with 3 V, and refused when that fails', async (t) => {
  const { virtual, slot } = await opened(t, card());
  virtual.misbehave(failing(0xfe));
  t.ok(await slot.powerOn(TIMEOUT_MS));
  virtual.misbehave(failing(0xfe));
  virtual.misbehave(failing(0xfe));
  t.equal(await codeOf(slot.powerOn(TIMEOUT_MS)), 'card.refused');
});

t.test('a reader that chooses the voltage itself is let', async (t) => {
  const { virtual, slot } = await opened(t, card());
  virtual.misbehave(failing(7));
  virtual.misbehave(failing(7));
  t.ok(await slot.powerOn(TIMEOUT_MS));
});

t.test('each failure the reader reports has its code', async (t) => {
  const { virtual, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  const codes: [code: string, errors: number[]][] = [
    ['card.refused', [0xfe, 0xfd, 0xfc, 0xf8, 0xf7, 0xf6, 0xf5, 0xf4]],
    ['reader.protocol', [0xff, 0xfb, 0xf3, 0xf2, 0xe0, 0x00, 0x05, 0xa2]],
  ];
  for (const [code, errors] of codes) {
    for (const error of errors) {
      virtual.misbehave(failing(error));
      t.equal(await codeOf(read()), code, `bError ${error.toString(16)}`);
    }
  }
  virtual.misbehave(failing(0xfe, 0x42));
  t.equal(await codeOf(read()), 'card.removed', 'the slot is empty');
});

t.test('NAK brings the same command again, three times at most', async (t) => {
  const nak = instead(Buffer.from('031516', 'hex'));
  const { virtual, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  for (let time = 1; time <= 3; time++) virtual.misbehave(nak);
  t.equal(await read(), ANSWER);
  for (let time = 1; time <= 4; time++) virtual.misbehave(nak);
  t.equal(await codeOf(read()), 'reader.protocol');
  t.equal(await read(), ANSWER);
});

t.test('a reader that asks for time gets it, in both ways it can ask', async (t) => {
  const { virtual, slot } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  const asks: ((answer: Buffer) => Buffer)[] = [
    (answer) => withStatus(answer, 0x80, 1),
    () => Buffer.of(0x90),
  ];
  for (const ask of asks) {
    // Three pauses, each shorter than the time-out, all together longer.
    virtual.misbehave(async (answer) => {
      for (let time = 1; time <= 3; time++) {
        await late(120)(answer);
        virtual.say(ask(answer));
      }
      return late(120)(answer);
    });
    t.equal((await slot.transmit(READ, 250)).toString('hex').toUpperCase(), ANSWER);
  }
});

t.test('a reader that asks for time without end is not waited for without end', async (t) => {
  const { virtual, slot } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  virtual.misbehave(instead(Buffer.alloc(1_000, 0x80)));
  t.equal(await codeOf(slot.transmit(READ, 50)), 'reader.silent');
});

t.test('a reader that echoes commands is understood', async (t) => {
  const { slot, read } = await opened(t, card(), true);
  await slot.powerOn(TIMEOUT_MS);
  t.equal(await read(), ANSWER);
});

t.test('the late answer to an earlier command is not taken for that of the next', async (t) => {
  const { virtual, slot } = await opened(
    t,
    scriptedCard({ '00B2010012': '11119000', '00B2020003': '22229000' }),
  );
  await slot.powerOn(TIMEOUT_MS);
  virtual.misbehave(late(200));
  t.equal(await codeOf(slot.transmit(READ, 50)), 'reader.silent');
  const next = await slot.transmit(Buffer.from('00B2020003', 'hex'), TIMEOUT_MS);
  t.equal(next.toString('hex'), '22229000');
});

t.test(
  'a damaged, a truncated and a missing answer are told apart, and the next exchange is good',
  async (t) => {
    const { virtual, slot, read } = await opened(t, card());
    await slot.powerOn(TIMEOUT_MS);
    for (const [misbehaviour, code] of [
      [wrongChecksum, 'reader.protocol'],
      [truncated, 'reader.protocol'],
      [silence, 'reader.silent'],
    ] as const) {
      virtual.misbehave(misbehaviour);
      t.equal(await codeOf(read()), code);
      t.equal(await read(), ANSWER);
    }
    virtual.misbehave(garbageBefore(Buffer.from('0306800501000000', 'hex')));
    t.equal(await read(), ANSWER, 'behind a false header');
  },
);

t.test('an answer without status bytes is no answer', async (t) => {
  const { slot, read } = await opened(t, scriptedCard({ '00B2010012': '90' }));
  await slot.powerOn(TIMEOUT_MS);
  t.equal(await codeOf(read()), 'reader.protocol');
});

t.test('a plug pulled in the middle of an answer is a lost reader, which is found again', async (t) => {
  const { virtual, reader, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  virtual.misbehave((answer) => {
    void virtual.unplug();
    return answer.subarray(0, 5);
  });
  t.equal(await codeOf(read()), 'reader.lost');
  await reader.lost;
  await virtual.plug();
  const again = await driverTo(virtual).open(never);
  t.ok(await again.slot?.powerOn(TIMEOUT_MS));
  await again.close();
});

t.test('whatever bytes come for an answer, the next exchange is good', async (t) => {
  const { virtual, slot, read } = await opened(t, card());
  await slot.powerOn(TIMEOUT_MS);
  for (let round = 0; round < 4; round++) {
    virtual.misbehave(instead(randomBytes(50_000)));
    t.not(await codeOf(read()), 'none');
    t.equal(await read(), ANSWER);
  }
});
