import { createServer } from 'node:net';

/** Lets other programs have the device. */
export type Release = () => void;

/**
 * Claims a device for this process among all of this machine, by a local socket that has the device's name and says
 * nothing: the system lets one process have it, and takes it back when that dies, however it dies. Linux would let any
 * number open one hidraw device, each of which would get the answers to the others. Where there is no such socket the
 * device is had unclaimed; gateways in containers with a network each don't see each other's.
 */
export function claimDevice(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Release | 'taken'> {
  const name = socketNameOf(path, platform);
  if (name === undefined) return Promise.resolve(unclaimed);
  const { promise, resolve } = Promise.withResolvers<Release | 'taken'>();
  // Nobody has anything to say here.
  const server = createServer((stranger) => stranger.destroy());
  server.on('error', (error: NodeJS.ErrnoException) =>
    resolve(error.code === 'EADDRINUSE' ? 'taken' : unclaimed),
  );
  server.listen({ path: name, exclusive: true }, () => resolve(() => void server.close()));
  server.unref();
  return promise;
}

/** Nothing to let go of. */
export const unclaimed: Release = () => {};

/** Linux has sockets without a file, Windows has pipes, in whose names no backslash may stand. */
function socketNameOf(path: string, platform: NodeJS.Platform): string | undefined {
  if (platform === 'linux') return `\0yikatong-hid-${path}`;
  if (platform === 'win32') return `\\\\.\\pipe\\yikatong-hid-${path.replaceAll('\\', '/').toLowerCase()}`;
  return undefined;
}
