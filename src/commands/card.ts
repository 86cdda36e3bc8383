/** `yikatong card`: dials a card of the sandbox in to a virtual reader, so that any PC/SC program can read it. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../config.ts';
import { loadProfiles, virtualCardOf } from '../sandbox/cards/cards.ts';
import type { VirtualCard } from '../sandbox/port.ts';
import { type DialledCard, dialIn } from '../sandbox/readers/vicc.ts';
import { numberOf, untilStopped } from './terminal.ts';

export const CARD_USAGE = `npm run yikatong -- card <card> [--host 127.0.0.1] [--port 35963]
  把沙箱的虚拟芯片卡插入虚拟读卡器:Debian 的 vsmartcard-vpcd,或网关的 vpcd 读卡器
  puts a virtual chip card of the sandbox into a virtual reader: Debian's vsmartcard-vpcd, or a gateway's vpcd`;

export async function card(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '35963' },
    },
    allowPositionals: true,
  });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new ConfigurationError(CARD_USAGE);
  const place = { host: values.host, port: numberOf(values.port, 1, 65_535, CARD_USAGE) };
  const dialled = await dial(chipCard(id), place);
  console.log(
    `虚拟卡 ${id} 已插入,按 Ctrl-C 取出 / it is in the reader at ${place.host}:${place.port}, Ctrl-C takes it out`,
  );
  const outcome = await Promise.race([
    dialled.ended.then(() => 'left' as const),
    untilStopped().then(() => 'stopped' as const),
  ]);
  if (outcome === 'left') throw new ConfigurationError('读卡器已断开 / the reader has hung up');
  await dialled.remove();
}

function chipCard(id: string): VirtualCard {
  const profiles = loadProfiles();
  const profile = profiles.get(id);
  if (profile && profile.kind !== 'resident-id-card') return virtualCardOf(profile);
  const ids = [...profiles.values()].filter(({ kind }) => kind !== 'resident-id-card').map((each) => each.id);
  throw new ConfigurationError(`没有这张芯片卡 / no such chip card: ${id}\n  ${ids.join('\n  ')}`);
}

async function dial(
  virtual: VirtualCard,
  { host, port }: { host: string; port: number },
): Promise<DialledCard> {
  try {
    return await dialIn(virtual, host, port);
  } catch (cause) {
    const { code = 'error' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(
      `连不上虚拟读卡器 / no virtual reader to dial in to at ${host}:${port} (${code})`,
      { cause },
    );
  }
}
