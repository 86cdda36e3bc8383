import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Load {
  readonly answered: number;
  readonly refused: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Pressing {
  readonly url: string;
  readonly key: string;
  readonly body: object;
  readonly contentType?: string;
  readonly connections: number;
  readonly seconds: number;
  /** As fast as answered where it is not given. */
  readonly perSecond?: number;
}

/** One run of the load; throws when a request was refused. */
export async function press(given: Pressing): Promise<Load> {
  const { url, key, body, contentType = 'application/json', connections, seconds, perSecond } = given;
  const child = fork(new URL('./load.ts', import.meta.url), {
    env: {
      ...process.env,
      LOAD_URL: url,
      LOAD_CONNECTIONS: String(connections),
      LOAD_SECONDS: String(seconds),
      ...(perSecond === undefined ? {} : { LOAD_PER_SECOND: String(Math.max(1, Math.round(perSecond))) }),
      LOAD_HEADERS: JSON.stringify({ 'content-type': contentType, authorization: `Bearer ${key}` }),
      LOAD_BODY: JSON.stringify(body),
    },
  });
  const [load] = (await once(child, 'message')) as [Load];
  if (load.refused > 0) throw new Error(`${url} refused ${load.refused} of ${load.answered} requests`);
  return load;
}
