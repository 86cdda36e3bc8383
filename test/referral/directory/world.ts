import type { OrganisationRecord } from '../../../schemas/directory.ts';
import { ClientDirectory, newKey, SCOPES } from '../../../src/access/clients.ts';
import type { Timers } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import { buildGateway } from '../../../src/gateway.ts';
import { directoryRoutes } from '../../../src/referral/directory/routes.ts';
import { type DirectoryParts, DirectoryService } from '../../../src/referral/directory/service.ts';
import { testParts } from '../../helper.ts';

/** No timer rings unless a test has it ring. */
export const still: Timers = { start: () => () => undefined };

export const own = { code: 'CLINIC0001', name: '前进村卫生室', level: 'village' } as const;
export const town = { code: 'TOWNSHIP01', name: '示范镇卫生院', level: 'township' } as const;
export const county = { code: 'HOSPITAL01', name: '示范县人民医院', level: 'county' } as const;
export const linkTo = (url: string) => ({ kind: 'http' as const, url, secret: { env: 'LINK' } });

/** A directory on a store of its own, with its HTTP face. */
export async function world(
  t: Parameters<typeof testParts>[0],
  options: Partial<DirectoryParts> & { readonly starts?: boolean } = {},
) {
  const made = await testParts(t);
  const directory = new DirectoryService({
    ...made,
    timers: still,
    own,
    configured: [],
    checkLink: (record) => {
      if (record.link && 'env' in record.link.secret && record.link.secret.env !== 'LINK')
        throw new Fault('organisation.link', { pointer: '/body/link/secret' });
    },
    ...options,
  });
  if (options.starts !== false) await directory.start();
  t.teardown(() => directory.stop());
  const { key, hash } = newKey('admin');
  const his = newKey('his');
  const app = await buildGateway({
    logger: made.logger,
    ids: made.ids,
    clients: new ClientDirectory([
      { id: 'admin', keyHash: hash, scopes: new Set(SCOPES) },
      { id: 'his', keyHash: his.hash, scopes: new Set(['referral:read'] as const) },
    ]),
    requestsPerMinuteMax: 1_000_000,
    sandbox: false,
    version: 'test',
    features: [directoryRoutes(directory)],
  });
  t.teardown(() => app.close());

  async function call(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) {
    const answer = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body ? { payload: body } : {}),
    });
    return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
  }
  const put = (record: Partial<OrganisationRecord>, version?: number) =>
    call(
      'PUT',
      `/v1/organisations/${record.code}`,
      record,
      version === undefined ? {} : { 'if-match': `"${version}"` },
    );
  return {
    ...made,
    ...(options.store ? { store: options.store } : {}),
    directory,
    app,
    call,
    put,
    hisKey: his.key,
  };
}
