import type { Texts } from '../words/texts.ts';

/** People who sign in at the pages. */
export const userWords = {
  'user.create': ['新建用户', 'New user'],
  'user.change': ['修改', 'Change'],
  'user.password': ['重设密码', 'New password'],
  'user.disable': ['停用', 'Disable'],
  'user.enable': ['启用', 'Enable'],
  'user.name': ['登录名', 'Name'],
  'user.displayName': ['姓名或工位', 'Shown as'],
  'user.roles': ['岗位', 'Roles'],
  'user.active': ['可用', 'active'],
  'user.disabled': ['已停用', 'disabled'],
  'user.mustChange': ['须更换密码', 'must change the password'],
  'user.firstPassword': ['初始密码', 'First password'],
  'user.firstPasswordHint': [
    '至少 10 位;本人第一次登录时必须更换',
    'At least 10 characters; has to be changed at the first sign-in',
  ],
  'user.nameRule': [
    '小写字母开头,2 到 32 位小写字母、数字、点、横线',
    '2 to 32 of a-z, digits, dot and hyphen, a letter first',
  ],
  'user.displayNameRule': ['请填写姓名或工位', 'Say who it is'],
  'user.rolesRule': ['至少选一个岗位', 'Choose a role at least'],
  'user.passwordRule': ['至少 10 位', 'At least 10 characters'],
  'user.disableHint': [
    '这名用户在各处的登录立即失效,不能再登录;以后可以重新启用。',
    'Ends all sessions of this user at once; nobody can sign in under this name until it is enabled again.',
  ],
  'user.enableHint': ['这名用户可以再次用原密码登录。', 'The user can sign in again with the old password.'],
  'role.reception': ['挂号收费', 'reception'],
  'role.doctor': ['医生', 'doctor'],
  'role.referral-centre': ['转诊中心', 'referral centre'],
  'role.finance': ['医保财务', 'finance'],
  'role.operator': ['运维', 'operator'],
  'role.auditor': ['审计', 'auditor'],
} as const satisfies Texts;
