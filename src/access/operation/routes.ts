import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Problem } from '../../../schemas/common.ts';
import { ClientList, ConfigurationInForce, RoleList } from '../../../schemas/operation.ts';
import { ROLES } from '../../../schemas/user-words.ts';
import type { Scope } from '../clients.ts';
import { SCOPES_OF } from '../users/roles.ts';
import { shownConfiguration } from './configuration.ts';

export interface OperationParts {
  /** What the gateway was started with, defaults and all. */
  readonly configuration: {
    readonly clients: readonly { readonly id: string; readonly scopes: readonly Scope[] }[];
  };
  readonly version: string;
}

const tags = ['运行 Operations'];
const config = { scope: 'operation:read' } as const;

/** What an operator may know of how the gateway is set up: its configuration without secrets, clients and roles. */
export function operationRoutes({ configuration, version }: OperationParts): FastifyPluginAsyncTypebox {
  const shown = { version, configuration: shownConfiguration(configuration) };
  return async (app) => {
    app.get(
      '/v1/configuration',
      {
        config,
        schema: {
          summary: '生效的配置,密钥已隐去 / The configuration in force, without its secrets',
          description:
            '只读。密钥只显示从哪里读取(file、env);密钥的散列、地址中的口令和参数、自定义字段的值不显示。/ Reads only. Of a secret only where it is found is shown.',
          tags,
          response: { 200: ConfigurationInForce, '4xx': Problem },
        },
      },
      async () => shown,
    );

    app.get(
      '/v1/clients',
      {
        config,
        schema: {
          summary: '接口客户端及其权限 / API clients and what each may do',
          tags,
          response: { 200: ClientList, '4xx': Problem },
        },
      },
      async () => ({ items: configuration.clients.map(({ id, scopes }) => ({ id, scopes: [...scopes] })) }),
    );

    app.get(
      '/v1/roles',
      {
        config,
        schema: {
          summary: '岗位及其权限 / Roles and what each may do',
          tags,
          response: { 200: RoleList, '4xx': Problem },
        },
      },
      async () => ({ items: ROLES.map((role) => ({ role, scopes: [...SCOPES_OF[role]] })) }),
    );
  };
}
