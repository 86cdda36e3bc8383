import t from 'tap';
import { startVirtualHealthCodes } from '../../../src/sandbox/health-code/server.ts';

const PATH = '/rest/auth/HealthCard/HealthOpenPlatform/ISVOpenObj/verifyQRCode';

t.test('the virtual platform says what it is, and survives whatever is sent to it', async (t) => {
  const virtual = await startVirtualHealthCodes({ port: 0, appId: 'sandbox', secret: 's' });
  t.teardown(() => virtual.close());
  const send = (body: string, path = PATH, method = 'POST') =>
    fetch(virtual.url + path, { method, ...(method === 'POST' ? { body } : {}) });
  t.match(new URL(virtual.url).hostname, '127.0.0.1');
  for (const body of ['', '{', 'null', '[]', '7', '{"commonIn":7,"req":null}', 'x'.repeat(1024 * 1024 + 1)]) {
    const answer = await send(body);
    t.equal(answer.headers.get('x-yikatong-sandbox'), '1');
    t.match(await answer.json(), { commonOut: { resultCode: 1002 } }, body.slice(0, 20));
  }
  t.equal((await send('{}', '/other')).status, 404);
  t.equal((await send('', PATH, 'GET')).status, 404);
});
