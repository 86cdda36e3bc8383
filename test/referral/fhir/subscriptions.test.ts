import t from 'tap';
import { HttpRestHooks } from '../../../adapters/webhooks/rest-hook.ts';
import type { HookCall } from '../../../src/referral/fhir/subscriptions/port.ts';
import { clinic, creation, hospital, organisation, type TestOrganisation } from '../organisations.ts';
import type { Any } from './package.ts';
import { faultsOf } from './validators.ts';

const BACKPORT = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/';
const ENDPOINT = 'https://his.example.org/hook';

function subscription(changes: Any = {}, content = 'id-only', filter = 'Task?requester=CLINIC0001'): Any {
  return {
    resourceType: 'Subscription',
    status: 'requested',
    reason: '转诊变化',
    criteria: 'urn:yikatong:fhir:topic:task',
    _criteria: { extension: [{ url: `${BACKPORT}backport-filter-criteria`, valueString: filter }] },
    channel: {
      extension: [{ url: `${BACKPORT}backport-heartbeat-period`, valueUnsignedInt: 60 }],
      type: 'rest-hook',
      endpoint: ENDPOINT,
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${BACKPORT}backport-payload-content`, valueCode: content }] },
      header: ['Authorization: Bearer secret-of-the-subscriber'],
    },
    ...changes,
  };
}

/** A gateway whose subscriber answers as it is told to. */
async function world(t: Parameters<typeof organisation>[0]) {
  const calls: { call: HookCall; body: Any }[] = [];
  const subscriber = { status: 200 };
  const judge = new HttpRestHooks([]);
  const here = await organisation(t, clinic, hospital, {
    hooks: {
      judge: (url) => judge.judge(url),
      async call(call) {
        calls.push({ call, body: JSON.parse(call.body ?? '{}') as Any });
        return { status: subscriber.status };
      },
    },
  });
  t.teardown(() => judge.close());
  const work = async () => {
    while ((await here.subscriptions.runOnce()) > 0);
  };
  return { here, calls, subscriber, work };
}

async function ask(
  side: TestOrganisation,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  body?: Any,
  etag?: string,
) {
  const answer = await side.app.inject({
    method,
    url: `/fhir${url}`,
    headers: {
      authorization: `Bearer ${side.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
      ...(etag === undefined ? {} : { 'if-match': etag }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return {
    status: answer.statusCode,
    body: (answer.payload === '' ? {} : answer.json()) as Any,
    etag: String(answer.headers.etag),
  };
}

const parameter = (bundle: Any, name: string) =>
  bundle.entry[0].resource.parameter.filter((each: Any) => each.name === name);

t.test('a subscriber is greeted, told of each change by number, and given a sign of life', async (t) => {
  const { here, calls, work } = await world(t);
  const created = await ask(here, 'POST', '/Subscription', subscription());
  t.match([created.status, created.body.status], [201, 'requested']);
  t.same(faultsOf(created.body), []);
  const { id } = created.body;
  await work();
  t.match(calls[0]?.call, { headers: { authorization: 'Bearer secret-of-the-subscriber' }, anywhere: false });
  t.match(parameter(calls[0]!.body, 'type'), [{ valueCode: 'handshake' }]);
  t.equal((await ask(here, 'GET', `/Subscription/${id}`)).body.status, 'active');

  const first = (await here.call('POST', '/v1/referrals', creation)).body;
  const second = (await here.call('POST', '/v1/referrals', creation)).body;
  await here.act(first.id, { type: 'request-cancellation', reason: { text: '患者要求' } });
  await work();
  const notification = calls[1]!.body;
  t.equal(calls.length, 2);
  t.match(parameter(notification, 'type'), [{ valueCode: 'event-notification' }]);
  t.match(parameter(notification, 'events-since-subscription-start'), [{ valueString: '3' }]);
  const events = parameter(notification, 'notification-event').map(({ part }: Any) => part);
  t.match(
    events,
    [1, 2, 3].map((number) => [{ name: 'event-number', valueString: String(number) }]),
  );
  t.match(events[1][2].valueReference.reference, new RegExp(`/Task/${second.id}$`));
  t.notMatch(JSON.stringify(notification), /张三|1111111981/);

  here.clock.advance(60_000);
  await work();
  t.match(parameter(calls[2]!.body, 'type'), [{ valueCode: 'heartbeat' }]);
  for (const { body } of calls) t.same(faultsOf(body), []);
  await work();
  t.equal(calls.length, 3, 'nothing more is due');
});

t.test('a full payload holds the resource, and its look is on the audit trail', async (t) => {
  const { here, calls, work } = await world(t);
  await ask(here, 'POST', '/Subscription', subscription({}, 'full-resource'));
  await work();
  const { id } = (await here.call('POST', '/v1/referrals', creation)).body;
  await work();
  t.match(calls[1]!.body.entry[1], { resource: { resourceType: 'Task', id, status: 'requested' } });
  t.same(faultsOf(calls[1]!.body), []);
  const rows = await here.store.list<{ act: string; request_id: string }>((db) =>
    db.selectFrom('audit').selectAll().where('subject', '=', id).where('act', '=', 'read-Task'),
  );
  t.match(rows, [{ request_id: /^subscription / }]);
});

t.test('what does not fit the filter is not told', async (t) => {
  const { here, calls, work } = await world(t);
  await ask(here, 'POST', '/Subscription', subscription({}, 'id-only', 'Task?status=accepted,rejected'));
  await work();
  await here.call('POST', '/v1/referrals', creation);
  await work();
  t.equal(calls.length, 1);
});

t.test(
  'what fails is sent again in order; an error is left only by the subscriber, who asks for the gap',
  async (t) => {
    const { here, calls, subscriber, work } = await world(t);
    const { body } = await ask(here, 'POST', '/Subscription', subscription());
    await work();
    subscriber.status = 503;
    const { id: referral } = (await here.call('POST', '/v1/referrals', creation)).body;
    await work();
    t.equal(
      (await ask(here, 'GET', `/Subscription/${body.id}`)).body.status,
      'active',
      'one failure is no error',
    );
    subscriber.status = 410;
    here.clock.advance(600_000);
    await work();
    const failed = await ask(here, 'GET', `/Subscription/${body.id}`);
    t.match(failed.body, { status: 'error', error: /HTTP 410/ });
    await here.call('POST', '/v1/referrals', creation);
    here.clock.advance(86_400_000);
    const before = calls.length;
    await work();
    t.equal(calls.length, before, 'it is not called any more');
    const status = await ask(here, 'GET', `/Subscription/${body.id}/$status`);
    t.match(
      parameter(status.body, 'events-since-subscription-start'),
      [{ valueString: '2' }],
      'but goes on counting',
    );
    t.same(faultsOf(status.body), []);

    subscriber.status = 200;
    t.equal((await ask(here, 'PUT', `/Subscription/${body.id}`, subscription(), 'W/"1"')).status, 412);
    const renewed = await ask(here, 'PUT', `/Subscription/${body.id}`, subscription(), failed.etag);
    t.match([renewed.status, renewed.body.status], [200, 'requested']);
    await work();
    t.match(parameter(calls[before]!.body, 'type'), [{ valueCode: 'handshake' }]);
    const missed = parameter(calls[before + 1]!.body, 'notification-event');
    t.match(
      missed,
      [{ part: [{ valueString: '1' }] }, { part: [{ valueString: '2' }] }],
      'what was missed is sent',
    );
    const gap = await ask(
      here,
      'GET',
      `/Subscription/${body.id}/$events?eventsSinceNumber=1&eventsUntilNumber=1`,
    );
    t.match(parameter(gap.body, 'type'), [{ valueCode: 'query-event' }]);
    t.match(
      parameter(gap.body, 'notification-event')[0].part[2].valueReference.reference,
      new RegExp(`${referral}$`),
    );
    t.same(faultsOf(gap.body), []);
  },
);

t.test(
  'addresses inside, other topics and other channels are refused; what is deleted is gone',
  async (t) => {
    const { here } = await world(t);
    const channel = subscription().channel;
    const cases: Any[] = [
      { channel: { ...channel, endpoint: 'http://his.example.org/hook' } },
      { channel: { ...channel, endpoint: 'https://127.0.0.1/hook' } },
      { channel: { ...channel, endpoint: 'https://localhost/hook' } },
      { channel: { ...channel, type: 'email' } },
      { channel: { ...channel, header: ['Host: elsewhere'] } },
      { criteria: 'http://example.org/topic' },
      {
        _criteria: {
          extension: [{ url: `${BACKPORT}backport-filter-criteria`, valueString: 'Task?focus=x' }],
        },
      },
    ];
    for (const changes of cases) {
      const answer = await ask(here, 'POST', '/Subscription', subscription(changes));
      t.equal(answer.status, 422, JSON.stringify(changes));
      t.same(faultsOf(answer.body), []);
    }
    const { body } = await ask(here, 'POST', '/Subscription', subscription());
    t.equal((await ask(here, 'DELETE', `/Subscription/${body.id}`)).status, 204);
    t.equal((await ask(here, 'GET', `/Subscription/${body.id}`)).status, 404);
  },
);
