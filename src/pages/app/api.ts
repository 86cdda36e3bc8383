/** The gateway's public API as a page calls it: what a HIS can do, and nothing else. */

/** Every answer that is not 2xx: what happened, and what to do next, in the language asked for. */
export interface Problem {
  readonly code: string;
  readonly status?: number;
  readonly title: string;
  readonly next: string;
  readonly detail?: string;
  readonly pointer?: string;
  readonly requestId?: string;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Call {
  /** Sent as JSON; a form with a file as it is. */
  readonly body?: object;
  /** The same on every repeat of an act; a creation or a money act needs one. */
  readonly key?: string;
  readonly version?: number;
  /** What takes long is answered at once, and looked at until it is over. */
  readonly async?: boolean;
  readonly signal?: AbortSignal;
}

/** How long an answer is waited for: the gateway's own limit and a little. */
const WAIT_MS = 70_000;

/** What is told when no answer came at all; the gateway may be restarting. */
const UNREACHED: Record<'zh-CN' | 'en', Problem> = {
  'zh-CN': {
    code: 'page.unreached',
    title: '连不上网关',
    next: '网关可能正在重启,稍候会自动恢复;已填写的内容不会丢失',
  },
  en: {
    code: 'page.unreached',
    title: 'The gateway cannot be reached',
    next: 'It may be restarting; this page works again by itself, and nothing typed is lost',
  },
};

let language: 'zh-CN' | 'en' = 'zh-CN';

export function answerIn(chosen: 'zh-CN' | 'en'): void {
  language = chosen;
}

/** A session that has ended, and a cookie that is gone. */
const NOBODY: ReadonlySet<string> = new Set(['access.signed-out', 'access.unknown-key']);

/** Called when nobody is signed in any more, wherever it is noticed. */
let signedOut: () => void = () => undefined;

export function whenSignedOut(tell: () => void): void {
  signedOut = tell;
}

/** Calls the API; throws an `ApiError` for whatever is no success. */
export async function call<T>(method: Method, path: string, options: Call = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text().catch(() => {
    throw new ApiError(UNREACHED[language]);
  });
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same for what is no JSON: a form to print, the content of a file. */
export async function send(method: Method, path: string, options: Call = {}): Promise<Response> {
  const { body, key, version, async = false, signal } = options;
  const form = body instanceof FormData;
  const limit = AbortSignal.timeout(WAIT_MS);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'accept-language': language,
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...(async ? { prefer: 'respond-async' } : {}),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      signal: signal === undefined ? limit : either(signal, limit),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(UNREACHED[language]);
  }
  if (response.ok) return response;
  const problem = problemIn(await response.text());
  if (NOBODY.has(problem.code)) signedOut();
  throw new ApiError(problem);
}

/** A key for one act of a person, however often it has to be sent. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return UNREACHED[language];
  }
}

/** `AbortSignal.any` came with Chrome 116; Windows 7 has 109. */
function either(...signals: AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
}
