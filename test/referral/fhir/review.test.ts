import t from 'tap';
import { clinic, hospital, join, organisation } from '../organisations.ts';
import { ask } from './asking.ts';
import { type Any, transaction } from './package.ts';

const chief = { number: 'R900', name: '审核人' };

t.test(
  'what is under review is a draft over FHIR, and an answer under review leaves the task as it is',
  async (t) => {
    const here = await organisation(t, clinic, hospital, { referral: { review: { out: true } } });
    const there = await organisation(t, hospital, clinic, { referral: { review: { in: ['accept'] } } });
    join(here, hospital, await there.listen());
    join(there, clinic, await here.listen());
    async function approve(side: typeof here, id: string) {
      const { headers } = await side.call('GET', `/v1/referrals/${id}`);
      const decision = { decision: 'approve', reviewer: chief, text: '同意' };
      const given = { 'if-match': String(headers.etag) };
      t.equal((await side.call('POST', `/v1/referrals/${id}/review`, decision, given)).status, 200);
    }

    t.equal((await ask(t, here, 'POST', '', transaction())).status, 200);
    const only = async (side: typeof here): Promise<Any> => {
      const { body } = await ask(t, side, 'GET', '/Task');
      return body.entry?.[0]?.resource;
    };
    const draft = await only(here);
    t.match(draft, { status: 'draft' });
    t.equal((await ask(t, here, 'GET', `/ServiceRequest/${draft.id}`)).body.status, 'draft');
    await here.deliverAll();
    t.equal(await only(there), undefined);
    await approve(here, draft.id);
    t.match(await only(here), { status: 'requested' });
    await here.deliverAll();

    const task = await only(there);
    const accepted: Any = { ...task, status: 'accepted' };
    delete accepted.businessStatus;
    const version = { 'if-match': `W/"${task.meta.versionId}"` };
    const held = await ask(t, there, 'PUT', `/Task/${task.id}`, accepted, version);
    t.match(held, { status: 200, body: { status: 'received' } });
    await approve(there, task.id);
    t.match(await only(there), { status: 'accepted' });
    await there.deliverAll();
    t.match(await only(here), { status: 'accepted' });
    for (const side of [here, there]) {
      const { id } = await only(side);
      const { body } = await ask(t, side, 'GET', `/Communication?based-on=ServiceRequest/${id}`);
      t.notMatch(JSON.stringify(body), '同意', 'a review is not told to anybody');
    }
  },
);
