import t, { type Test } from 'tap';
import { timestampOf } from '../../../src/clock.ts';
import { markOverdueReferrals } from '../../../src/referral/overdue.ts';
import {
  clinic,
  creation,
  hospital,
  join,
  organisation,
  outcome,
  patient,
  type TestOrganisation,
} from '../organisations.ts';

const li = { number: 'D001', name: '李医生' };
const wang = { number: 'D002', name: '王医生' };
const chief = { number: 'R900', name: '审核人' };
const reason = { code: 'form-incomplete', text: '缺既往史' };
const signed = {
  ...creation,
  form: { ...creation.form, doctor: { ...creation.form.doctor, number: li.number } },
};

async function reviewing(t: Test) {
  const here = await organisation(t, clinic, hospital, { referral: { review: { out: true } } });
  const there = await organisation(t, hospital, clinic, {
    referral: { review: { in: ['accept', 'decline', 'complete'] } },
  });
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  return { here, there };
}

async function post(side: TestOrganisation, id: string, what: 'review' | 'submission', body: object) {
  const { headers } = await side.call('GET', `/v1/referrals/${id}`);
  return side.call('POST', `/v1/referrals/${id}/${what}`, body, { 'if-match': String(headers.etag) });
}

const review = (side: TestOrganisation, id: string, decision: string, more: object = {}) =>
  post(side, id, 'review', { decision, reviewer: chief, ...more });

const sentBy = async (side: TestOrganisation) =>
  side.store.list<{ type: string }>((db) => db.selectFrom('deliveries').select('type').orderBy('id'));

async function only(side: TestOrganisation, query = '') {
  return (await side.call('GET', `/v1/referrals${query}`)).body.items;
}

const typesOf = async (side: TestOrganisation, id: string) =>
  (await side.call('GET', `/v1/referrals/${id}/history`)).body.items.map(({ type, transition }) => [
    type,
    transition,
  ]);

t.test(
  'nothing is sent before its review; a referral is sent back, corrected, approved, and arrives',
  async (t) => {
    const { here, there } = await reviewing(t);
    const made = await here.call('POST', '/v1/referrals', signed);
    t.equal(made.status, 201);
    const { id } = made.body;
    t.match(made.body, {
      state: 'draft',
      status: 'draft',
      actions: [],
      reviewing: 'waiting',
      due: { for: 'review' },
      review: {
        of: 'send',
        state: 'waiting',
        doctor: li.number,
        actions: ['submit', 'send-back', 'approve'],
      },
    });
    t.same(await sentBy(here), []);
    t.equal((await here.act(id, { type: 'request-cancellation', reason: { text: '误开' } })).status, 422);
    t.same(
      (await only(here, '?review=waiting')).map((each) => each.id),
      [id],
    );
    t.ok(here.events.some(({ type, data }) => type === 'referral.state' && data.review === 'waiting'));

    t.match((await review(here, id, 'send-back')).body, { code: 'request.invalid', pointer: '/body/reason' });
    const uncoded = { reason: { text: '不转' } };
    t.match((await review(here, id, 'refuse', uncoded)).body, { pointer: '/body/reason/code' });
    const strange = { reason: { code: 'no-bed', text: 'x' } };
    t.match((await review(here, id, 'refuse', strange)).body, { pointer: '/body/reason/code' });
    t.match((await review(here, id, 'approve', { reviewer: li })).body, { code: 'referral.review-own' });
    const back = await review(here, id, 'send-back', { reason });
    t.match(back.body, { review: { state: 'correcting', reviewer: chief, reason }, reviewing: 'correcting' });
    t.match((await review(here, id, 'approve')).body, {
      code: 'referral.review-state',
      facts: { review: 'correcting', type: 'approve' },
    });

    const form = { ...signed.form, pastHistory: '高血压三年' };
    const again = await post(here, id, 'submission', { type: 'submit', doctor: li, form });
    t.match(again.body, { form: { pastHistory: '高血压三年' }, review: { state: 'waiting' } });
    t.notOk('reason' in again.body.review!);
    t.same(await sentBy(here), []);
    const approved = await review(here, id, 'approve', { text: '同意转出' });
    t.match(approved.body, { state: 'requested', due: { for: 'answer' } });
    t.notOk('review' in approved.body);
    t.notOk('reviewing' in approved.body);

    await here.deliverAll();
    const [arrived] = await only(there);
    const read = await there.call('GET', `/v1/referrals/${arrived!.id}`);
    t.match(read.body, { state: 'received', form: { pastHistory: '高血压三年' }, patient });
    t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'received' });
    const history = (await here.call('GET', `/v1/referrals/${id}/history`)).body.items;
    t.same(
      history.map(({ type, transition }) => [type, transition]),
      [
        ['review-submit', 'V01'],
        ['review-send-back', 'V04'],
        ['review-submit', 'V03'],
        ['review-approve', 'V05'],
        ['send', 'Y01'],
        ['receipt', 'Y02'],
      ],
    );
    t.match(history[1], { by: chief, of: 'send', reason });
    t.match(history[3], { by: chief, text: '同意转出' });
    t.same(await typesOf(there, arrived!.id), [['send', '01']], 'the other side knows of no review');
    const trail = await here.store.list<{ act: string; detail: string }>((db) =>
      db.selectFrom('audit').select(['act', 'detail']).where('act', 'like', 'review-%').orderBy('seq'),
    );
    t.same(
      trail.map(({ act, detail }) => [act, (JSON.parse(detail) as { who?: string }).who]),
      [
        ['review-send-back', chief.number],
        ['review-submit', li.number],
        ['review-approve', chief.number],
      ],
    );
  },
);

t.test(
  'a referral that does not pass, or is taken back, is closed here and known nowhere else',
  async (t) => {
    const { here, there } = await reviewing(t);
    const refused = (await here.call('POST', '/v1/referrals', signed)).body.id;
    t.match(
      (await review(here, refused, 'refuse', { reason: { code: 'treatable-here', text: '可在本院治疗' } }))
        .body,
      {
        state: 'cancelled',
        closed: true,
      },
    );
    const withdrawn = (await here.call('POST', '/v1/referrals', signed)).body.id;
    await review(here, withdrawn, 'send-back', { reason });
    t.match((await post(here, withdrawn, 'submission', { type: 'withdraw', doctor: li })).body, {
      state: 'cancelled',
    });
    t.match((await review(here, withdrawn, 'approve')).body, { code: 'referral.review-state' });
    t.match((await post(here, withdrawn, 'submission', { type: 'submit', doctor: li })).body, {
      code: 'referral.review-state',
    });
    t.same(await typesOf(here, refused), [
      ['review-submit', 'V01'],
      ['review-refuse', 'V06'],
      ['discard', 'Y22'],
    ]);
    await here.deliverAll();
    t.same(await sentBy(here), []);
    t.same(await only(there), []);
    const { body } = await here.call('GET', '/v1/measures/referrals?from=2026-01-01&to=2026-12-31');
    t.match(body, { total: { referrals: 0 } }, 'what was never sent is not measured');
  },
);

t.test('an emergency waits for nobody', async (t) => {
  const { here, there } = await reviewing(t);
  const { body } = await here.call('POST', '/v1/referrals', { ...signed, channel: 'green' });
  t.match(body, { state: 'active' });
  await here.deliverAll();
  const [arrived] = await only(there);
  t.equal((await there.act(arrived!.id, { type: 'arrive' })).status, 200);
  t.match((await there.act(arrived!.id, { type: 'complete', outcome })).body, { state: 'completed' });
});

t.test('an answer is reviewed before it goes out, and another one may take its place', async (t) => {
  const { here, there } = await reviewing(t);
  const { id } = (await here.call('POST', '/v1/referrals', signed)).body;
  await review(here, id, 'approve');
  await here.deliverAll();
  const theirs = (await only(there))[0]!.id;
  const held = await there.act(theirs, { type: 'accept', text: '请于周三来', doctor: wang.number });
  t.match(held.body, {
    state: 'received',
    review: { of: 'accept', act: { text: '请于周三来' }, doctor: wang.number },
  });
  await there.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'received' });
  t.match((await review(there, theirs, 'approve', { reviewer: wang })).body, { code: 'referral.review-own' });
  const other = { type: 'decline', reason: { code: 'no-bed', text: '无床位' } };
  t.match((await there.act(theirs, other)).body, { state: 'received', review: { of: 'decline' } });
  const corrected = { type: 'submit', doctor: wang, form: signed.form };
  t.match((await post(there, theirs, 'submission', corrected)).body, { pointer: '/body/form' });
  const unsuitable = { code: 'answer-unsuitable', text: '三病区有床' };
  t.match((await review(there, theirs, 'refuse', { reason: unsuitable })).body, {
    state: 'received',
    actions: ['accept', 'decline', 'remind'],
  });
  await there.act(theirs, { type: 'accept' });
  t.match((await review(there, theirs, 'approve')).body, { state: 'accepted' });
  await there.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'accepted' });
  t.same(await typesOf(there, theirs), [
    ['send', '01'],
    ['review-submit', 'V01'],
    ['review-submit', 'V02'],
    ['review-refuse', 'V06'],
    ['review-submit', 'V01'],
    ['review-approve', 'V05'],
    ['accept', '02'],
  ]);
});

t.test(
  'a cancellation that comes while the answer is under review is taken, and the answer lapses',
  async (t) => {
    const { here, there } = await reviewing(t);
    const { id } = (await here.call('POST', '/v1/referrals', signed)).body;
    await review(here, id, 'approve');
    await here.deliverAll();
    const theirs = (await only(there))[0]!.id;
    await there.act(theirs, { type: 'accept' });
    await here.act(id, { type: 'request-cancellation', reason: { text: '患者要求' } });
    await here.deliverAll();
    const { body } = await there.call('GET', `/v1/referrals/${theirs}`);
    t.match(body, { state: 'cancellation-requested' });
    t.notOk('review' in body);
    t.match((await review(there, theirs, 'approve')).body, { code: 'referral.review-state' });
    t.same((await typesOf(there, theirs)).at(-1), ['review-lapse', 'V09']);
    await there.act(theirs, { type: 'confirm-cancellation' });
    await there.deliverAll();
    for (const [side, ref] of [
      [here, id],
      [there, theirs],
    ] as const) {
      t.match((await side.call('GET', `/v1/referrals/${ref}`)).body, { state: 'cancelled' });
    }
  },
);

t.test(
  'a review that takes too long is told of, and the answer is still waited for at the other side',
  async (t) => {
    const { here, there } = await reviewing(t);
    const { id } = (await here.call('POST', '/v1/referrals', { ...signed, priority: 'urgent' })).body;
    for (const side of [here, there]) side.clock.advance(3_600_000);
    t.equal(await markOverdueReferrals({ ...here, events: here.board, observers: [] }), 1);
    t.ok(here.events.some(({ type, data }) => type === 'referral.overdue' && data.for === 'review'));
    await review(here, id, 'approve');
    await here.deliverAll();
    const theirs = (await only(there))[0]!.id;
    const due = (await there.call('GET', `/v1/referrals/${theirs}`)).body.due;
    await there.act(theirs, { type: 'accept' });
    t.same((await there.call('GET', `/v1/referrals/${theirs}`)).body.due, due);
    const { body } = await here.call('GET', '/v1/measures/referrals?from=2026-01-01&to=2026-12-31');
    const inTime = { delivered: { numerator: 1, denominator: 1 } };
    t.match(body, { total: inTime }, 'its delivery is measured from the approval');
  },
);

t.test('a return under review completes what came only when it is approved', async (t) => {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, {
    referral: { review: { out: true, in: ['complete'] } },
  });
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  const { id } = (await here.call('POST', '/v1/referrals', signed)).body;
  await here.deliverAll();
  const theirs = (await only(there))[0]!.id;
  await there.act(theirs, { type: 'accept' });
  const back = { ...signed, to: clinic.code, returnOf: theirs, outcome };
  const made = await there.call('POST', '/v1/referrals', back);
  t.match(made.body, { state: 'draft', review: { outcome } });
  t.match((await there.call('GET', `/v1/referrals/${theirs}`)).body, { state: 'accepted' });
  t.match((await review(there, made.body.id, 'approve')).body, { state: 'requested' });
  t.match((await there.call('GET', `/v1/referrals/${theirs}`)).body, { state: 'completed', outcome });
  await there.deliverAll();
  t.match((await here.call('GET', `/v1/referrals/${id}`)).body, { state: 'completed' });
  const [returned] = await only(here, '?role=recipient');
  t.match((await here.call('GET', `/v1/referrals/${returned!.id}`)).body, {
    links: [{ id, relation: 'return-of' }],
  });
});

t.test('a decision is repeated under its key, and needs its own scope', async (t) => {
  const { here } = await reviewing(t);
  const { id, version } = (await here.call('POST', '/v1/referrals', signed)).body;
  const send = () =>
    here.call(
      'POST',
      `/v1/referrals/${id}/review`,
      { decision: 'approve', reviewer: chief },
      { 'if-match': `"${version}"`, 'idempotency-key': 'approve-once-1' },
    );
  t.same((await send()).body, (await send()).body);
  t.equal((await sentBy(here)).length, 1);
  const stranger = { authorization: `Bearer ${here.readerKey}` };
  t.equal((await here.call('POST', `/v1/referrals/${id}/review`, {}, stranger)).status, 403);
});

t.test('what was entered late keeps its own time through a correction', async (t) => {
  const { here } = await reviewing(t);
  const occurredAt = '2026-01-01T08:00:00+08:00';
  const { id } = (await here.call('POST', '/v1/referrals', { ...signed, retro: true, occurredAt })).body;
  await review(here, id, 'send-back', { reason });
  t.equal((await post(here, id, 'submission', { type: 'submit', doctor: li })).status, 200);
  t.equal((await review(here, id, 'approve')).status, 200);
  const { items } = (await here.call('GET', `/v1/referrals/${id}/history`)).body;
  t.match(
    items.find(({ type }) => type === 'send'),
    { at: '2026-01-01T08:00:00.000+08:00' },
  );
});

t.test('a consent that a correction defers is owed from the approval', async (t) => {
  const { here } = await reviewing(t);
  const { id } = (await here.call('POST', '/v1/referrals', signed)).body;
  await review(here, id, 'send-back', { reason });
  here.clock.advance(3_600_000);
  const consent = { given: 'deferred', by: 'patient' };
  await post(here, id, 'submission', { type: 'submit', doctor: li, consent });
  t.match((await review(here, id, 'approve')).body, {
    consentDue: { at: timestampOf(here.clock.now() + 86_400_000), overdue: false },
  });
});

t.test('an emergency that goes back is exempt, and so no review of the outcome', async (t) => {
  const here = await organisation(t, clinic, hospital, {
    referral: { review: { out: true, in: ['complete'] } },
  });
  const there = await organisation(t, hospital, clinic);
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  await there.call('POST', '/v1/referrals', { ...creation, to: clinic.code });
  await there.deliverAll();
  const theirs = (await only(here, '?role=recipient'))[0]!.id;
  await here.act(theirs, { type: 'accept' });
  await here.act(theirs, { type: 'arrive' });
  const back = {
    ...signed,
    to: hospital.code,
    returnOf: theirs,
    outcome,
    channel: 'green',
    priority: 'stat',
  };
  t.match(await here.call('POST', '/v1/referrals', back), { status: 201, body: { channel: 'green' } });
  t.match((await here.call('GET', `/v1/referrals/${theirs}`)).body, {
    state: 'arrived',
    review: { of: 'complete', state: 'waiting' },
  });
});
