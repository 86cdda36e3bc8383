import Type, { type Static } from 'typebox';
import { SCOPES } from '../src/access/clients.ts';
import { OneOf, Strict } from './common.ts';
import { ROLES } from './user-words.ts';

const Scopes = Type.Array(OneOf(SCOPES), { description: '权限 / scopes' });

/** A program that calls the gateway; its key is never shown. */
export const ClientList = Strict({ items: Type.Array(Strict({ id: Type.String(), scopes: Scopes })) });

export const RoleList = Strict({ items: Type.Array(Strict({ role: OneOf(ROLES), scopes: Scopes })) });

/** What the gateway was started with, as far as a person may see it. */
export const ConfigurationInForce = Strict({
  version: Type.String(),
  configuration: Type.Unknown({
    description: '与配置文件同样的结构,含默认值 / as in the configuration file, with the defaults',
  }),
});

export type ClientList = Static<typeof ClientList>;
export type RoleList = Static<typeof RoleList>;
