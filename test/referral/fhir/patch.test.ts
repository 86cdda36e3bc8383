import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../../src/errors.ts';
import { patched } from '../../../src/referral/fhir/patch.ts';
import { appointment } from '../organisations.ts';
import { ask, business, output, received } from './asking.ts';
import type { Any } from './package.ts';

t.test('a task is worked on by patches, through the same machine', async (t) => {
  const { here, there, task } = await received(t);
  let version = task.meta.versionId;
  const patch = (steps: Any[], headers: Record<string, string> = { 'if-match': `W/"${version}"` }) =>
    ask(t, there, 'PATCH', `/Task/${task.id}`, steps, headers);
  const accepted = await patch([
    { op: 'test', path: '/status', value: 'received' },
    { op: 'replace', path: '/status', value: 'accepted' },
  ]);
  t.match([accepted.status, accepted.body.status], [200, 'accepted']);
  await there.deliverAll();
  const stale = await patch([{ op: 'replace', path: '/status', value: 'rejected' }]);
  t.match([stale.status, stale.code], [412, 'request.version']);
  version = accepted.body.meta.versionId;
  t.equal(accepted.headers.etag, `W/"${version}"`);
  const booked = await patch([
    { op: 'replace', path: '/status', value: 'in-progress' },
    { op: 'replace', path: '/businessStatus', value: business('5.1.1').businessStatus },
    {
      op: 'add',
      path: '/output',
      value: [
        output('appointment-at', { valueDateTime: appointment.at }),
        output('appointment-department', { valueString: '心血管内科' }),
      ],
    },
  ]);
  t.match(booked.body, { status: 'in-progress', ...business('5.1.1') });
  await there.deliverAll();
  const theirs = (await ask(t, here, 'GET', '/Task')).body.entry[0].resource;
  t.match(theirs, { status: 'in-progress', ...business('5.1.1') }, 'the other end hears of it');
  version = booked.body.meta.versionId;
  const cases: [string, Any[], Record<string, string> | undefined, number, string][] = [
    ['a test that fails', [{ op: 'test', path: '/status', value: 'draft' }], undefined, 422, 'fhir.resource'],
    ['a place that is not there', [{ op: 'remove', path: '/nowhere' }], undefined, 422, 'fhir.resource'],
    ['another id', [{ op: 'replace', path: '/id', value: 'x' }], undefined, 422, 'fhir.resource'],
    ['an operation that there is not', [{ op: 'burn', path: '/id' }], undefined, 400, 'request.invalid'],
    [
      'a state that skips steps',
      [{ op: 'replace', path: '/businessStatus', value: business('2.0').businessStatus }],
      undefined,
      422,
      'fhir.resource',
    ],
    [
      'no version',
      [{ op: 'replace', path: '/status', value: 'completed' }],
      {},
      428,
      'request.version-missing',
    ],
    [
      'a step that is not there from here',
      [
        { op: 'replace', path: '/status', value: 'cancelled' },
        { op: 'replace', path: '/businessStatus', value: business('6.0').businessStatus },
      ],
      undefined,
      422,
      'referral.transition',
    ],
    [
      'HTML in narrative',
      [{ op: 'add', path: '/text', value: { status: 'generated', div: '<div><script>x</script></div>' } }],
      undefined,
      422,
      'fhir.narrative',
    ],
  ];
  for (const [what, steps, headers, status, code] of cases) {
    const answer = await patch(steps, headers);
    t.match([answer.status, answer.code], [status, code], what);
  }
  t.equal(
    (await ask(t, there, 'GET', `/Task/${task.id}`)).body.meta.versionId,
    version,
    'nothing has changed',
  );
});

t.test('a patch is done whole or refused, and touches nothing but its copy', (t) => {
  const inherited = [
    '__proto__',
    'constructor',
    'prototype',
    'hasOwnProperty',
    'toString',
    'call',
    'push',
    'length',
  ];
  const segment = fc.constantFrom('a', 'b', '0', '-', 'id', ...inherited);
  const path = fc.array(segment, { maxLength: 3 }).map((each) => each.map((name) => `/${name}`).join(''));
  const step = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path, value: fc.jsonValue() }),
    fc.record({ op: fc.constant('remove'), path }),
    fc.record({ op: fc.constantFrom('move', 'copy'), path, from: path }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const before = { resourceType: 'Task', id: 'x', a: { b: [1, 2] }, b: ['c'] };
      const text = JSON.stringify(before);
      try {
        const after = patched(before, steps as never);
        if (after.resourceType !== 'Task' || after.id !== 'x') return false;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
      const untouched =
        Object.keys(Object.prototype.hasOwnProperty).length + Object.keys([].push).length === 0;
      return JSON.stringify(before) === text && untouched && !('b' in {}) && !('a' in {});
    }),
  );
  for (const name of ['__proto__', 'constructor', 'prototype'])
    for (const step of [
      { op: 'move', from: `/${name}`, path: '/a' },
      { op: 'add', path: `/a/${name}/b`, value: 1 },
    ])
      t.throws(() => patched({ resourceType: 'Task', id: 'x', a: {} }, [step] as never), {
        code: 'fhir.resource',
      });
  for (const path of [
    '/hasOwnProperty/call',
    '/b/push/apply',
    '/id/replaceAll/call',
    '/none/toString/call',
    '/b/length',
  ])
    t.throws(
      () => patched({ resourceType: 'Task', id: 'x', b: ['c'] }, [{ op: 'add', path, value: 1 }] as never),
      { code: 'fhir.resource' },
      path,
    );
  t.notOk(Object.hasOwn(Object.prototype.hasOwnProperty, 'call'));
  const nesting = Array.from({ length: 100 }, () => ({
    op: 'copy',
    from: '/a',
    path: `/a${'/a'.repeat(3)}`,
  }));
  t.throws(
    () => patched({ resourceType: 'Task', id: 'x', a: { a: { a: {} } } }, nesting as never),
    { code: 'fhir.resource' },
    'copies do not nest without end',
  );
  const doubling = Array.from({ length: 60 }, (_, index) => ({
    ...{ op: 'copy', from: '/a', path: `/a/${index}` },
  }));
  const long = { resourceType: 'Task', id: 'x', a: { text: 'x'.repeat(1_000) } };
  t.throws(
    () => patched(long, doubling as never),
    { code: 'fhir.resource' },
    'copies do not grow without end',
  );
  t.end();
});
