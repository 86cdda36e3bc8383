import { connect, createServer, type Socket } from 'node:net';

/** A line that can be cut at a chosen moment: between a client and a server on this machine. */
export interface CuttingProxy {
  readonly port: number;
  /**
   * Cuts the line of the next client that sends `text`: `before` the server gets it, or `after` the server has
   * answered it, the answer being lost.
   */
  cutAt(text: string, when: 'before' | 'after'): void;
  /** Whether the line was cut since. */
  readonly cut: boolean;
  /** Cuts all lines there are; new ones come about. */
  cutAll(): void;
  /** While it is silent, lines stay open and nothing passes over them. */
  silent: boolean;
  stop(): Promise<void>;
}

export function startProxy(targetPort: number): Promise<CuttingProxy> {
  let armed: { text: string; when: 'before' | 'after' } | undefined;
  let cut = false;
  let silent = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    let swallow = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
    };
    sockets.add(client);
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
    client.on('data', (chunk) => {
      if (armed && chunk.includes(armed.text)) {
        const { when } = armed;
        armed = undefined;
        cut = true;
        if (when === 'before') return end();
        swallow = true;
      }
      if (!silent) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (swallow) end();
      else if (!silent) client.write(chunk);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      resolve({
        port,
        get cut() {
          return cut;
        },
        get silent() {
          return silent;
        },
        set silent(value) {
          silent = value;
        },
        cutAll() {
          for (const socket of sockets) socket.destroy();
        },
        cutAt(text, when) {
          armed = { text, when };
          cut = false;
        },
        stop() {
          for (const socket of sockets) socket.destroy();
          return new Promise((done) => server.close(() => done()));
        },
      });
    });
  });
}
