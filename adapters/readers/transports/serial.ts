import type { SerialPort } from 'serialport';
import { Fault } from '../../../src/errors.ts';
import { portOf, type UsbNumbers, usbName } from '../discovery/serial-ports.ts';
import { type Line, openTimeoutMs, type Transport } from './line.ts';

export interface SerialSettings {
  /** /dev/ttyUSB0, COM3, …, or the device behind it, which is looked for at each opening. */
  readonly port: string | UsbNumbers;
  readonly baudRate: number;
  readonly stopBits: 1 | 2;
}

/** Bytes read ahead of us at most; the longest frame of any dialect fits. */
const READ_AHEAD_BYTES = 4_096;

/** A reader on a serial port, eight data bits, no parity. */
export function serialTransport(settings: SerialSettings): Transport {
  const { port: wanted, ...speed } = settings;
  const description = `serial ${typeof wanted === 'string' ? wanted : usbName(wanted)} ${settings.baudRate}`;
  return {
    description,
    async open(signal) {
      const { SerialPort } = await loadSerialport();
      const port = new SerialPort({
        path: typeof wanted === 'string' ? wanted : await portOf(wanted),
        ...speed,
        dataBits: 8,
        parity: 'none',
        autoOpen: false,
        highWaterMark: READ_AHEAD_BYTES,
      });
      const line = lineOf(port);
      try {
        await opened(port, AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]));
      } catch (cause) {
        throw new Fault('reader.absent', { detail: `${description}: ${reasonOf(cause)}` }, cause);
      }
      return line;
    },
  };
}

/** What a person can do about it, where the system's words tell. */
const reasons: readonly (readonly [words: RegExp, reason: string])[] = [
  [
    /lock|access denied|EBUSY|resource busy/i,
    '被另一个程序占用,请先关闭它 / another program uses it: close that first',
  ],
  [
    /permission|EACCES/i,
    '没有权限,请把运行网关的用户加入 dialout 组 / no permission: add the user to the group dialout',
  ],
  [/no such file|cannot find|file not found|ENOENT/i, '没有这个端口 / no such port'],
];

function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : 'unknown';
  return reasons.find(([words]) => words.test(message))?.[1] ?? message;
}

/** Loaded only where a serial reader is configured: a native part that is missing must not stop the others. */
async function loadSerialport(): Promise<typeof import('serialport')> {
  try {
    return await import('serialport');
  } catch (cause) {
    throw new Fault(
      'reader.absent',
      {
        detail:
          'serialport 的本机部件无法加载,请重新运行 npm ci / the native part of serialport cannot be loaded: run npm ci again',
      },
      cause,
    );
  }
}

function opened(port: SerialPort, limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(limit.reason);
    limit.addEventListener('abort', aborted, { once: true });
    port.open((error) => {
      limit.removeEventListener('abort', aborted);
      if (error) return reject(error);
      // Too late for whoever asked: nobody would ever close it again.
      if (limit.aborted) return port.close();
      resolve();
    });
    if (limit.aborted) aborted();
  });
}

function lineOf(port: SerialPort): Line {
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  // serialport says 'close' on an unplug it notices; what it doesn't, the next time-out shows.
  port.once('close', () => resolve());
  port.on('error', () => void close());
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>((done) => {
      if (port.isOpen) port.close(() => done());
      else done();
    }).then(() => resolve());
    return closing;
  };
  return { stream: port, lost, close };
}
