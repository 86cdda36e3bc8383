import { request } from 'undici';
import { ROLES, type Role } from '../../schemas/user-words.ts';

const NAMES: Readonly<Record<Role, string>> = {
  reception: '收费员(示例)',
  doctor: '医师(示例)',
  'referral-centre': '转诊中心(示例)',
  finance: '财务(示例)',
  operator: '运维(示例)',
  auditor: '审计(示例)',
};

/** Makes one user of each role, called as the role, all with the password that is printed at the start. */
export async function makeUsers(url: string, key: string, password: string): Promise<void> {
  await Promise.all(
    ROLES.map(async (role) => {
      const { statusCode, body } = await request(`${url}/v1/users`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'idempotency-key': `sandbox-user-${role}`,
        },
        body: JSON.stringify({
          ...{ name: role, displayName: NAMES[role], roles: [role], password },
          mustChangePassword: false,
        }),
      });
      const text = await body.text();
      // At a later start they are there already.
      if (statusCode !== 201 && statusCode !== 409)
        throw new Error(`the sandbox's users: ${statusCode} ${text}`);
    }),
  );
}
