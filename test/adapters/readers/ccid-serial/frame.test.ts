import t from 'tap';
import { encodeCommand, messageType } from '../../../../adapters/readers/ccid-serial/frame.ts';
import { protocolOf, tpduOf } from '../../../../adapters/readers/ccid-serial/tpdu.ts';
import { codeOf } from '../helper.ts';

t.test('a command is framed by 03 06 and the XOR of all its bytes', (t) => {
  const status = encodeCommand({ type: messageType.getSlotStatus, slot: 0, seq: 1 });
  t.equal(status.toString('hex'), '03066500000000000100000061');
  const data = Buffer.from('00B2010012', 'hex');
  const block = encodeCommand({ type: messageType.xfrBlock, slot: 0, seq: 0x10, data });
  t.equal(block.toString('hex', 0, 17), `03066f05000000001000000000b2010012`);
  t.equal(
    block.reduce((sum, byte) => sum ^ byte, 0),
    0,
  );
  t.end();
});

t.test('the first protocol of a card is read from its answer to reset', (t) => {
  const protocols: [atr: string, protocol: number][] = [
    ['3B6D000000813147318650430200000013', 0],
    ['3B690000249987DFED5DFFFFFF', 0],
    ['3B8001', 1],
    ['3B8000', 0],
    ['3BF81300008131FE', 1],
    ['3B', 0],
    ['', 0],
  ];
  for (const [atr, protocol] of protocols) t.equal(protocolOf(Buffer.from(atr, 'hex')), protocol, atr);
  t.end();
});

t.test('a T=0 card gets five header bytes and no Le after data', (t) => {
  const commands: [command: string, tpdu: string][] = [
    ['00840000', '0084000000'],
    ['0084000008', '0084000008'],
    ['00A4000002EF05', '00A4000002EF05'],
    ['00A4000002EF0500', '00A4000002EF05'],
  ];
  for (const [command, tpdu] of commands) {
    t.equal(tpduOf(Buffer.from(command, 'hex'), 0).toString('hex').toUpperCase(), tpdu);
    t.equal(tpduOf(Buffer.from(command, 'hex'), 1).toString('hex').toUpperCase(), command, 'T=1: as it is');
  }
  t.end();
});

t.test('a command that is no command, or longer than these readers take, is refused', async (t) => {
  for (const bytes of [0, 3, 262]) {
    t.equal(await codeOf((async () => tpduOf(Buffer.alloc(bytes), 0))()), 'reader.unsupported');
  }
});
