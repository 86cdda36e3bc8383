import t from 'tap';
import { machineOf } from '../../../../adapters/readers/library/file.ts';

function elf(machine: number, littleEndian = true): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header[5] = littleEndian ? 1 : 2;
  if (littleEndian) header.writeUInt16LE(machine, 18);
  else header.writeUInt16BE(machine, 18);
  return header;
}

function pe(machine: number, secondAt = 0x80): Buffer {
  const header = Buffer.alloc(0x100);
  header.write('MZ', 'latin1');
  header.writeUInt32LE(secondAt, 0x3c);
  if (secondAt + 6 <= header.length) {
    header.write('PE\0\0', secondAt, 'latin1');
    header.writeUInt16LE(machine, secondAt + 4);
  }
  return header;
}

t.test('the machine a library was made for stands in its header', async (t) => {
  t.equal(machineOf(elf(62)), 'x64');
  t.equal(machineOf(elf(3)), 'ia32');
  t.equal(machineOf(elf(183)), 'arm64');
  t.equal(machineOf(elf(258)), 'loong64');
  t.equal(machineOf(elf(8, false)), 'mips');
  t.equal(machineOf(pe(0x8664)), 'x64');
  t.equal(machineOf(pe(0x014c)), 'ia32');
  t.equal(machineOf(pe(0xaa64)), 'arm64');
});

t.test('what has no such header is left to the loader', async (t) => {
  t.equal(machineOf(Buffer.alloc(0)), undefined);
  t.equal(machineOf(Buffer.alloc(64)), undefined);
  t.equal(machineOf(elf(0xfffe)), undefined);
  t.equal(machineOf(pe(0x8664, 0xffff_fff0)), undefined);
  t.equal(machineOf(pe(0x8664, 0xfc)), undefined);
});
