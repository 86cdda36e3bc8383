import t from 'tap';
import { fileRoutes } from '../../../src/card/files/routes.ts';
import { FileService } from '../../../src/card/files/service.ts';
import { Fault } from '../../../src/errors.ts';
import {
  type HealthCardProfile,
  loadProfiles,
  type SocialSecurityProfile,
  virtualCardOf,
} from '../../../src/sandbox/cards/cards.ts';
import { query } from '../../../src/store/query.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { gatewayWith, logged } from '../gateway.ts';

const full = loadProfiles().get('social-security-v2-full') as SocialSecurityProfile;
const health = loadProfiles().get('health-card') as HealthCardProfile;
const FILES = 'desk-1/files';

const trail = query<object, { act: string; kind: string; subject: string; detail: string }>(
  'test.trail',
  (db) => db.selectFrom('audit').select(['act', 'kind', 'subject', 'detail']).orderBy('seq'),
);

/** A gateway that shows cards the PIN 123456, as one with a PSAM would show them a cryptogram. */
async function desk(t: Parameters<typeof gatewayWith>[0], admit?: (cardId: string) => void) {
  const gateway = await gatewayWith(t, ({ idempotency, ...parts }) => [
    fileRoutes({
      idempotency,
      files: new FileService({
        ...parts,
        admit,
        authenticate:
          (readerId, { slot }) =>
          async ({ purpose }) => {
            await slot.transmit(Buffer.from('0020000003123456', 'hex'), 1_000);
            return readerId === 'desk-1' && purpose === 'write';
          },
      }),
    }),
  ]);
  gateway.driver.slot.insert(virtualCardOf(full));
  return gateway;
}

const read = (fileAddress: string, more: object = {}) => ({ fileAddress, timeoutMs: 0, ...more });
const write = (fileAddress: string, values: string[], more: object = {}) => ({
  ...read(fileAddress),
  values,
  cardId: full.cardId,
  ...more,
});
let keys = 0;
const fresh = () => ({ 'idempotency-key': `writing-${++keys}-of-files` });

t.test('a card reported lost gives no files, and is not written', async (t) => {
  const { call, driver } = await desk(t, (cardId) => {
    if (cardId === full.cardId) throw new Fault('card.revoked');
  });
  const refused = { status: 422, body: { code: 'card.revoked' } };
  const answer = await call('POST', FILES, read('SSSEEF06|08|09|$'));
  t.match(answer, refused);
  t.notMatch(JSON.stringify(answer.body), new RegExp(`${SAMPLE_NAME}|${SAMPLE_NUMBER}`));
  driver.slot.commands.length = 0;
  t.match(await call('PUT', FILES, write('DF01EF05|2E|$', ['1']), fresh()), refused);
  t.strictSame(driver.slot.commands, []);
});

t.test('files are read by their addresses, as JSON and as the string of LD/T 33', async (t) => {
  const { call } = await desk(t);
  const { status, body } = await call('POST', FILES, read('SSSEEF05|06|07|$SSSEEF06|08|09|$DF04EF06|92|$'));
  t.equal(status, 200);
  t.strictSame(body, {
    cardId: full.cardId,
    files: [
      {
        file: 'SSSEEF05',
        items: [
          { tag: '06', name: '卡有效期', value: '20360919' },
          { tag: '07', name: '卡号', value: 'X00000051' },
        ],
      },
      {
        file: 'SSSEEF06',
        items: [
          { tag: '08', name: '社会保障号码', value: SAMPLE_NUMBER },
          { tag: '09', name: '姓名', value: SAMPLE_NAME },
        ],
      },
      { file: 'DF04EF06', items: [{ tag: '92', name: '个人账户余额', value: '123.45' }] },
    ],
    text: `SSSEEF05|20360919|X00000051|$SSSEEF06|${SAMPLE_NUMBER}|${SAMPLE_NAME}|$DF04EF06|123.45|$`,
  });
});

t.test('a health card is read the same way, and its errors have its own codes', async (t) => {
  const { call, driver } = await desk(t);
  driver.slot.insert(virtualCardOf(health));
  t.match(await call('POST', FILES, read('DDF1EF06|0B|$', { card: 'health-card' })), {
    status: 200,
    body: { cardId: health.cardNumber, text: `DDF1EF06|${SAMPLE_NAME}|$` },
  });
  t.match(await call('POST', FILES, read('DF02EF06|38|$', { card: 'health-card' })), {
    status: 422,
    body: { code: 'card.file-not-found', facts: { file: 'DF02EF06', irv: 102 } },
  });
  t.match(await call('POST', FILES, read('SSSEEF05$')), { status: 422, body: { code: 'card.unknown' } });
});

t.test('what is wrong with an address is told where it is wrong', async (t) => {
  const { call, driver } = await desk(t);
  for (const [body, status, code, pointer] of [
    [read('SSSEEF05|1|$'), 400, 'request.invalid', '/body/fileAddress'],
    [read('SSSE;EF05'), 400, 'request.invalid', '/body/fileAddress'],
    [read('SSSEEF05$', { card: 'bank-card' }), 400, 'request.invalid', '/body/card'],
    [read('SSSEEF05$', { pin: '1' }), 400, 'request.invalid', '/body/pin'],
    [read('DF0AEF05|01|$'), 422, 'card.file-not-found', undefined],
    [read('SSSEEF05$', { cardId: '0'.repeat(32) }), 422, 'card.other', undefined],
  ] as const) {
    const answer = await call('POST', FILES, body);
    t.match(answer, { status, body: { code, ...(pointer ? { pointer } : {}) } }, JSON.stringify(body));
  }
  t.match(await call('POST', FILES, read('SSSEEF05$'), {}, 'none'), { status: 403 });
  driver.slot.insert(undefined);
  t.match(await call('POST', FILES, read('SSSEEF05$')), { status: 408, body: { code: 'card.none' } });
});

t.test('items are written, once however often it is asked, and read back', async (t) => {
  const { call, driver } = await desk(t);
  const headers = fresh();
  const body = write('SSSEEF05|05|$DF01EF06|28|$', ['20260302', '11111111']);
  const first = await call('PUT', FILES, body, headers);
  t.match(first, { status: 200, body: { cardId: full.cardId, written: 2 } });
  const commands = driver.slot.commands.length;
  t.strictSame((await call('PUT', FILES, body, headers)).body, first.body);
  t.equal(driver.slot.commands.length, commands, 'the card is left alone');
  t.match(await call('PUT', FILES, body, fresh()), { body: { written: 0 } });
  t.match(await call('POST', FILES, read('SSSEEF05|05|$DF01EF06|28|$')), {
    body: { text: 'SSSEEF05|20260302|$DF01EF06|11111111|$' },
  });
});

t.test('a writing names its card, has a key, and fits', async (t) => {
  const { call } = await desk(t);
  const good = write('SSSEEF05|05|$', ['20260302']);
  t.match(await call('PUT', FILES, good), { status: 400, body: { code: 'request.key-missing' } });
  const { cardId: _, ...nameless } = good;
  t.match(await call('PUT', FILES, nameless, fresh()), { status: 400, body: { pointer: '/body/cardId' } });
  t.match(await call('PUT', FILES, { ...good, cardId: '0'.repeat(32) }, fresh()), {
    body: { code: 'card.other' },
  });
  t.match(await call('PUT', FILES, { ...good, values: ['2026-03-02'] }, fresh()), {
    status: 400,
    body: { code: 'request.invalid', pointer: '/body/values/0' },
  });
  t.match(await call('PUT', FILES, { ...good, values: [] }, fresh()), { body: { pointer: '/body/values' } });
  t.match(await call('PUT', FILES, good, fresh(), 'none'), { status: 403 });
  t.match(await call('POST', FILES, read('SSSEEF05|05|$')), { body: { text: 'SSSEEF05|20160919|$' } });
});

t.test('a card that went away in the middle may be written again under the same key', async (t) => {
  const { call, driver } = await desk(t);
  const headers = fresh();
  const body = write('SSSEEF05|05|$', ['20260302']);
  driver.slot.insert(undefined);
  t.match(await call('PUT', FILES, body, headers), { status: 408, body: { code: 'card.none' } });
  driver.slot.insert(virtualCardOf(full));
  t.match(await call('PUT', FILES, body, headers), { status: 200, body: { written: 1 } });
});

t.test('each look and each writing is on the audit trail, and no value is in it or in the log', async (t) => {
  const { call, store, audit } = await desk(t);
  await call('POST', FILES, read('SSSEEF06|08|09|$SSSEEF05|07|$'));
  await call('PUT', FILES, write('DF01EF06|28|$', ['77777777']), fresh());
  await call('PUT', FILES, write('DF01EF06|28|$', ['张三的电话']), fresh());
  const rows = await store.all(trail, {});
  t.match(
    rows.map(({ act, kind, detail }) => [act, kind, JSON.parse(detail)]),
    [
      ['read-files', 'card', { reader: 'desk-1', card: 'social-security-card', files: 'SSSEEF06 SSSEEF05' }],
      ['write-files', 'card', { files: 'DF01EF06' }],
      ['write-files', 'card', {}],
    ],
  );
  t.equal(new Set(rows.map(({ subject }) => subject)).size, 1, 'the same card is known again');
  const everything = JSON.stringify(rows) + logged();
  for (const secret of [SAMPLE_NUMBER, SAMPLE_NAME, '77777777', '张三的电话', full.cardId, 'X00000051']) {
    t.notOk(everything.includes(secret), secret);
  }
  t.strictSame(await audit.verify(), []);
});
