import type { SerialPort } from 'serialport';
import { Fault } from '../../../src/errors.ts';
import { type Line, openTimeoutMs, type Transport } from './line.ts';

export interface SerialSettings {
  /** /dev/ttyUSB0, COM3, … */
  readonly path: string;
  readonly baudRate: number;
  readonly stopBits: 1 | 2;
}

/** Bytes read ahead of us at most; the longest frame of any dialect fits. */
const READ_AHEAD_BYTES = 4_096;

/** A reader on a serial port, eight data bits, no parity. */
export function serialTransport(settings: SerialSettings): Transport {
  const description = `serial ${settings.path} ${settings.baudRate}`;
  return {
    description,
    async open(signal) {
      const { SerialPort } = await loadSerialport();
      const port = new SerialPort({
        ...settings,
        dataBits: 8,
        parity: 'none',
        autoOpen: false,
        highWaterMark: READ_AHEAD_BYTES,
      });
      const line = lineOf(port);
      try {
        await opened(port, AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]));
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : 'unknown';
        throw new Fault('reader.absent', { detail: `${description}: ${reason}` }, cause);
      }
      return line;
    },
  };
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
