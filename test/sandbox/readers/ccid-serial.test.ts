import fc from 'fast-check';
import t from 'tap';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { VirtualCcid } from '../../../src/sandbox/readers/ccid-serial.ts';

const card: VirtualCard = {
  reset: () => Buffer.from('3B8001', 'hex'),
  command: () => Buffer.from('9000', 'hex'),
};

function frame(type: string, seq: number, data = '', slot = 0): Buffer {
  const length = (data.length / 2).toString(16).padStart(2, '0');
  const bytes = Buffer.from(
    `0306${type}${length}000000${Buffer.of(slot, seq).toString('hex')}000000${data}`,
    'hex',
  );
  return Buffer.concat([bytes, Buffer.of(bytes.reduce((a, b) => a ^ b, 0))]);
}

/** Type, data length, slot, number, bStatus, bError, data; checks the LRC. */
function talk(t: { equal(a: unknown, b: unknown): unknown }, device: VirtualCcid, request: Buffer): string {
  const answer = Buffer.concat(device.receive(request, 0));
  t.equal(
    answer.reduce((a, b) => a ^ b, 0),
    0,
  );
  return answer.toString('hex', 2, answer.length - 1);
}

t.test('the slot is asked, powered, used and switched off', (t) => {
  const device = new VirtualCcid();
  t.equal(talk(t, device, frame('65', 1)), '81000000000001020000', 'empty');
  t.equal(talk(t, device, frame('62', 2)), '8000000000000242fe00', 'no card to power');
  t.same(device.insert(card), [Buffer.from('5003', 'hex')]);
  t.equal(talk(t, device, frame('65', 3)), '81000000000003010000', 'a card without power');
  t.equal(talk(t, device, frame('6f', 4, '00840000')), '8000000000000441fe00', 'mute without power');
  t.equal(talk(t, device, frame('62', 5)), '800300000000050000003b8001');
  t.equal(talk(t, device, frame('6f', 6, '00840000')), '800200000000060000009000');
  t.equal(talk(t, device, frame('65', 7)), '81000000000007000000', 'active');
  t.equal(talk(t, device, frame('63', 8)), '81000000000008010000');
  t.same(device.remove(), [Buffer.from('5002', 'hex')]);
  t.same(device.remove(), []);
  t.equal(talk(t, device, frame('6f', 9, '00840000')), '8000000000000942fe00', 'gone');
  t.end();
});

t.test('a security module has a slot of its own, where there is one', (t) => {
  const sam = { ...card, reset: () => Buffer.from('3B00', 'hex') };
  const device = new VirtualCcid({ sam });
  t.equal(talk(t, device, frame('65', 1, '', 1)), '81000000000101010000');
  t.equal(talk(t, device, frame('62', 2, '', 1)), '800200000001020000003b00');
  t.equal(talk(t, device, frame('65', 3)), '81000000000003020000', 'the first slot is empty still');
  device.insert(card);
  device.remove();
  t.equal(talk(t, device, frame('6f', 4, '00840000', 1)), '800200000001040000009000', 'it stays under power');
  t.equal(talk(t, device, frame('65', 5, '', 2)), '81000000000205420500', 'there is no third');
  t.equal(
    talk(t, new VirtualCcid(), frame('65', 6, '', 1)),
    '81000000000106420500',
    'nor a second without it',
  );
  t.end();
});

t.test('a command it does not know fails, a damaged one is asked for again', (t) => {
  const device = new VirtualCcid();
  t.equal(talk(t, device, frame('6b', 1)), '81000000000001420000');
  const damaged = frame('65', 2);
  damaged[8] = 9;
  t.same(device.receive(damaged, 0), [Buffer.from('031516', 'hex')]);
  t.end();
});

t.test('it sends each command back first where it is told to', (t) => {
  const device = new VirtualCcid({ echo: true });
  const [echo, answer] = device.receive(frame('65', 1), 0);
  t.same(echo, frame('65', 1));
  t.equal(answer?.[2], 0x81);
  t.end();
});

t.test('a command is understood in any pieces, after any bytes and a pause', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(fc.array(bytes), fc.integer({ min: 1, max: 20 }), (noise, pieceBytes) => {
      const device = new VirtualCcid();
      for (const chunk of noise) device.receive(Buffer.from(chunk), 0);
      const request = frame('65', 1);
      const answers: Buffer[] = [];
      for (let at = 0; at < request.length; at += pieceBytes) {
        answers.push(...device.receive(request.subarray(at, at + pieceBytes), 1_000));
      }
      return answers.length === 1 && answers[0]?.[2] === 0x81;
    }),
  );
});
