import { readFileSync } from 'node:fs';
import t from 'tap';
import { Fault } from '../../src/errors.ts';
import type { ResidentIdProfile, SocialSecurityProfile } from '../../src/sandbox/cards/cards.ts';
import { loadProfiles, virtualCardOf, virtualResidentIdOf } from '../../src/sandbox/cards/cards.ts';
import { LOG_FOLDER, SAMPLE_NAME, SAMPLE_NUMBER } from '../helper.ts';
import { identityWorld } from './identity-world.ts';
import { HEALTH_CODE, INSURANCE_CODE, numberWith, OLD_SAMPLE_NUMBER } from './numbers.ts';
import { IssuerInTest, sampleAnswer } from './scanner.ts';
import { settle } from './timers.ts';

const profiles = loadProfiles();
const chip = (id: string) => virtualCardOf(profiles.get(id) as SocialSecurityProfile);
const residentId = () => virtualResidentIdOf(profiles.get('resident-id') as ResidentIdProfile);
const OTHER_NUMBER = numberWith({ order: '113' });

t.test('a typed number is a reading, with what the number says of its holder', async (t) => {
  const { take, call, auditRows, events } = await identityWorld(t);
  const { status, body } = await take({ code: ` ${SAMPLE_NUMBER}\r\n`, name: ' 张三 ' });
  t.equal(status, 201);
  t.match(body, {
    kind: 'typed',
    holder: 'read',
    verifiedBy: 'nobody',
    assurance: 'typed',
    identity: {
      documentType: 'resident-id',
      documentNumber: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: 'male',
      birthDate: '1981-01-01',
    },
    notes: [],
    validUntil: '2026-03-02T21:00:00.000+08:00',
  });
  t.notOk('readerId' in body);
  t.strictSame((await call('GET', `/v1/readings/${body.id}`)).body, body);
  t.match(await auditRows(), [
    { act: 'create', subject: body.id, client: 'his', detail: { reader: '-', document: 'typed' } },
    { act: 'read', subject: body.id },
  ]);
  t.match(events.since(0).at(-1), {
    type: 'reading.made',
    subject: '-',
    data: { readingId: body.id, kind: 'typed' },
  });
});

t.test('what the clerk says otherwise is noted, and an old number made new', async (t) => {
  const { take } = await identityWorld(t);
  const old = await take({ code: OLD_SAMPLE_NUMBER, name: SAMPLE_NAME });
  t.match(old.body, { identity: { documentNumber: SAMPLE_NUMBER }, notes: ['old-number'] });
  const other = await take({
    code: SAMPLE_NUMBER,
    name: SAMPLE_NAME,
    sex: 'female',
    birthDate: '1981-01-02',
  });
  t.match(other.body, {
    identity: { sex: 'female', birthDate: '1981-01-02' },
    notes: ['birth-date-differs', 'sex-differs'],
  });
  const passport = await take({ code: 'e00000001', name: '样例乙', sex: 'female', birthDate: '1975-06-15' });
  t.match(passport.body.identity, { documentType: 'passport', documentNumber: 'E00000001', sex: 'female' });
  const card = await take({ code: 'x00000027', name: SAMPLE_NAME });
  t.match(card.body.identity, {
    documentType: 'other',
    documentNumber: 'X00000027',
    cardNumber: 'X00000027',
  });
});

t.test('what is no number is told apart, and never repeated', async (t) => {
  const { take } = await identityWorld(t);
  const wrong = SAMPLE_NUMBER.replace(/0$/, '1');
  const cases: [body: object, status: number, code: string, pointer: string][] = [
    [{ code: wrong, name: SAMPLE_NAME }, 422, 'code.number', '/body/code'],
    [{ code: 'https://example.org/张三', name: SAMPLE_NAME }, 422, 'code.unknown', '/body/code'],
    [{ code: 'A'.repeat(32), name: SAMPLE_NAME }, 422, 'code.unknown', '/body/code'],
    [{ code: SAMPLE_NUMBER }, 400, 'request.invalid', '/body/name'],
    [{ code: SAMPLE_NUMBER, name: '\u0007  ' }, 400, 'request.invalid', '/body/name'],
    [{ code: '' }, 400, 'request.invalid', '/body/code'],
    [{ code: '1'.repeat(201) }, 400, 'request.invalid', '/body/code'],
    [{ name: SAMPLE_NAME }, 400, 'request.invalid', '/body/code'],
    [
      { code: SAMPLE_NUMBER, name: SAMPLE_NAME, businessType: '1' },
      400,
      'request.invalid',
      '/body/businessType',
    ],
    [{ code: SAMPLE_NUMBER, name: SAMPLE_NAME, more: 1 }, 400, 'request.invalid', '/body/more'],
  ];
  for (const [body, status, code, pointer] of cases) {
    const answer = await take(body);
    t.match(answer, { status, body: { code, pointer } }, JSON.stringify(body));
    t.match(answer.headers['content-type'], /problem\+json/);
    t.notMatch(answer.text, new RegExp(`${wrong}|${SAMPLE_NUMBER}|张三|example`), 'nothing of it is echoed');
  }
});

t.test('typed numbers are refused where the county does not allow them, codes are not', async (t) => {
  const rules = { expired: 'note', blocked: 'note', revoked: 'note', typed: 'refuse' } as const;
  const { take } = await identityWorld(t, { rules, verifiers: [new IssuerInTest('insurance-code')] });
  t.match(await take({ code: SAMPLE_NUMBER, name: SAMPLE_NAME }), {
    status: 422,
    body: { code: 'code.typed-refused' },
  });
  t.equal((await take({ code: INSURANCE_CODE })).status, 201);
});

t.test('the number of a card reported lost is not taken from the keyboard either', async (t) => {
  const revocations = { has: (numbers: readonly string[]) => numbers.includes('X00000027') };
  const { take } = await identityWorld(t, { revocations });
  const lost = { code: 'X00000027', name: SAMPLE_NAME };
  t.match(await take(lost), { status: 422, body: { code: 'card.revoked' } });
  t.equal((await take({ ...lost, code: 'X00000019' })).status, 201);
});

t.test('a code becomes the reading its issuer makes of it', async (t) => {
  const insurer = new IssuerInTest('insurance-code', { insuranceCodeToken: '111111ecsample' });
  const health = new IssuerInTest('health-code', { verifiedBy: 'health-code-service' });
  const { take, auditRows } = await identityWorld(t, { verifiers: [insurer, health] });
  const insured = await take({ code: `${INSURANCE_CODE}\r\n`, businessType: '01301' });
  t.match(insured, {
    status: 201,
    body: {
      kind: 'insurance-code',
      verifiedBy: 'insurer',
      assurance: 'code-verified',
      identity: {
        documentNumber: SAMPLE_NUMBER,
        name: SAMPLE_NAME,
        sex: 'male',
        birthDate: '1981-01-01',
        insuranceCodeToken: '111111ecsample',
      },
      notes: [],
    },
  });
  t.match(insurer.asked, [
    { code: INSURANCE_CODE, context: { businessType: '01301', client: 'his', requestId: String } },
  ]);
  t.match(await take({ code: HEALTH_CODE }), {
    status: 201,
    body: { kind: 'health-code', verifiedBy: 'health-code-service', assurance: 'code-verified' },
  });
  t.match(health.asked, [{ code: HEALTH_CODE, context: { businessType: '01101' } }]);
  t.match(await auditRows(), [
    { act: 'create', detail: { reader: '-', document: 'insurance-code' } },
    { act: 'create', detail: { reader: '-', document: 'health-code' } },
  ]);
});

t.test('what an issuer leaves out is taken from the number, and what does not fit is noted', async (t) => {
  const issuer = new IssuerInTest('insurance-code');
  const { take } = await identityWorld(t, { verifiers: [issuer] });
  const answering = async (holder: Partial<typeof sampleAnswer.holder>) => {
    issuer.answer = async () => ({ ...sampleAnswer, holder: { ...sampleAnswer.holder, ...holder } });
    return take({ code: INSURANCE_CODE });
  };
  t.match((await answering({ sex: '', birthDate: 'null' })).body, {
    identity: { sex: 'male', birthDate: '1981-01-01' },
    notes: [],
  });
  t.match((await answering({ number: OLD_SAMPLE_NUMBER, sex: '' })).body, {
    identity: { documentNumber: SAMPLE_NUMBER, sex: 'male' },
    notes: ['old-number'],
  });
  t.match((await answering({ sex: '2' })).body.notes, ['sex-differs']);
  for (const nobody of [{ name: '' }, { number: '' }, { number: '111***********1110' }]) {
    t.match(await answering(nobody), { status: 422, body: { code: 'code.refused' } });
  }
});

t.test('the caller’s own words are held against what the issuer says', async (t) => {
  const { take } = await identityWorld(t, { verifiers: [new IssuerInTest('insurance-code')] });
  t.equal((await take({ code: INSURANCE_CODE, name: '张 三', sex: 'male' })).status, 201);
  const other = await take({ code: INSURANCE_CODE, name: '李四' });
  t.match(other, { status: 422, body: { code: 'identity.differs', facts: { fields: 'name' } } });
  t.notMatch(other.text, /张三|李四/);
});

t.test('without an issuer, or when he is silent, a code is no reading', async (t) => {
  const issuer = new IssuerInTest('insurance-code');
  const { take, timers } = await identityWorld(t, { verifiers: [issuer] });
  t.match(await take({ code: HEALTH_CODE }), {
    status: 422,
    body: { code: 'code.unsupported', facts: { kind: 'health-code' } },
  });
  issuer.answer = () => new Promise(() => {});
  const waiting = take({ code: INSURANCE_CODE });
  await settle();
  const { signal } = issuer.asked[0]!.context;
  await timers.advance(15_000);
  t.match(await waiting, { status: 503, body: { code: 'code.unreachable' } });
  t.ok(signal.aborted, 'the issuer is no longer asked');
  issuer.answer = async () => {
    throw new Fault('code.refused', { facts: { answer: '-1' } });
  };
  t.match(await take({ code: INSURANCE_CODE }), { status: 422, body: { code: 'code.refused' } });
});

t.test('with an Idempotency-Key a repeat gets the first reading, and the issuer is asked once', async (t) => {
  const issuer = new IssuerInTest('insurance-code');
  const { take } = await identityWorld(t, { verifiers: [issuer] });
  const headers = { 'idempotency-key': 'code-of-visit-1' };
  const first = await take({ code: INSURANCE_CODE }, headers);
  const second = await take({ code: INSURANCE_CODE }, headers);
  t.equal(first.status, 201);
  t.strictSame(second.body, first.body);
  t.equal(issuer.asked.length, 1);
  t.match(await take({ code: HEALTH_CODE }, headers), { status: 422, body: { code: 'request.key-reused' } });
});

t.test(
  'a code before a reader’s window is read, and the reader free while its issuer is asked',
  async (t) => {
    const issuer = new IssuerInTest('insurance-code');
    const { read, codes, pool, auditRows, events } = await identityWorld(t, { verifiers: [issuer] });
    const accept = ['insurance-code', 'health-code', 'social-security-card'];
    let answer = () => {};
    issuer.answer = () =>
      new Promise((resolve) => {
        answer = () => resolve(sampleAnswer);
      });
    codes.code = INSURANCE_CODE;
    const reading = read({ accept, businessType: '01302' });
    await settle();
    t.equal(pool.status('desk-1').state, 'ready');
    answer();
    const { status, body } = await reading;
    t.equal(status, 201);
    t.match(body, { readerId: 'desk-1', kind: 'insurance-code', assurance: 'code-verified' });
    t.match(issuer.asked, [{ code: INSURANCE_CODE, context: { businessType: '01302' } }]);
    t.match(await auditRows(), [{ act: 'create', subject: body.id, detail: { reader: 'desk-1' } }]);
    t.match(events.since(0).at(-1), { type: 'reading.made', subject: 'desk-1' });
    codes.code = HEALTH_CODE;
    t.match(await read({ accept }), { status: 422, body: { code: 'code.unsupported' } });
  },
);

t.test('a scanner sees other codes too: they are sent to nobody', async (t) => {
  const issuer = new IssuerInTest('health-code', { verifiedBy: 'health-code-service' });
  const { read, codes } = await identityWorld(t, { verifiers: [issuer] });
  for (const code of ['134567890123456789', 'https://example.org/pay', SAMPLE_NUMBER.replace(/0$/, '1')]) {
    codes.code = code;
    const answer = await read({ accept: ['health-code'] });
    t.match(answer, { status: 422, body: { code: 'code.unknown' } });
    t.notMatch(answer.text, new RegExp(code));
  }
  t.same(issuer.asked, []);
});

t.test('cards out of use are noted or refused as the rules say', async (t) => {
  const lost = new Set(['X00000027']);
  const revocations = { has: (numbers: readonly string[]) => numbers.some((number) => lost.has(number)) };
  const note = { expired: 'note', blocked: 'note', revoked: 'note', typed: 'accept' } as const;
  const accept = ['social-security-card', 'resident-id-card'];

  const lenient = await identityWorld(t, { rules: note, revocations });
  lenient.driver.slot.insert(chip('social-security-v2'));
  t.match(await lenient.read({ accept }), { status: 201, body: { notes: ['revoked'] } });
  lenient.clock.advance(20 * 365 * 86_400_000);
  t.match(await lenient.read({ accept }), { status: 201, body: { notes: ['expired', 'revoked'] } });

  const strict = await identityWorld(t, {
    rules: { ...note, expired: 'refuse', revoked: 'refuse' },
    revocations,
  });
  strict.driver.slot.insert(chip('social-security-v2'));
  const refused = await strict.read({ accept });
  t.match(refused, { status: 422, body: { code: 'card.revoked' } });
  t.notMatch(refused.text, /X00000027/);
  lost.clear();
  t.equal((await strict.read({ accept })).status, 201);
  strict.clock.advance(20 * 365 * 86_400_000);
  t.match(await strict.read({ accept }), { status: 422, body: { code: 'card.expired' } });
  strict.driver.slot.insert(undefined);
  strict.driver.module.lay(residentId());
  t.match(await strict.read({ accept }), { status: 422, body: { code: 'card.expired' } });
  t.same(
    (await strict.auditRows()).map(({ act }: { act: string }) => act),
    ['create'],
    'what was refused is no reading',
  );
});

t.test('two documents of one person are one identity', async (t) => {
  const { driver, read, take, call, auditRows } = await identityWorld(t);
  driver.slot.insert(chip('social-security-v2'));
  const card = (await read({ accept: ['social-security-card'] })).body;
  driver.module.lay(residentId());
  const document = (await read({ accept: ['resident-id-card'] })).body;
  const typed = (await take({ code: OLD_SAMPLE_NUMBER, name: '张　三' })).body;
  const readingIds = [typed.id, card.id, document.id];
  const { status, body } = await call('POST', '/v1/identities', { readingIds });
  t.equal(status, 200);
  t.strictSame(body, {
    identity: {
      documentType: 'resident-id',
      documentNumber: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: 'male',
      birthDate: '1981-01-01',
      cardId: card.identity.cardId,
      cardNumber: 'X00000027',
    },
    assurance: 'chip-authenticated',
    verifiedBy: 'sam',
    readings: readingIds,
    differences: [],
  });
  const uses = (await auditRows()).filter(({ act }: { act: string }) => act === 'use');
  t.same(
    uses.map(({ subject }: { subject: string }) => subject),
    readingIds,
    'each look is on the audit trail',
  );
});

t.test('documents of two persons are none, and whose they are is not told', async (t) => {
  const { take, call, driver, read } = await identityWorld(t);
  const one = (await take({ code: SAMPLE_NUMBER, name: SAMPLE_NAME })).body;
  const other = (await take({ code: OTHER_NUMBER, name: '李四' })).body;
  const answer = await call('POST', '/v1/identities', { readingIds: [one.id, other.id] });
  t.match(answer, { status: 422, body: { code: 'identity.differs', facts: { fields: 'number,name' } } });
  t.notMatch(answer.text, new RegExp(`${SAMPLE_NUMBER}|${OTHER_NUMBER}|张三|李四`));
  driver.slot.insert(chip('social-security-v3'));
  const locked = (await read({ accept: ['social-security-card'], holder: 'if-readable' })).body;
  const cases: [readingIds: unknown, status: number, code: string][] = [
    [[one.id, 'nothing'], 404, 'reading.not-found'],
    [[one.id, locked.id], 422, 'card.locked-data'],
    [[], 400, 'request.invalid'],
    [[one.id, one.id], 400, 'request.invalid'],
    [['a', 'b', 'c', 'd', 'e'], 400, 'request.invalid'],
    [one.id, 400, 'request.invalid'],
  ];
  for (const [readingIds, status, code] of cases)
    t.match(await call('POST', '/v1/identities', { readingIds }), { status, body: { code } }, code);
});

t.test('only those who may', async (t) => {
  const { take, call, console } = await identityWorld(t);
  const headers = { authorization: `Bearer ${console.key}` };
  t.equal((await take({ code: SAMPLE_NUMBER, name: SAMPLE_NAME }, headers)).status, 403);
  t.equal((await call('POST', '/v1/identities', { readingIds: ['x'] }, headers)).status, 403);
  t.equal((await take({ code: SAMPLE_NUMBER }, { authorization: '' })).status, 401);
});

t.test('neither the log, nor the disk, nor the events hold a code, a token or a number', async (t) => {
  const token = '111111ec-sample-token';
  const { take, file, events, audit } = await identityWorld(t, {
    verifiers: [new IssuerInTest('insurance-code', { insuranceCodeToken: token })],
  });
  await take({ code: INSURANCE_CODE });
  await take({ code: SAMPLE_NUMBER, name: SAMPLE_NAME }, { 'idempotency-key': `key-${SAMPLE_NUMBER}` });
  await take({ code: HEALTH_CODE });
  await take({ code: SAMPLE_NUMBER.replace(/0$/, '1'), name: SAMPLE_NAME });
  const log = readFileSync(`${LOG_FOLDER}/${process.pid}.log`);
  t.ok(log.includes('/v1/readings'), 'the requests are logged');
  const disk = Buffer.concat([file, `${file}-wal`].map((path) => readFileSync(path)));
  const told = Buffer.from(JSON.stringify(events.since(0)));
  for (const secret of [
    INSURANCE_CODE,
    HEALTH_CODE,
    token,
    SAMPLE_NUMBER,
    SAMPLE_NUMBER.slice(0, 17),
    SAMPLE_NAME,
  ])
    for (const bytes of [log, disk, told]) t.notOk(bytes.includes(secret));
  t.strictSame(await audit.verify(), []);
});
