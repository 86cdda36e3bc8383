import Type, { type Static } from 'typebox';
import { SCOPES } from '../src/access/clients.ts';
import { OneOf, PageQuery, Strict, Text, Timestamp } from './common.ts';
import { ROLES } from './user-words.ts';

const Roles = Type.Array(
  OneOf(ROLES, { description: '岗位:挂号收费、医生、转诊中心、财务、运维、审计 / role' }),
  { minItems: 1, maxItems: ROLES.length, uniqueItems: true },
);

export const UserName = Type.String({
  pattern: '^[a-z][a-z0-9._-]{1,31}$',
  description: '登录名,小写字母开头 / name to sign in with',
});

const Password = Type.String({ minLength: 1, maxLength: 128 });
const DisplayName = Text(40, '姓名或工位 / who it is, as shown');

export const CreateUser = Strict({
  name: UserName,
  displayName: DisplayName,
  roles: Roles,
  password: Type.String({
    minLength: 1,
    maxLength: 128,
    description:
      '初始密码,至少 10 位;第一次登录必须更换 / first password; has to be changed at the first sign-in',
  }),
  mustChangePassword: Type.Optional(
    Type.Boolean({ default: true, description: '第一次登录是否必须换密码 / whether it has to be changed' }),
  ),
});
export type CreateUser = Static<typeof CreateUser>;

export const ChangeUser = Type.Object(
  {
    displayName: Type.Optional(DisplayName),
    roles: Type.Optional(Roles),
    state: Type.Optional(OneOf(['active', 'disabled'])),
    password: Type.Optional(Password),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type ChangeUser = Static<typeof ChangeUser>;

const about = {
  name: UserName,
  displayName: DisplayName,
  roles: Roles,
};

export const User = Strict({
  ...about,
  state: OneOf(['active', 'disabled']),
  mustChangePassword: Type.Boolean(),
  version: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type User = Static<typeof User>;

export const UserPage = Strict({ items: Type.Array(User), next: Type.Optional(Type.String()) });
export const UserQuery = Strict(PageQuery);

export const SignIn = Strict({ name: Type.String({ minLength: 1, maxLength: 64 }), password: Password });
export type SignIn = Static<typeof SignIn>;

export const NewPassword = Strict({ oldPassword: Password, newPassword: Password });
export type NewPassword = Static<typeof NewPassword>;

export const Session = Strict({
  ...about,
  scopes: Type.Array(OneOf(SCOPES)),
  mustChangePassword: Type.Boolean(),
  expiresAt: Timestamp,
  idleMinutes: Type.Integer(),
});
export type Session = Static<typeof Session>;
