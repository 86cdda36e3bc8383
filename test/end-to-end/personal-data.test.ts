import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { pino } from 'pino';
import t from 'tap';
import { Api } from '../../src/sandbox/demo/api.ts';
import { sampleBill } from '../../src/sandbox/demo/bill.ts';
import { cardJourney } from '../../src/sandbox/demo/card-journey.ts';
import { referralJourney } from '../../src/sandbox/demo/referral-journey.ts';
import { Transcript } from '../../src/sandbox/demo/transcript.ts';
import { LOG_FOLDER, SAMPLE_NAME, SAMPLE_NUMBER, temporaryFolder } from '../helper.ts';
import { call, startWorld } from './world.ts';

/** What names the sample person, or says something of them that only their doctors should know. */
const SECRETS = [
  SAMPLE_NAME,
  SAMPLE_NUMBER,
  '原发性高血压',
  '反复头晕三个月',
  '急性上呼吸道感染',
  '000-00000000',
];

/** As it might stand in a file: text of any encoding we touch, and text that was made of such bytes. */
function tracesOf(secret: string): Buffer[] {
  const bytes = [Buffer.from(secret), Buffer.from(secret, 'utf16le'), iconv.encode(secret, 'gbk')];
  const escaped = [...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const texts = [
    ...bytes.flatMap((each) => [each.toString('hex'), each.toString('hex').toUpperCase()]),
    // Base64 of the same bytes looks different at each of the three places it can begin.
    ...[0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
      return text.slice(
        Math.ceil((shift * 4) / 3),
        Math.floor(((shift + Buffer.byteLength(secret)) * 4) / 3),
      );
    }),
    ...(escaped === secret ? [] : [escaped]),
    encodeURIComponent(secret),
  ];
  return [...bytes, ...texts.filter((text) => text.length >= 6).map((text) => Buffer.from(text))];
}

function tracesIn(file: string): string[] {
  const content = readFileSync(file);
  return SECRETS.filter((secret) => tracesOf(secret).some((trace) => content.includes(trace)));
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

t.test('the search finds a person in every encoding it looks for', async (t) => {
  const file = join(temporaryFolder(t), 'trace');
  for (const secret of SECRETS) {
    const bytes = Buffer.from(secret);
    const traces = [
      ...[bytes, Buffer.from(secret, 'utf16le'), iconv.encode(secret, 'gbk')],
      ...[bytes.toString('hex'), encodeURIComponent(secret), JSON.stringify({ name: secret })],
      ...['', 'x', 'xx'].map((before) => Buffer.from(`${before}${secret}!!`).toString('base64')),
    ];
    for (const trace of traces) {
      writeFileSync(
        file,
        Buffer.concat([Buffer.from('before '), Buffer.from(trace as string), Buffer.from(' after')]),
      );
      t.same(tracesIn(file), [secret], String(trace));
    }
  }
});

t.test('after both journeys nobody can be found in what the gateways wrote', async (t) => {
  const logFile = join(LOG_FOLDER, `personal-data-${process.pid}.log`);
  const destination = pino.destination({ dest: logFile, sync: true, mkdir: true });
  const world = await startWorld(t, { logger: pino({ level: 'trace' }, destination) });
  const printed = t.capture(console, 'log');
  const clinic = new Api(world.url, world.key);

  await cardJourney(clinic, new Transcript(), 'PD');
  await referralJourney(clinic, new Api(world.hospitalUrl, world.key), new Transcript(), 'PD');
  await goWrong(world.url, world.key);

  const journals = filesIn(world.folder).filter((file) => !/insurer\.db/.test(file));
  t.ok(
    journals.some((file) => file.endsWith('clinic.db-wal')),
    'the write-ahead log is among them',
  );
  t.ok(journals.some((file) => file.endsWith('hospital.db')));
  for (const file of journals) t.same(tracesIn(file), [], file);
  await world.close();
  for (const file of filesIn(world.folder)) {
    // The insurer's book stands for another organisation, which may know its people.
    if (!/insurer\.db/.test(file)) t.same(tracesIn(file), [], `${file}, after the close`);
  }

  const log = readFileSync(logFile, 'utf8');
  t.ok(log.split('\n').length > 100, 'there is a log');
  t.same(tracesIn(logFile), [], 'the log');
  t.notMatch(log, world.key, 'nor the key');
  const shown = printed()
    .flatMap(({ args }) => args)
    .join('\n');
  t.notMatch(shown, SAMPLE_NUMBER);
  t.notMatch(shown, SAMPLE_NAME);
});

/** Requests that are refused or fail, each naming the person where it can. */
async function goWrong(url: string, key: string): Promise<void> {
  const clinic = new Api(url, key);
  const { id } = await clinic.post<{ id: string }>('/v1/readers/desk-1/readings', {
    accept: ['social-security-card'],
  });
  const bill = { ...sampleBill('PDX', id), confirm: true };
  const identity = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME };
  const requests: [path: string, body: unknown][] = [
    ['/v1/settlements', { ...bill, [SAMPLE_NAME]: SAMPLE_NUMBER }],
    ['/v1/settlements', { ...bill, visit: { ...bill.visit, number: SAMPLE_NAME } }],
    [`/v1/settlements/${SAMPLE_NUMBER}/confirm?name=${encodeURIComponent(SAMPLE_NAME)}`, {}],
    [`/v1/${encodeURIComponent(SAMPLE_NAME)}/${SAMPLE_NUMBER}`, {}],
    ['/v1/eligibility', { insurer: 'nhsa', identity: { ...identity, name: '李四' } }],
    ['/v1/eligibility', { insurer: SAMPLE_NUMBER, identity }],
    [
      '/v1/insurers/nhsa/transactions/1101',
      { input: { data: { certno: SAMPLE_NUMBER, psn_name: SAMPLE_NAME } } },
    ],
    ['/v1/insurers/nhsa/transactions/5301', { input: { data: { psn_no: SAMPLE_NAME } } }],
    ['/v1/settlements', { ...bill, visit: { ...bill.visit, doctorName: SAMPLE_NAME } }],
  ];
  for (const kind of ['rubbish', 'system-error', 'refuse', 'truncate', 'wrong-msgid'])
    await clinic.post('/v1/sandbox/insurer/misbehaviour', { transaction: '1101', kind });
  for (const [i, [path, body]] of requests.entries()) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `wrong-${i}-${SAMPLE_NUMBER}` };
    await call({ method: 'POST', url: url + path, key, headers, body: JSON.stringify(body) });
  }
  await call({ method: 'POST', url: `${url}/v1/settlements`, key, body: `{"name":"${SAMPLE_NAME}` });
}
