import t from 'tap';
import { Fault } from '../../../../src/errors.ts';
import type {
  ChronicFiling,
  DesignatedFiling,
  Filing,
  FilingFlows,
  TransferFiling,
} from '../../../../src/settlement/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../../helper.ts';
import { must, type Parts, platformParts } from './helper.ts';

const identity = { documentType: 'resident-id', documentNumber: SAMPLE_NUMBER, name: SAMPLE_NAME } as const;

const transfer: TransferFiling = {
  ...{ id: 'f1', kind: 'transfer', identity, from: '2026-03-02', to: '2026-09-01' },
  diagnosis: { code: 'I10.x00', name: '高血压' },
  ...{ toCode: 'H43010000009', toName: '示例县人民医院', toDivision: '430100', reach: '1' },
  ...{ date: '2026-03-02', reason: '需进一步检查', opinion: '同意转院', hospitalAgrees: true },
};

const chronic: ChronicFiling = {
  ...{ id: 'f2', kind: 'chronic', identity, from: '2026-03-02' },
  disease: { code: 'M03900', name: '高血压' },
  ...{
    hospitalCode: 'H43010000009',
    hospitalName: '示例县人民医院',
    doctorCode: 'D1',
    doctorName: '样例医生',
  },
  identifiedOn: '2026-03-01',
};

const designated: DesignatedFiling = {
  ...{ id: 'f3', kind: 'designated', identity, from: '2026-03-02', business: '05', order: 1 },
  ...{ institutionCode: 'H43010000001', institutionName: '样例卫生院' },
};

const CASES = [
  { filing: transfer, file: '2501', withdraw: '2502', list: '5304', about: 'H43010000009' },
  { filing: chronic, file: '2503', withdraw: '2504', list: '5301', about: 'M03900' },
  { filing: designated, file: '2505', withdraw: '2506', list: '5302', about: 'H43010000001' },
] as const;

const DAY_MS = 86_400_000;

function flowsOf({ insurer }: Parts): FilingFlows {
  if (!insurer.filings) throw new Error('no filings');
  return insurer.filings;
}

/** What the virtual platform has on file, asked a day later, when all is processed. */
async function onFile(parts: Parts, filing: Filing) {
  const since = Date.parse('2026-03-01T00:00:00+08:00');
  return must(await flowsOf(parts).list({ ...filing, since }, parts.journal.exchange)).value;
}

for (const { filing, file, withdraw, list, about } of CASES) {
  t.test(`${file} files, ${list} lists and ${withdraw} withdraws`, async (t) => {
    const parts = await platformParts(t);
    const flows = flowsOf(parts);
    const { exchange } = parts.journal;
    const { number } = must(await flows.file(filing, exchange)).value;
    t.match(number, /^B\d{22}$/);
    t.match(await flows.file(filing, exchange), { kind: 'refused', reason: /重复备案/ }, 'not twice');
    t.equal(must(await flows.withdraw(filing, number, '填错', exchange)).value, 'withdrawn');
    t.match(await flows.withdraw(filing, number, '填错', exchange), { kind: 'refused' });
    t.same(parts.journal.transactions().slice(0, 3), ['9001', '1101', file]);

    must(await flows.file(filing, exchange));
    parts.clock.advance(DAY_MS);
    t.match(await onFile(parts, filing), [
      { kind: filing.kind, from: '2026-03-02', about, number: undefined },
    ]);
    t.equal(parts.journal.transactions().at(-1), list);
  });

  for (const acted of [true, false]) {
    t.test(`a lost ${file} is found by ${list} when it ${acted ? 'acted' : 'did not act'}`, async (t) => {
      const parts = await platformParts(t);
      const flows = flowsOf(parts);
      parts.virtual.misbehave({ infno: file, kind: acted ? 'lose-answer' : 'lose-request' });
      const outcome = await flows.file(filing, parts.journal.exchange);
      t.equal(outcome.kind, 'unknown');
      const lost = { transaction: file, ownId: outcome.at.ownId, sentAt: parts.clock.now(), deadlineAt: 0 };
      const find = async () => must(await flows.find(filing, lost, parts.journal.exchange)).value;
      if (filing.kind === 'chronic') {
        t.match(await find(), { is: 'open' }, 'what the bureau has not processed may not be listed');
        parts.clock.advance(DAY_MS);
      }
      const absent = filing.kind === 'chronic' ? 'open' : 'absent';
      t.match(await find(), acted ? { is: 'on-file', filing: { about } } : { is: absent });
    });
  }
}

t.test('a chronic filing that the bureau has processed is no more withdrawn', async (t) => {
  const parts = await platformParts(t);
  const flows = flowsOf(parts);
  const { number } = must(await flows.file(chronic, parts.journal.exchange)).value;
  parts.clock.advance(DAY_MS);
  t.match(await flows.withdraw(chronic, number, '填错', parts.journal.exchange), {
    kind: 'refused',
    reason: /已由经办机构审核/,
  });
});

t.test('a stored answer is read as it would have been when it came', async (t) => {
  const { journal, ...parts } = await platformParts(t);
  const flows = flowsOf({ ...parts, journal });
  let kept: Buffer = Buffer.alloc(0);
  const outcome = await flows.file(transfer, (request) =>
    journal.exchange({
      ...request,
      send: async (signal) => {
        const answer = await request.send(signal);
        kept = answer.body;
        return answer;
      },
    }),
  );
  const answered = { transaction: '2501', ownId: outcome.at.ownId };
  const read = (body: Buffer) => flows.filedBy?.(transfer, { ...answered, answer: { status: 200, body } });
  t.same(read(kept), must(outcome).value);
  t.equal(read(Buffer.from('{"infcode":0,"output":{}}')), undefined, 'without its number');
  t.equal(read(Buffer.from('{"infcode":-1,"err_msg":"不符合条件"}')), undefined);
});

t.test('an accepted answer without its number, or without its list, is no answer', async (t) => {
  const parts = await platformParts(t);
  const flows = flowsOf(parts);
  const answering = (body: string) => (request: Parameters<typeof parts.journal.exchange>[0]) =>
    ['2501', '5304'].includes(request.transaction)
      ? parts.journal.exchange({
          ...request,
          send: async () => ({ status: 200, contentType: 'application/json', body: Buffer.from(body) }),
        })
      : parts.journal.exchange(request);
  t.match(await flows.file(transfer, answering('{"infcode":0,"output":{"result":{}}}')), { kind: 'unknown' });
  const lost = { transaction: '2501', ownId: 'x', sentAt: 0, deadlineAt: 0 };
  const find = (body: string) => flows.find(transfer, lost, answering(body));
  t.match(await find('{"infcode":0,"output":{"other":[]}}'), { kind: 'unknown' });
  for (const empty of [
    '{}',
    '{"refmedin":[]}',
    '{"refmedin":null}',
    '{"refmedin":[{"begndate":""}]}',
    '""',
  ]) {
    t.match(await find(`{"infcode":0,"output":${empty}}`), { value: { is: 'absent' } }, empty);
  }
  const row = {
    reflin_medins_name: transfer.toName,
    refl_date: '2026-03-02 00:00:00',
    begndate: '2026-03-02',
  };
  t.match(
    await find(JSON.stringify({ infcode: 0, output: { refmedin: row } })),
    { value: { is: 'on-file' } },
    'one row that is no list, without the code of the hospital',
  );
});

t.test('a filing that breaks the specification, or whose insurance is open, is told where', async (t) => {
  const parts = await platformParts(t);
  const flows = flowsOf(parts);
  const fault = async (filing: Filing) =>
    flows.file(filing, parts.journal.exchange).then(
      () => undefined,
      (error: unknown) => (error instanceof Fault ? error.context.pointer : error),
    );
  t.equal(await fault({ ...transfer, reason: '长'.repeat(101) }), '/reason');
  t.equal(await fault({ ...designated, business: '98' }), '/business');
  const two = { ...identity, documentType: 'passport', documentNumber: 'E00000002', name: '样例丙' } as const;
  t.equal(await fault({ ...chronic, identity: two }), '/insutype');
  t.equal(
    must(await flows.file({ ...chronic, identity: two, insutype: '310' }, parts.journal.exchange)).kind,
    'accepted',
  );
  t.notOk(
    parts.journal
      .transactions()
      .slice(0, -1)
      .some((infno) => infno === '2503'),
    'and nothing was sent',
  );
});
