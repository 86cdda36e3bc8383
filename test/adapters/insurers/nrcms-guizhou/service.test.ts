import fc from 'fast-check';
import t from 'tap';
import { Service } from '../../../../adapters/insurers/nrcms-guizhou/service.ts';
import { SAMPLE_NAME, TestClock, testIds } from '../../../helper.ts';
import { must } from '../nhsa/helper.ts';
import { configurationOf, guizhouParts, identity, ruralBill } from './helper.ts';

const at = Date.parse('2026-03-02T08:30:00+08:00');

const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** A service that nobody listens at. */
function service(more: Parameters<typeof configurationOf>[1] = {}): Service {
  return new Service(configurationOf('http://127.0.0.1:1/x', more), {
    clock: new TestClock(),
    ids: testIds,
    password: 'sandbox-password',
  });
}

t.test('the head carries the MD5 of the body, the log-in that of the password in upper case', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  await insurer.transact('S27', { outpId: 'MZ00000001' }, {}, journal.exchange);
  const [logIn, query] = journal.requests.map(({ body }) => unescaped(body.toString()));
  t.match(logIn, '<passWord>911B7BF55B7B03CDFE2AF9D1E68E4897</passWord>', 'md5sum of the password');
  t.match(query, '<body><outpId>MZ00000001</outpId></body>');
  t.match(query, '<rsa>1033993acb4ec530d8ffa6902ce5e9be</rsa>', 'md5sum of the body');
  t.match(query, /<head><operCode>S27<\/operCode><billCode>T00000001<\/billCode>/);
  t.notMatch(journal.requests.map(({ body }) => body.toString()).join(), 'sandbox-password');
});

t.test(
  'the digest is that of the bytes that go out, Chinese too, in the case that is asked for',
  async (t) => {
    const { insurer, journal } = await guizhouParts(t, { digestCase: 'upper' });
    await insurer.transact('S17', { memberName: SAMPLE_NAME }, {}, journal.exchange);
    t.match(unescaped(String(journal.requests[1]?.body)), '<rsa>DEF7DEA3926CF2EC52CEB1ED9C57D7A5</rsa>');
    t.equal(journal.verdicts[1]?.kind, 'accepted');
  },
);

t.test('desks that ask at once log in once, and a ticket that has expired is renewed', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  await Promise.all(Array.from({ length: 5 }, () => insurer.verify({ identity, at }, journal.exchange)));
  const logIns = () => journal.transactions().filter((operation) => operation === 'S02').length;
  t.equal(logIns(), 1);
  virtual.forgetTickets();
  must(await insurer.verify({ identity, at }, journal.exchange));
  t.equal(logIns(), 2);
});

t.test('an operation that moves money is not made again by itself when the ticket has expired', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  const bill = ruralBill();
  const { value: quote } = must(await insurer.quote(bill, journal.exchange));
  virtual.forgetTickets();
  const sent = journal.requests.length;
  t.match(await insurer.settle(bill, quote, journal.exchange), { kind: 'not-run', reason: /票据无效/ });
  t.equal(journal.requests.length, sent + 1);
  must(await insurer.settle(bill, quote, journal.exchange));
});

t.test('a log-in that fails ends what was asked, and the next tries anew', async (t) => {
  const { insurer, journal, virtual } = await guizhouParts(t);
  virtual.misbehave({ infno: 'S02', kind: 'refuse' });
  t.match(await insurer.verify({ identity, at }, journal.exchange), {
    kind: 'refused',
    at: { transaction: 'S02' },
  });
  virtual.misbehave({ infno: 'S02', kind: 'lose-answer' });
  t.match(await insurer.verify({ identity, at }, journal.exchange), { kind: 'unknown' });
  must(await insurer.verify({ identity, at }, journal.exchange));
});

t.test('only an explicit word of the service is success or refusal', async (t) => {
  const judged = (status: number, body: string, operation = 'S25') =>
    service().judge({ operation, body: {} }, { status, body: Buffer.from(body) });
  const soap = (inner: string) =>
    `<e:Envelope xmlns:e="x"><e:Body><r><return>${inner.replaceAll('<', '&lt;')}</return></r></e:Body></e:Envelope>`;
  const result = (state: string, message = '') =>
    soap(`<result><state>${state}</state><message>${message}</message><data/></result>`);
  const cases: [status: number, body: string, kind: string, operation?: string][] = [
    [200, result('true'), 'accepted'],
    [200, result('false', '余额不足'), 'refused'],
    [200, result('false'), 'unknown'],
    [200, result('false', '系统异常'), 'unknown'],
    [200, result('false', '该补偿序号已结算'), 'unknown'],
    [200, result('false', '该补偿序号已结算'), 'refused', 'S21'],
    [200, result('false', '票据已过期'), 'not-run'],
    [200, result('false', '补偿序号已回退'), 'not-run'],
    [200, result('TRUE'), 'unknown'],
    [200, result('1'), 'unknown'],
    [200, soap('<state>true</state>'), 'unknown'],
    [200, '<result><state>true</state></result>', 'unknown'],
    [200, soap(''), 'unknown'],
    [200, '', 'unknown'],
    [500, result('true'), 'unknown'],
    [302, '', 'unknown'],
    [401, '', 'not-run'],
    [404, '', 'not-run'],
    [408, '', 'unknown'],
    [
      200,
      '<e:Envelope xmlns:e="x"><e:Body><e:Fault><faultstring>boom</faultstring></e:Fault></e:Body></e:Envelope>',
      'unknown',
    ],
  ];
  for (const [status, body, kind, operation] of cases)
    t.equal(judged(status, body, operation).kind, kind, body);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const verdict = service().judge(
        { operation: 'S25', body: {} },
        { status: 200, body: Buffer.from(bytes) },
      );
      return verdict.kind === 'unknown';
    }),
  );
});

t.test('a refusal does not repeat what the request told of the person', async (t) => {
  const body = { medicalNo: 'GZ00000001', memberName: SAMPLE_NAME };
  const message = `${SAMPLE_NAME} GZ00000001 13800000000\n未参合`;
  const answer = Buffer.from(
    `<E><Body><r><return><![CDATA[<result><state>false</state><message>${message}</message></result>]]></return></r></Body></E>`.replaceAll(
      /(<\/?)E>/g,
      '$1Envelope>',
    ),
  );
  const verdict = service().judge({ operation: 'S03', body }, { status: 200, body: answer });
  t.match(verdict, { kind: 'refused', reason: '*** *** 138******00 未参合' });
});

t.test('any operation that moves no money can be called; others go through the settlement', async (t) => {
  const { insurer, journal } = await guizhouParts(t);
  t.match(await insurer.transact('S03', { year: '2026', medicalNo: 'GZ00000001' }, {}, journal.exchange), {
    kind: 'accepted',
    value: { member: [{ memberId: 'M0001' }, { memberId: 'M0002' }] },
  });
  for (const operation of ['S14', 'S15', 'S25', 'S26']) {
    await t.rejects(insurer.transact(operation, {}, {}, journal.exchange), {
      code: 'insurer.reserved-transaction',
    });
  }
  for (const operation of ['S02', 'S99', 'toString', '2207']) {
    await t.rejects(insurer.transact(operation, {}, {}, journal.exchange), {
      code: 'insurer.unknown-transaction',
    });
  }
  const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as unknown;
  const inputs: [input: unknown, pointer: string][] = [
    [[], '/input'],
    [{ 'a b': 1 }, '/input'],
    [{ list: { '<x>': 1 } }, '/input/list'],
    [deep, '/input/a/a/a/a/a/a/a/a'],
    [{ list: Array.from({ length: 20_001 }, () => 1) }, '/input/list/19999'],
  ];
  for (const [input, pointer] of inputs) {
    await t.rejects(insurer.transact('S27', input, {}, journal.exchange), {
      code: 'request.invalid',
      context: { pointer },
    });
  }
});
