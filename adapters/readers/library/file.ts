import { open } from 'node:fs/promises';
import { Fault } from '../../../src/errors.ts';

/** Far enough for the header of any library: that of Windows points to its second part. */
const HEADER_BYTES = 4_096;

/** Machines by their number in ELF (e_machine) and in PE (Machine), as Node names them. */
const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};
const PE_MACHINES: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };

/** A library that can't be used: names the file and the reason, in one line. */
export function unusable(file: string, zh: string, en: string, cause?: unknown): Fault {
  return new Fault('reader.absent', { detail: `动态库 ${file}:${zh} / library ${file}: ${en}` }, cause);
}

/** Makes sure that there is such a file and that it was made for this machine. Fault: `reader.absent`. */
export async function checkLibraryFile(file: string): Promise<void> {
  const machine = machineOf(await headerOf(file));
  if (machine !== undefined && machine !== process.arch) {
    throw unusable(
      file,
      `是 ${machine} 的动态库,本程序是 ${process.arch},请向厂商索取对应的版本`,
      `it is made for ${machine} and this program for ${process.arch}; ask the vendor for the one that fits`,
    );
  }
}

async function headerOf(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file, 'r');
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code ?? 'unreadable');
    if (code === 'ENOENT') throw unusable(file, '没有这个文件', 'no such file', cause);
    throw unusable(file, `文件读不出(${code})`, `the file cannot be read (${code})`, cause);
  }
}

/**
 * The machine a shared library was made for, of its header (ELF or PE); nothing where that can't be told, and the
 * loader will say what is wrong.
 */
export function machineOf(header: Buffer): string | undefined {
  if (header.length < 0x40) return undefined;
  if (header.readUInt32BE(0) === 0x7f454c46) {
    const littleEndian = header[5] === 1;
    return ELF_MACHINES[littleEndian ? header.readUInt16LE(18) : header.readUInt16BE(18)];
  }
  if (header.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const second = header.readUInt32LE(0x3c);
  if (second + 6 > header.length || header.toString('latin1', second, second + 4) !== 'PE\0\0')
    return undefined;
  return PE_MACHINES[header.readUInt16LE(second + 4)];
}
