/** `npm start`: the gateway of a configuration file, or the sandbox. Prints what to do next, or what is wrong. */
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import closeWithGrace from 'close-with-grace';
import { type Logger, pino } from 'pino';
import type { DeskConfiguration } from '../../schemas/configuration.ts';
import { maskError } from '../access/masking.ts';
import type { RunningDesk } from '../card/remote/compose.ts';
import { ConfigurationError, readConfiguration, readDeskConfiguration } from '../config.ts';
import { logDestination } from '../log.ts';
import type { RunningGateway } from '../main.ts';
import type { RunningSandbox } from '../sandbox/sandbox.ts';

/** How long a stop may take: what is under way is answered, then the rest is cut off (and resolved at the next start). */
const STOP_WITHIN_MS = 20_000;

const NODE_MAJOR_MIN = 24;

const USAGE = `用法 / usage: npm start -- [--config <file>] [--port <n>] [--data <folder>] [--leave]
  --config  配置文件,也可用环境变量 YIKATONG_CONFIG 给出;不给则启动沙箱
            configuration file, or YIKATONG_CONFIG; without it the sandbox starts.
            有 [desk] 的文件启动远程工位 / a file with [desk] starts a desk
  --port    沙箱的端口(默认 7300)/ port of the sandbox (7300)
  --data    沙箱的数据目录(默认 ./data)/ data folder of the sandbox (./data)
  --leave   停用一个远程工位:让网关不再列出它 / gives a desk up: its gateway lists it no more`;

async function run(argv: readonly string[]): Promise<void> {
  const started = performance.now();
  refuseOldNode();
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: { type: 'string' },
      port: { type: 'string', default: '7300' },
      data: { type: 'string', default: 'data' },
      leave: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const file = values.config ?? process.env.YIKATONG_CONFIG;
  const desk = file === undefined ? undefined : readDeskConfiguration(file);
  if (values.leave) return leave(desk);
  const starting =
    file === undefined
      ? startTheSandbox(values.data, portOf(values.port))
      : desk
        ? startTheDesk(desk)
        : startTheGateway(file);
  // Whoever asks it to stop may do so before it is ready.
  closeWithGrace({ delay: STOP_WITHIN_MS }, async ({ err }) => {
    if (err) console.error('程序意外终止 / the program failed unexpectedly:', maskError(err));
    await starting.then(
      (running) => running.close(),
      () => undefined,
    );
  });
  await starting;
  await handBackMemory();
  console.log(`  就绪 / ready: ${Math.round(performance.now() - started)} ms\n`);
}

/**
 * A start needs far more memory than the work that follows. A full collection of the kind that V8 does when memory is
 * low shrinks the heap to what is used: on an old PC, 60 MB for the HIS that runs beside.
 */
async function handBackMemory(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}

/** All of the program, which an old PC takes seconds to load: only once it is known what to do. */
function loadGateway(): Promise<typeof import('../main.ts')> {
  return import('../main.ts');
}

async function startTheGateway(file: string): Promise<RunningGateway> {
  const configuration = readConfiguration(file);
  const { startGateway } = await loadGateway();
  const running = await startGateway(configuration, { logger: loggerOf(configuration.log.level) });
  console.log(`
  一卡通网关 / Yikatong gateway
    接口 API       ${running.url}
    文档 docs      ${running.url}/docs`);
  return running;
}

async function startTheDesk(configuration: DeskConfiguration): Promise<RunningDesk> {
  const { desk, log, readers } = configuration;
  console.log(`
  一卡通工位 / Yikatong desk
    网关 gateway   ${desk.gateway}
    读卡器 readers ${readers.map(({ id }) => id).join(', ')}`);
  const { startDesk } = await loadGateway();
  return startDesk(configuration, { logger: loggerOf(log.level), say });
}

async function leave(desk: DeskConfiguration | undefined): Promise<void> {
  if (!desk)
    throw new ConfigurationError('--leave: 需要工位的配置文件 / the configuration of a desk is needed');
  const { leaveAsDesk } = await loadGateway();
  leaveAsDesk(desk, { logger: loggerOf(desk.log.level), say });
}

function say(line: string): void {
  console.log(`  ${line}`);
}

async function startTheSandbox(folder: string, port: number): Promise<RunningSandbox> {
  const { sandbox } = await loadGateway();
  const running = await sandbox({
    folder,
    host: '127.0.0.1',
    port,
    // People look at the transcript of their calls, not at the sandbox's log.
    logger: loggerOf('warn'),
  });
  console.log(`
  一卡通网关沙箱 / Yikatong sandbox — 虚拟的卡、读卡器、医保和医院,数据都是虚构的 / everything in it is made up
    页面 page      ${running.url}/desk
    登录 sign in   reception / ${running.password}(或 or: doctor, referral-centre, finance, operator, auditor)
    接口 API       ${running.url}
    文档 docs      ${running.url}/docs
    县医院 hospital ${running.hospitalUrl}/docs
    密钥 key       ${running.key}

  先试这个 / try this first:
    curl -s -X POST ${running.url}/v1/readers/desk-1/readings \\
      -H 'authorization: Bearer ${running.key}' -H 'content-type: application/json' \\
      -d '{"accept":["social-security-card"],"timeoutMs":5000}'
  两条路的全过程 / both journeys: npm run demo -- --url ${running.url} --key ${running.key}
`);
  return running;
}

function loggerOf(level: string): Logger {
  // Keys and cookies never get into the log, whoever logs a request's headers.
  const redact = ['req.headers', '*.authorization', '*.cookie'];
  return pino({ level, redact }, logDestination(1));
}

/** The sandbox's hospital listens on the port after this one. */
const PORT_MAX = 65_534;

function portOf(text: string): number {
  const port = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return port;
  throw new ConfigurationError(`--port: 应为 0–${PORT_MAX} / expected 0–${PORT_MAX}: ${text}\n\n${USAGE}`);
}

function refuseOldNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return;
  throw new ConfigurationError(
    `需要 Node ${NODE_MAJOR_MIN},当前是 ${process.version}。请用 npm start 启动,它会使用随包安装的 Node。\n` +
      `Node ${NODE_MAJOR_MIN} is needed, this is ${process.version}. Start with npm start, which uses the Node that npm ci installs.`,
  );
}

/** One clear line for the person at the machine. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return `端口被占用,网关可能已在运行 / the port is in use, the gateway may be running already: ${message}`;
  }
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${message}\n\n${USAGE}`;
  return process.env.YIKATONG_DEBUG === undefined ? message : String((error as Error).stack);
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
