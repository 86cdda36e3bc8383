import { stringify } from 'lossless-json';
import t from 'tap';
import { sampleOutput } from '../../../../src/sandbox/insurer/sample.ts';
import type { Exchange, Verdict } from '../../../../src/settlement/port.ts';
import { must, platformParts, specification } from './helper.ts';
import { BREACHES, outerRows, PLAIN, type Row, smallestInput } from './sample-input.ts';

/** The output that the virtual platform would make up. */
function madeUp(infno: string): Row {
  const request = {
    infno,
    msgid: '',
    area: '',
    insuredPlace: '',
    opter: '',
    institution: '',
    institutionName: '',
    signNo: '',
    input: {},
  };
  const now = Date.parse('2026-03-02T09:00:00+08:00');
  return sampleOutput({ request, now, book: undefined as never }, specification);
}

/** Answers every exchange by itself, without a wire: an output, and what became of it. */
class Answering {
  output: unknown = {};
  verdict: Verdict | undefined;
  readonly exchange: Exchange = async (request) => {
    const output = request.transaction === '9001' ? { signinoutb: { sign_no: 'S1' } } : this.output;
    const body = Buffer.from(stringify({ infcode: 0, output }) ?? '');
    this.verdict = request.judge({ status: 200, contentType: '', body });
    return { ...this.verdict, exchangeId: 'x', ownId: request.ownId };
  };

  notes(): readonly string[] {
    return this.verdict?.kind === 'accepted' ? (this.verdict.notes ?? []) : ['not accepted'];
  }
}

t.test('a made-up answer keeps to the specification for every transaction, whatever it does', async (t) => {
  for (const { infno, name } of specification.transactions().values()) {
    const output = JSON.parse(stringify(madeUp(infno)) ?? '') as Row;
    t.same(specification.answerProblems(infno, output), [], `${infno} ${name}`);
  }
});

t.test('an answer that is broken in one field is passed on, with a note of the place', async (t) => {
  const { insurer } = await platformParts(t);
  const answering = new Answering();
  const tried = new Map<string, number>();
  for (const transaction of PLAIN.filter(({ infno }) => infno !== '9001')) {
    const { infno, output: nodes } = transaction;
    const names = new Set(nodes.map(({ node }) => node));
    const call = async () => {
      const done = await insurer.transact(infno, smallestInput(transaction), {}, answering.exchange);
      return must(done).value;
    };
    answering.output = madeUp(infno);
    await call();
    t.same(answering.notes(), [], `${infno}: whole`);

    for (const { name, breaks, value } of BREACHES) {
      const output = madeUp(infno);
      for (const [row, node, at] of outerRows(output, nodes)) {
        // A node without a name may come wrapped; what it misses is told, what it has besides is not.
        const field = node.fields.find((each) => breaks(each) && !names.has(each.code));
        if (!field) continue;
        const wrong = value(field);
        if (wrong === undefined) delete row[field.code];
        else row[field.code] = wrong;
        answering.output = output;
        const passed = await call();
        t.ok(
          answering.notes().some((note) => note.startsWith(`${at}/${field.code} `)),
          `${infno}${at}/${field.code} ${name}: ${answering.notes().join('; ')}`,
        );
        t.same(passed, numbersAsText(output), `${infno}: passed on as it came`);
        tried.set(name, (tried.get(name) ?? 0) + 1);
        break;
      }
    }
    const output = madeUp(infno);
    const named = [...outerRows(output, nodes)].find(([, node]) => node.node !== null);
    if (!named || nodes.some(({ node }) => node === null)) continue;
    named[0].no_such_field = '1';
    answering.output = output;
    await call();
    t.match(answering.notes(), [new RegExp(`^${named[2]}/no_such_field `)], infno);
    tried.set('one too many', (tried.get('one too many') ?? 0) + 1);
  }
  for (const [what, count] of tried) t.ok(count > 20, `${what}: ${count} transactions`);
  t.equal(tried.size, BREACHES.length + 1);
});

t.test('numbers go out and come back to the digit, in text of any length', async (t) => {
  const { insurer } = await platformParts(t);
  const answering = new Answering();
  const transaction = specification.transactions().get('2204');
  if (!transaction) throw new Error('no 2204');
  const line = {
    ...(smallestInput(transaction).feedetail as Row),
    feedetl_sn: '123456789012345678901234567890',
    det_item_fee_sumamt: '12345678901234.99',
    cnt: '0.0001',
    pric: '1234567890.123456',
  };
  let sent = '';
  const exchange: Exchange = (request) => {
    sent = request.body.toString();
    return answering.exchange(request);
  };
  const pric_uplmt_amt = '1234567890.123456';
  answering.output = { result: [{ ...(madeUp('2204').result as Row), pric_uplmt_amt }] };
  const { value } = must(await insurer.transact('2204', { feedetail: [line] }, {}, exchange));
  t.match(sent, JSON.stringify(line).slice(1, -1));
  t.match(value, { result: [{ pric_uplmt_amt, det_item_fee_sumamt: '1.00' }] });

  const transact = (feedetail: Row) => insurer.transact('2204', { feedetail }, {}, exchange);
  for (const number of [0.1 + 0.2, Number('9007199254740993'), Number('1'.repeat(17))]) {
    await t.rejects(
      transact({ ...line, det_item_fee_sumamt: number }),
      {
        code: 'request.invalid',
        context: { pointer: '/input/feedetail/det_item_fee_sumamt', detail: /15 位/ },
      },
      String(number),
    );
  }
  must(await transact({ ...line, det_item_fee_sumamt: 12.3 }));
  await t.rejects(transact({ ...line, feedetl_sn: Number(line.feedetl_sn) }), {
    code: 'request.invalid',
    context: { pointer: '/input/feedetail/feedetl_sn', detail: /15 位/ },
  });
});

t.test('a lenient province is sent what it adds, and the answer notes it', async (t) => {
  const { insurer } = await lenientParts(t);
  const answering = new Answering();
  const transaction = specification.transactions().get('5303');
  if (!transaction) throw new Error('no 5303');
  answering.output = madeUp('5303');
  const input = smallestInput(transaction);
  const [node] = Object.keys(input);
  must(
    await insurer.transact(
      '5303',
      { [node ?? '']: { ...(input[node ?? ''] as Row), prov_field: '1' } },
      {},
      answering.exchange,
    ),
  );
  t.match(answering.notes(), [new RegExp(`^input/${node}/prov_field `)]);
});

async function lenientParts(t: Parameters<typeof platformParts>[0]) {
  return platformParts(t, { configuration: { checking: 'lenient' }, ownSpecification: true });
}

/** A message with its numbers as the text they were written as. */
function numbersAsText(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, inner) =>
      typeof inner === 'object' && inner !== null && 'isLosslessNumber' in inner ? inner.value : inner,
    ),
  );
}
