import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import Compile from 'typebox/compile';
import { Problem, Strict } from '../../../schemas/common.ts';
import {
  CompatAnswer,
  type CompatArguments,
  compatParameters,
  compatTarget,
} from '../../../schemas/compat.ts';
import { callerOf } from '../../access/caller.ts';
import { maskError } from '../../access/masking.ts';
import { Fault } from '../../errors.ts';
import { goneAway } from '../../http/gone-away.ts';
import type { Timers } from '../timers.ts';
import { isLibraryFunction, type LibraryFunctionName, libraryFunctions } from './functions.ts';
import { type Asked, answerText, messageOf, refusalText } from './messages.ts';
import { scopeOf } from './scopes.ts';
import type { CompatCall, CompatService } from './service.ts';
import { type Reply, type Socket, serveSocket } from './socket.ts';
import { summaries } from './summaries.ts';

export interface CompatRouteParts {
  readonly compat: CompatService;
  readonly timers: Timers;
}

/** Pages that may be connected at a time. */
const SOCKETS_MAX = 500;
const TRY_AGAIN_LATER = 1013;

const tags = ['旧接口 LD/T 33'];
const names = Object.keys(libraryFunctions) as LibraryFunctionName[];

const bodies = new Map(names.map((name) => [name, bodyOf(name)]));
const checks = new Map(names.map((name) => [name, Compile(bodies.get(name)!)]));

function bodyOf(name: LibraryFunctionName) {
  const { takes } = libraryFunctions[name];
  return Strict({
    ...compatTarget,
    ...Object.fromEntries(takes.map((each) => [each, compatParameters[each]])),
  });
}

/** What a body or a message says, once it holds for the function's schema. */
type Given = Pick<CompatCall, 'reader' | 'lease'> & CompatArguments;

function callOf(name: LibraryFunctionName, { reader, lease, ...args }: Given): CompatCall {
  return { name, args, reader, lease };
}

/** `/v1/compat/…`: the functions of LD/T 33, over HTTP and over WebSockets, for systems and pages that speak it. */
export function compatRoutes({ compat, timers }: CompatRouteParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const name of names) {
      app.post(
        `/v1/compat/${name}`,
        {
          config: { scope: scopeOf(name), pages: true },
          schema: {
            summary: `${summaries[name].zh}(LD/T 33 ${name})/ ${summaries[name].en}`,
            description:
              '返回 LD/T 33 规定的字符串;读卡失败时 HTTP 仍为 200,看 ret。/ The exact LD/T 33 string; a card that fails is told by ret, not by the HTTP status.',
            tags,
            body: bodies.get(name)!,
            response: { 200: CompatAnswer, '4xx': Problem, '5xx': Problem },
          },
        },
        async (request, reply) => {
          const caller = { ...callerOf(request), owner: request.client.id };
          return compat.run(callOf(name, request.body as Given), caller, goneAway(reply));
        },
      );
    }

    app.post(
      '/v1/compat/:function',
      {
        config: { scope: 'reading:write', pages: true },
        schema: { hide: true, params: Strict({ function: Type.String({ maxLength: 200 }) }) },
      },
      async () => {
        throw new Fault('compat.unknown');
      },
    );

    const sockets = new Set<Socket>();
    // A call counts as a request does: a connection buys no more of them.
    const rateOf = app.createRateLimit();
    const limited = async (request: FastifyRequest) => {
      const rate = await rateOf(request);
      if (!rate.isAllowed && rate.isExceeded)
        throw new Fault('request.rate', { retryAfterS: rate.ttlInSeconds });
    };
    const serve = (socket: Socket, request: FastifyRequest) => {
      if (sockets.size >= SOCKETS_MAX) return socket.close(TRY_AGAIN_LATER, 'too many connections');
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      serveSocket(socket, {
        timers,
        answer: (text, gone) => answerMessage({ compat, limited }, request, text, gone),
      });
    };
    for (const url of ['/v1/compat', '/v1/compat/ws']) {
      app.route({
        method: 'GET',
        url,
        config: { scope: 'reading:write', pages: true },
        schema: {
          summary: 'LD/T 33 函数的 WebSocket / WebSocket for the functions of LD/T 33',
          description:
            '{"function":"iReadCardBas","iType":3} 得到 {"functionName","success","pOutInfo"};{"func":"iReadCardBas","in":["3"]} 得到 {"result","out"}。网页以子协议 ["yikatong","yikatong.<密钥>"] 带密钥。/ Pages give their key as the subprotocol yikatong.<key>.',
          tags,
          hide: url.endsWith('/ws'),
        },
        handler: async () => {
          throw new Fault('request.invalid', { detail: 'a WebSocket is expected here' });
        },
        wsHandler: serve,
      });
    }
  };
}

interface Answering {
  readonly compat: CompatService;
  /** Fault `request.rate` where this client has made too many requests. */
  limited(request: FastifyRequest): Promise<void>;
}

/** Answers one message; whatever it says, with a text. */
async function answerMessage(
  { compat, limited }: Answering,
  request: FastifyRequest,
  text: string,
  gone: AbortSignal,
): Promise<Reply> {
  let asked: Asked | undefined;
  try {
    asked = messageOf(text);
    await limited(request);
    const call = checked(asked);
    const scope = scopeOf(call.name);
    if (!request.client.scopes.has(scope)) throw new Fault('access.forbidden', { facts: { scope } });
    const caller = callerOf(request);
    const owner = `${caller.client} ${caller.requestId}`;
    const answer = await compat.run(call, { ...caller, owner }, gone);
    return { text: answerText(asked, answer), sense: true };
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('gateway.fault');
    if (fault !== error) {
      request.log.error({ requestId: request.id, err: maskError(error) }, 'a call over a WebSocket failed');
    }
    return { text: refusalText(asked, fault), sense: false };
  }
}

/** Faults `compat.unknown`, `request.invalid` with the place of what is wrong. */
function checked({ name, args, reader, lease }: Asked): CompatCall {
  if (!isLibraryFunction(name)) throw new Fault('compat.unknown');
  const given = {
    ...args,
    ...(reader === undefined ? {} : { reader }),
    ...(lease === undefined ? {} : { lease }),
  };
  const [problem] = checks.get(name)!.Errors(given);
  if (problem)
    throw new Fault('request.invalid', { detail: `${problem.instancePath || '/'} ${problem.message}` });
  return callOf(name, given as Given);
}
