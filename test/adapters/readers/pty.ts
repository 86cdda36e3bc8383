import { Duplex } from 'node:stream';

/** A serial line without hardware: the path of one end, the bytes of the other. */
export interface Pty {
  readonly path: string;
  readonly stream: Duplex;
  /** Ends the line, as pulling the cable of a USB-serial adapter does. */
  unplug(): void;
}

/** A pseudo terminal whose child only keeps it open; undefined, with the reason, where the machine has none. */
export async function openPty(): Promise<Pty | { readonly unavailable: string }> {
  try {
    const { spawn } = await import('@lydell/node-pty');
    const child = spawn('sh', ['-c', 'stty raw -echo; tty; exec sleep 600'], { encoding: null });
    // Typed for text, but it hands bytes through as they are.
    const send = child.write.bind(child) as (bytes: string | Buffer) => void;
    const stream = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        send(chunk);
        done();
      },
      destroy(error, done) {
        child.kill();
        done(error);
      },
    });
    const path = await new Promise<string>((resolve, reject) => {
      let greeting = '';
      let ready = false;
      child.onData((data: string | Buffer) => {
        if (ready) return void stream.push(data);
        greeting += data.toString();
        ready = greeting.includes('\n');
        if (ready) resolve(greeting.trim());
      });
      child.onExit(() => {
        reject(new Error('the child of the pty ended'));
        stream.destroy();
      });
    });
    return { path, stream, unplug: () => stream.destroy() };
  } catch (error) {
    return { unavailable: `no pseudo terminal here: ${error instanceof Error ? error.message : error}` };
  }
}
