/** `yikatong trace record|play`: writes down what passes between reader and card, and plays it as a virtual reader. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Trace } from '../../schemas/trace.ts';
import { record } from '../card/trace/record.ts';
import { systemClock } from '../clock.ts';
import { ConfigurationError, readConfiguration, readDeskConfiguration } from '../config.ts';
import { readerDriverOf } from '../main.ts';
import { chipOf, residentIdOf } from '../sandbox/readers/replay.ts';
import { startVirtualReader } from '../sandbox/readers/server.ts';
import { checkOf } from '../schema-checks.ts';
import { numberOf, untilStopped } from './terminal.ts';

export const TRACE_USAGE = `npm run yikatong -- trace record --config <file> --reader <id> --out <file> [--seconds 30]
  打开配置(网关的,或远程窗口的)中的读卡器,等待放卡,记录一次读卡;个人信息不会写入文件。网关须先停止
  records one reading at a reader of a gateway's or a desk's configuration; personal values never reach the file. Stop the gateway first
npm run yikatong -- trace play <file> [--port 7100]
  把记录当作虚拟读卡器播放 / plays a trace as a virtual reader on a TCP port`;

export async function trace(args: readonly string[]): Promise<void> {
  const [act, ...rest] = args;
  if (act === 'record') return recordTrace(rest);
  if (act === 'play') return playTrace(rest);
  throw new ConfigurationError(TRACE_USAGE);
}

async function recordTrace(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      reader: { type: 'string' },
      out: { type: 'string' },
      seconds: { type: 'string', default: '30' },
    },
  });
  const { config, reader: id, out } = values;
  if (config === undefined || id === undefined || out === undefined)
    throw new ConfigurationError(TRACE_USAGE);
  const { readers } = readDeskConfiguration(config) ?? readConfiguration(config);
  const reader = readers.find((each) => each.id === id);
  if (!reader) throw new ConfigurationError(`配置中没有这台读卡器 / the configuration has no reader ${id}`);
  const timeoutMs = numberOf(values.seconds, 1, 600, TRACE_USAGE) * 1_000;
  console.log('请放卡 / lay the card down');
  const signal = AbortSignal.timeout(timeoutMs + 60_000);
  const { trace, kind, fault } = await record(readerDriverOf(reader), {
    timeoutMs,
    clock: systemClock,
    signal,
  });
  writeFileSync(out, `${JSON.stringify(trace, null, 1)}\n`, { mode: 0o600 });
  const outcome = kind ?? `${fault?.message} ${fault?.kind.zh.join(',')}`;
  console.log(`${trace.exchanges.length} 次往返 / exchanges → ${out}: ${outcome}`);
}

async function playTrace(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { port: { type: 'string', default: '7100' } },
    allowPositionals: true,
  });
  const [file] = positionals;
  if (file === undefined) throw new ConfigurationError(TRACE_USAGE);
  const played = traceIn(file);
  const place = { host: '127.0.0.1', port: numberOf(values.port, 0, 65_535, TRACE_USAGE) };
  const { dialect, port, close } = await virtualReaderOf(played, place, file);
  console.log(`虚拟读卡器 / a virtual reader plays ${file}

[[readers]]
id = "trace"
dialect = "${dialect}"
transport = { kind = "tcp", host = "${place.host}", port = ${port} }

按 Ctrl-C 结束 / Ctrl-C ends it`);
  await untilStopped();
  await close();
}

async function virtualReaderOf(trace: Trace, place: { host: string; port: number }, file: string) {
  const chip = chipOf(trace);
  if (chip) {
    const dialect = 'ccid-serial';
    const server = await startVirtualReader({ dialect, ...place });
    server.insert(chip);
    return { dialect, port: server.port, close: server.close };
  }
  const card = residentIdOf(trace);
  if (!card) throw new ConfigurationError(`${file}: 记录中没有读到卡 / no card was read in this trace`);
  const dialect = 'sam-v';
  const server = await startVirtualReader({ dialect, ...place, cardMustLeave: false });
  server.insert(card);
  return { dialect, port: server.port, close: server.close };
}

/** Reads a trace file; what isn't one is told by its place. */
function traceIn(file: string): Trace {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`无法读取记录 / cannot read the trace: ${file}`, { cause });
  }
  const check = checkOf<Trace>(Trace);
  if (check(value)) return value;
  const [first] = check.errors ?? [];
  throw new ConfigurationError(
    `${file}: 不是读卡记录 / not a trace: ${first?.instancePath} ${first?.message}`,
  );
}
