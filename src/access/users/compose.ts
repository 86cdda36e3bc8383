import type { FastifyPluginAsync } from 'fastify';
import type { Idempotency } from '../../http/idempotency.ts';
import { type Cost, Passwords } from './passwords.ts';
import { userRoutes } from './routes.ts';
import { type UserParts, UserService } from './service.ts';

/** People who sign in at the pages. */
export interface People {
  readonly users: UserService;
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  routes(idempotency: Idempotency): FastifyPluginAsync;
}

export function composePeople(
  parts: Omit<UserParts, 'passwords'>,
  {
    https = false,
    passwordCost,
  }: { readonly https?: boolean | undefined; readonly passwordCost?: Cost | undefined },
): People {
  const users = new UserService({ ...parts, passwords: new Passwords(passwordCost) });
  return {
    users,
    chores: { 'ended sessions': () => users.expire() },
    routes: (idempotency) => userRoutes({ users, idempotency, https }),
  };
}
