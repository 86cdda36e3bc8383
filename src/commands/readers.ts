/** `yikatong readers`: what is plugged in, which dialect answers, and the lines for the configuration. */
import { parseArgs } from 'node:util';
import type { FoundReader } from '../card/port.ts';
import { ConfigurationError } from '../config.ts';
import { findReaders } from '../main.ts';

export const READERS_USAGE = `npm run yikatong -- readers [--path <port>]… [--tcp <host:port>]… [--json]
  列出接着的读卡器,探测其方言,并给出配置 / lists what is plugged in, which dialect answers, and its configuration
  --path   只看这些串口 / only these serial ports
  --tcp    串口服务器 / a serial box on the network: 10.0.0.20:4001
  --json   给程序看的结果 / for programs`;

export async function readers(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      path: { type: 'string', multiple: true },
      tcp: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  const found = await findReaders({
    ...(values.path ? { paths: values.path } : {}),
    boxes: (values.tcp ?? []).map(boxOf),
    signal: AbortSignal.timeout(60_000),
  });
  console.log(values.json ? JSON.stringify(found, null, 2) : readable(found));
}

function boxOf(text: string): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new ConfigurationError(`--tcp: 应为 / expected <host>:<port>: ${text}\n\n${READERS_USAGE}`);
  }
  return { host, port: Number(port) };
}

function readable(found: readonly FoundReader[]): string {
  if (found.length === 0) {
    return `没有找到读卡器;检查电源和连线后再试 / nothing is plugged in; check power and cable, then try again`;
  }
  return found.map((reader, index) => paragraph(reader, index + 1)).join('\n\n');
}

function paragraph({ place, device, dialect, reason, transport }: FoundReader, number: number): string {
  if (transport === undefined) return `${place}: ${reason}`;
  const heading = device === undefined ? place : `${place}  (${device})`;
  if (dialect === undefined) {
    const why = reason ?? '没有应答 / no answer';
    return `${heading}\n  不是本网关认识的读卡器,或没有应答 / no reader that is known here: ${why}`;
  }
  return `${heading}
  方言 / dialect: ${dialect}
  加入配置文件 / add to the configuration:

[[readers]]
id = "reader-${number}"
dialect = ${JSON.stringify(dialect)}
transport = { ${Object.entries(transport)
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
    .join(', ')} }`;
}
