import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import {
  type CardOf,
  type VirtualDialect,
  type VirtualReader,
  type VirtualReaderOptions,
  virtualReader,
} from './reader.ts';

/** A virtual reader on a TCP port, as behind a serial-over-network box. */
export interface VirtualReaderServer<Card> extends VirtualReader<Card> {
  readonly port: number;
  /** Pulls the plug: the connection ends and no new one is taken. */
  unplug(): Promise<void>;
  /** Puts the plug back, on the same port. */
  plug(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a virtual reader; port 0 takes any free one. Like such a box, it talks to the latest caller only. */
export async function startVirtualReader<Dialect extends VirtualDialect>(
  options: VirtualReaderOptions<Dialect> & { readonly host: string; readonly port: number },
): Promise<VirtualReaderServer<CardOf[Dialect]>> {
  const reader = virtualReader(options);
  const server = createServer({ noDelay: true }, (socket) => {
    reader.detach();
    void reader.attach(socket);
  });
  const listen = async (port: number) => {
    server.listen(port, options.host);
    await once(server, 'listening');
  };
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    reader.detach();
    await closed;
  };
  await listen(options.port);
  const { port } = server.address() as AddressInfo;
  return {
    ...reader,
    port,
    unplug: stop,
    close: stop,
    async plug() {
      if (!server.listening) await listen(port);
    },
  };
}
