/**
 * The process that holds a vendor's library, so that nothing the library does (crash, hang, write to stdout) happens
 * in the gateway. Started by `LibraryHost` with the library's file as its argument; lives as long as the gateway's
 * end of the channel. Calls run on another thread, so that it sees the gateway go even while the library hangs.
 */
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import { isLibraryFunction, takesArguments } from '../../../src/card/port.ts';
import { CHANNEL_FD, callIn, eachLine, type HostMessage, lineOf } from './messages.ts';
import { loadLibrary, type NativeLibrary } from './native.ts';

/** An orderly exit would wait for a call that never returns. */
const die = () => process.kill(process.pid, 'SIGKILL');

const channel = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
channel.on('error', die).on('close', die);
process.on('uncaughtException', die);
// Ctrl-C in a terminal reaches every process; the gateway decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

let library: NativeLibrary | undefined;
eachLine(channel, (line) => void serve(line), die);
try {
  library = await loadLibrary(process.argv[2] ?? '');
  tell({ type: 'ready', functions: library.functions });
  // What this process compiled serves the next one; its own end will be too sudden for that.
  flushCompileCache();
} catch (error) {
  tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
}

async function serve(line: string): Promise<void> {
  const call = callIn(line);
  const known = call && isLibraryFunction(call.name) && library?.functions.includes(call.name);
  if (!known || !takesArguments(call.name, call.args)) return void die();
  const { ret, out } = await library!.call(call.name, call.args);
  tell({ type: 'answer', id: call.id, ret, out });
}

function tell(message: HostMessage): void {
  channel.write(lineOf(message));
}
