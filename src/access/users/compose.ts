import type { FastifyPluginAsync } from 'fastify';
import type { Idempotency } from '../../http/idempotency.ts';
import type { Scope } from '../clients.ts';
import { type OperationParts, operationRoutes } from '../operation/routes.ts';
import { accessRoutes } from '../routes.ts';
import { type Cost, Passwords } from './passwords.ts';
import { userRoutes } from './routes.ts';
import { type UserParts, UserService } from './service.ts';

/** People who sign in at the pages. */
export interface People {
  readonly users: UserService;
  readonly chores: Readonly<Record<string, () => Promise<unknown>>>;
  /** Their own, the audit trail, and how the gateway is set up. */
  routes(parts: { readonly idempotency: Idempotency } & OperationParts): FastifyPluginAsync[];
}

/** What the sandbox makes easier for people. */
export interface Ease {
  /** What a look at a password costs. */
  readonly passwordCost?: Cost | undefined;
  /** What every user may do besides what the roles say. */
  readonly everybodyMay?: readonly Scope[] | undefined;
}

export function composePeople(
  parts: Omit<UserParts, 'passwords' | 'everybodyMay'>,
  { https = false, passwordCost, everybodyMay }: Ease & { readonly https?: boolean | undefined },
): People {
  const users = new UserService({ ...parts, everybodyMay, passwords: new Passwords(passwordCost) });
  return {
    users,
    chores: { 'ended sessions': () => users.expire() },
    routes: ({ idempotency, ...operation }) => [
      accessRoutes(parts),
      userRoutes({ users, idempotency, https }),
      operationRoutes(operation),
    ],
  };
}
