import fc from 'fast-check';
import t from 'tap';
import { answerText, messageOf, refusalText } from '../../../src/card/compat/messages.ts';
import { Fault } from '../../../src/errors.ts';

t.test('the named form gives its arguments by their names, and only those', async (t) => {
  t.strictSame(messageOf('{"function":"iReadCardBas","iType":3,"page":"登记"}'), {
    form: 'named',
    name: 'iReadCardBas',
    args: { iType: 3 },
    reader: undefined,
    lease: undefined,
  });
  t.match(
    messageOf('{"function":"iReadCard","iType":"1","iAuthType":"2","pCardInfo":"12","reader":"desk-1"}'),
    {
      args: { iType: 1, iAuthType: 2, pCardInfo: '12' },
      reader: 'desk-1',
    },
  );
});

t.test('the listed form gives them in their order, numbers as text', async (t) => {
  t.match(messageOf('{"func":"iReadCardBas","in":["3"]}'), { form: 'listed', args: { iType: 3 } });
  t.match(messageOf('{"func":"iReadCard","in":["1","2","a|b|","SSSEEF05|06|$"]}'), {
    args: { iType: 1, iAuthType: 2, pCardInfo: 'a|b|', pFileAddr: 'SSSEEF05|06|$' },
  });
  t.match(messageOf('{"func":"iReadIdentityCard"}'), { args: {} });
});

t.test('each is answered in its own form', async (t) => {
  const named = { form: 'named', name: 'iReadCardBas' } as const;
  const listed = { form: 'listed', name: 'iReadCardBas' } as const;
  t.strictSame(JSON.parse(answerText(named, { ret: 0, pOutInfo: 'a|' })), {
    functionName: 'iReadCardBas',
    success: true,
    pOutInfo: 'a|',
    ret: 0,
  });
  t.strictSame(JSON.parse(answerText(named, { ret: -2, pOutInfo: '' })), {
    functionName: 'iReadCardBas',
    success: false,
    pOutInfo: '',
    ret: -2,
    message: '无卡',
  });
  t.equal(answerText(listed, { ret: 0, pOutInfo: 'a|' }), '{"result":"0","out":["a|"]}');
  t.equal(answerText(listed, { ret: -2, pOutInfo: '' }), '{"result":"-2","out":[""]}');
  t.match(JSON.parse(refusalText(listed, new Fault('compat.unknown'))), {
    result: '-13',
    code: 'compat.unknown',
  });
  t.match(JSON.parse(refusalText(named, new Fault('access.forbidden'))), { success: false, ret: -14 });
  t.match(JSON.parse(refusalText(undefined, new Fault('request.malformed'))), { success: false });
});

t.test('anything else is refused, and nothing else is thrown', async (t) => {
  const others = [
    '',
    'null',
    '3',
    '"iReadCardBas"',
    '[]',
    '{}',
    '{"function":1}',
    '{"func":"a","in":{}}',
    '{',
  ];
  for (const text of others) t.throws(() => messageOf(text), { code: 'request.malformed' }, text);
  const seed = Date.now() % 2 ** 31;
  t.comment(`seed ${seed}`);
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        { function: fc.string(), func: fc.string(), in: fc.anything(), iType: fc.anything() },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value) ?? ''),
  );
  fc.assert(
    fc.property(anything, (text) => {
      try {
        return typeof messageOf(text).name === 'string';
      } catch (error) {
        return error instanceof Fault && error.code === 'request.malformed';
      }
    }),
    { seed, numRuns: 2_000 },
  );
});
