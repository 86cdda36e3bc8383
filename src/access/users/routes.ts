import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Problem, Strict } from '../../../schemas/common.ts';
import {
  ChangeUser,
  CreateUser,
  NewPassword,
  Session,
  SignIn,
  User,
  UserName,
  UserPage,
  UserQuery,
} from '../../../schemas/user.ts';
import { timestampOf } from '../../clock.ts';
import type { Idempotency } from '../../http/idempotency.ts';
import { assertNoBody } from '../../http/no-body.ts';
import { etagOf, versionOf } from '../../http/version.ts';
import { callerOf } from '../caller.ts';
import type { LiveSession, UserRow } from './queries.ts';
import { IDLE_MS, rolesOf, type UserService } from './service.ts';
import { assertOwnPage, clientOfSession, cookieOf } from './session.ts';

const tags = ['用户 Users'];
const ByName = Strict({ name: UserName });
const LIMIT_DEFAULT = 50;

/** `/v1/session`: signing in at a page; `/v1/users`: who may. */
export function userRoutes(parts: {
  readonly users: UserService;
  readonly idempotency: Idempotency;
  /** Whether browsers reach the gateway over HTTPS; the cookie then never goes over anything else. */
  readonly https: boolean;
}): FastifyPluginAsyncTypebox {
  const { users, idempotency, https } = parts;
  const cookie = (token: string, { headers }: FastifyRequest) =>
    cookieOf(token, { host: headers.host, secure: https });
  const sessionView = (session: LiveSession) => ({
    name: session.name,
    displayName: session.display_name,
    roles: rolesOf(session),
    scopes: [...clientOfSession(session, users.everybodyMay).scopes],
    mustChangePassword: session.must_change === 1,
    expiresAt: timestampOf(session.expires_at),
    idleMinutes: IDLE_MS / 60_000,
  });
  return async (app) => {
    app.post(
      '/v1/session',
      {
        config: { scope: 'public' },
        schema: {
          summary: '登录 / Sign in',
          description:
            '网关自己的页面用它登录;会话放在 HttpOnly、SameSite=Strict 的 cookie 中。HIS 请用接口密钥。/ For the gateway\u2019s own pages; a HIS uses its key.',
          tags,
          body: SignIn,
          response: { 201: Session, '4xx': Problem },
        },
      },
      async (request, reply) => {
        assertOwnPage(request);
        const { token, session } = await users.signIn(request.body, request.id);
        return reply.code(201).header('set-cookie', cookie(token, request)).send(sessionView(session));
      },
    );

    app.get(
      '/v1/session',
      {
        config: { scope: 'session' },
        schema: {
          summary: '谁在登录 / Who is signed in',
          tags,
          response: { 200: Session, '4xx': Problem },
        },
      },
      async (request) => sessionView(request.session!),
    );

    app.delete(
      '/v1/session',
      {
        config: { scope: 'session' },
        schema: { summary: '退出 / Sign out', tags, response: { 204: Type.Null(), '4xx': Problem } },
      },
      async (request, reply) => {
        assertNoBody(request);
        await users.signOut(request.session!, request.id);
        return reply.code(204).header('set-cookie', cookie('', request)).send(null);
      },
    );

    app.put(
      '/v1/session/password',
      {
        config: { scope: 'session' },
        schema: {
          summary: '换自己的密码 / Change one\u2019s password',
          description: '其他地方的登录随之失效。/ Ends the user\u2019s other sessions.',
          tags,
          body: NewPassword,
          response: { 204: Type.Null(), '4xx': Problem },
        },
      },
      async (request, reply) => {
        await users.changePassword(request.session!, request.body, request.id);
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/v1/users',
      {
        config: { scope: 'user:write', repeatable: 'must' },
        schema: {
          summary: '新建用户 / Create a user',
          tags,
          body: CreateUser,
          response: { 201: User, '4xx': Problem },
        },
      },
      async (request, reply) =>
        idempotency.run(request, reply, async () => {
          const user = await users.create(callerOf(request), request.body);
          reply.header('location', `/v1/users/${user.name}`);
          return { status: 201, body: userView(user) };
        }),
    );

    app.get(
      '/v1/users',
      {
        config: { scope: 'user:read' },
        schema: {
          summary: '用户列表 / The users',
          tags,
          querystring: UserQuery,
          response: { 200: UserPage, '4xx': Problem },
        },
      },
      async (request) => {
        const { after = '', limit = LIMIT_DEFAULT } = request.query;
        const rows = await users.list(after, limit + 1);
        const items = rows.slice(0, limit).map(userView);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return last ? { items, next: last.name } : { items };
      },
    );

    app.get(
      '/v1/users/:name',
      {
        config: { scope: 'user:read' },
        schema: {
          summary: '一名用户 / One user',
          tags,
          params: ByName,
          response: { 200: User, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const user = await users.get(request.params.name);
        reply.header('etag', etagOf(user.version));
        return userView(user);
      },
    );

    app.patch(
      '/v1/users/:name',
      {
        config: { scope: 'user:write', versioned: 'may' },
        schema: {
          summary: '修改用户:岗位、停用、重设密码 / Change a user: roles, state, a new password',
          description:
            '停用或重设密码后,这名用户在各处的登录立即失效。/ Disabling, or setting a password, ends the user\u2019s sessions at once.',
          tags,
          params: ByName,
          body: ChangeUser,
          response: { 200: User, '4xx': Problem },
        },
      },
      async (request, reply) => {
        const { name } = request.params;
        const user = await users.change(callerOf(request), name, versionOf(request), request.body);
        reply.header('etag', etagOf(user.version));
        return userView(user);
      },
    );
  };
}

function userView(user: UserRow) {
  return {
    name: user.name,
    displayName: user.display_name,
    roles: rolesOf(user),
    state: user.state,
    mustChangePassword: user.must_change === 1,
    version: user.version,
    createdAt: timestampOf(user.created_at),
    updatedAt: timestampOf(user.updated_at),
  };
}
