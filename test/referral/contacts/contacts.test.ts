import fc from 'fast-check';
import t, { type Test } from 'tap';
import { checkConfiguration, readConfiguration } from '../../../src/config.ts';
import { contactsFor } from '../../../src/referral/contacts/rules.ts';
import { clinic, creation, hospital, join, organisation, type TestOrganisation } from '../organisations.ts';

const TELEPHONE = '0000-7654321';
const contacts = [
  { role: 'emergency', name: '急诊科', told: 'system' },
  { role: 'chest-pain-centre', name: '胸痛中心', told: 'telephone', telephone: TELEPHONE },
  { role: 'duty-doctor', name: '值班医生', told: 'system' },
] as const;
const wang = { number: 'D002', name: '王医生' };
const zhao = { number: 'D003', name: '赵医生' };
const emergency = { ...creation, channel: 'green', priority: 'stat' };

async function pair(t: Test) {
  const here = await organisation(t, clinic, hospital);
  const there = await organisation(t, hospital, clinic, { referral: { contacts: [...contacts] } });
  join(here, hospital, await there.listen());
  join(there, clinic, await here.listen());
  return { here, there };
}

const told = (side: TestOrganisation) =>
  side.events.filter(({ type }) => type === 'referral.contact').map(({ data }) => [data.role, data.state]);

async function sent(here: TestOrganisation, there: TestOrganisation, more: object = {}) {
  const made = await here.call('POST', '/v1/referrals', { ...emergency, ...more });
  await here.deliverAll();
  await there.deliverAll();
  const { items } = (await there.call('GET', '/v1/referrals')).body;
  return { id: made.body.id, theirs: items[0]!.id };
}

const seen = (side: TestOrganisation, id: string, role: string, by: object) =>
  side.call('POST', `/v1/referrals/${id}/contacts/${role}/seen`, { by });

const contactsAt = async (side: TestOrganisation, id: string) =>
  (await side.call('GET', `/v1/referrals/${id}`)).body.contacts;

t.test(
  'an emergency is told to all at once, and both ends see who was told and who has seen it',
  async (t) => {
    const { here, there } = await pair(t);
    const { id, theirs } = await sent(here, there);
    const all = contacts.map(({ role }) => [role, 'told']);
    t.same(told(there), all);
    t.same(told(here).toSorted(), all.toSorted(), 'the one who sent it is told of it');
    const atReceiver = await contactsAt(there, theirs);
    t.match(
      atReceiver?.find(({ role }) => role === 'chest-pain-centre'),
      { telephone: TELEPHONE, told: 'telephone' },
    );
    t.equal((await contactsAt(here, id))?.length, 3);
    t.notMatch(JSON.stringify(await contactsAt(here, id)), TELEPHONE);

    there.clock.advance(60_000);
    here.clock.advance(60_000);
    const answer = await seen(there, theirs, 'duty-doctor', wang);
    t.equal(answer.status, 200);
    await seen(there, theirs, 'duty-doctor', zhao);
    await there.deliverAll();
    for (const [side, ref] of [
      [there, theirs],
      [here, id],
    ] as const) {
      const shown = await contactsAt(side, ref);
      t.match(
        shown?.find(({ role }) => role === 'duty-doctor'),
        { seenBy: wang },
        'the first stays',
      );
      const { seenAt, toldAt } = shown!.find(({ role }) => role === 'duty-doctor')!;
      t.equal(Date.parse(seenAt!) - Date.parse(toldAt), 60_000);
      t.notOk('seenAt' in shown!.find(({ role }) => role === 'emergency')!);
      t.same(told(side).at(-1), ['duty-doctor', 'seen']);
    }
    t.equal(told(here).filter(([, state]) => state === 'seen').length, 1);
    const trail = await there.store.list<{ act: string; detail: string }>((db) =>
      db
        .selectFrom('audit')
        .select(['act', 'detail'])
        .where('act', 'in', ['tell-contacts', 'contact-seen'])
        .orderBy('seq'),
    );
    t.same(
      trail.map(({ act, detail }) => [act, JSON.parse(detail)]),
      [
        ['tell-contacts', { roles: 'emergency chest-pain-centre duty-doctor' }],
        ['contact-seen', { role: 'duty-doctor', who: wang.number }],
      ],
    );
  },
);

t.test('those whom it names are told; nobody is left out for a name that is not known', async (t) => {
  const { here, there } = await pair(t);
  const named = await sent(here, there, { notify: ['chest-pain-centre', 'stroke-centre'] });
  t.same(told(there), [['chest-pain-centre', 'told']]);
  t.match((await seen(there, named.theirs, 'emergency', wang)).body, { code: 'referral.no-contact' });
  t.match((await seen(here, named.id, 'chest-pain-centre', wang)).body, { code: 'referral.no-contact' });
  t.equal((await seen(there, 'nobody', 'emergency', wang)).status, 404);
  await sent(here, there, { notify: ['stroke-centre'] });
  t.equal(told(there).length, 1 + contacts.length);
  const wrong = await here.call('POST', '/v1/referrals', { ...creation, notify: ['emergency'] });
  t.match(wrong.body, { code: 'request.invalid', pointer: '/body/notify' });
});

t.test('where the directory lists the contacts of the receiver, only these are named', async (t) => {
  const listed = { ...hospital, contacts: [{ role: 'emergency', name: '急诊科' }] };
  const here = await organisation(t, clinic, listed);
  const name = (...notify: string[]) => here.call('POST', '/v1/referrals', { ...emergency, notify });
  t.match((await name('emergency', 'stroke-centre')).body, {
    code: 'request.invalid',
    pointer: '/body/notify/1',
  });
  t.equal((await name('emergency')).status, 201);
});

t.test('what is entered after the fact, and what is no emergency, is told to nobody', async (t) => {
  const { here, there } = await pair(t);
  const retro = { retro: true, occurredAt: new Date(here.clock.now() - 3_600_000).toISOString() };
  const { theirs } = await sent(here, there, retro);
  t.same(told(there), []);
  t.equal(await contactsAt(there, theirs), undefined);
  await here.call('POST', '/v1/referrals', creation);
  await here.deliverAll();
  t.same(told(there), []);
});

t.test('messages about contacts that repeat, or overtake one another, end in the same', async (t) => {
  const { here, there } = await pair(t);
  await here.call('POST', '/v1/referrals', emergency);
  await here.deliverAll();
  const theirs = (await there.call('GET', '/v1/referrals')).body.items[0]!.id;
  await seen(there, theirs, 'emergency', wang);
  const rows = await there.store.list((db) =>
    db.selectFrom('deliveries').selectAll().where('type', '=', 'referral.contacts').orderBy('id', 'desc'),
  );
  t.equal(rows.length, 2);
  const handler = here.handlers.get('referral.contacts')!;
  for (const row of [...rows, ...rows]) {
    const message = there.outbox.messageOf(row as never, hospital.code);
    (await here.store.write((unit) => handler.receive(unit, message)))();
  }
  const [mine] = (await here.call('GET', '/v1/referrals')).body.items;
  const shown = await contactsAt(here, mine!.id);
  t.match(
    shown?.find(({ role }) => role === 'emergency'),
    { seenBy: wang },
  );
  t.equal(shown?.length, 3);
  const strange = { ...there.outbox.messageOf(rows[0] as never, hospital.code), body: Buffer.from('{}') };
  await t.rejects(
    here.store.write((unit) => handler.receive(unit, strange)),
    { code: 'request.invalid' },
  );
  const caseless = Buffer.from(
    rows.length > 0 ? JSON.stringify({ version: 1, caseId: 'none', contacts: shown }) : '',
  );
  await t.rejects(
    here.store.write((unit) => handler.receive(unit, { ...strange, body: caseless })),
    {
      code: 'link.unknown-case',
    },
  );
});

t.test('somebody is always told where there is somebody to tell', async () => {
  const roles = fc.array(fc.constantFrom('emergency', 'chest-pain-centre', 'duty-doctor', 'other'));
  fc.assert(
    fc.property(fc.subarray([...contacts]), fc.option(roles, { nil: undefined }), (there, named) => {
      const chosen = contactsFor(there, named);
      return (
        chosen.length > 0 === there.length > 0 &&
        chosen.every((each) => there.some(({ role }) => role === each.role))
      );
    }),
  );
});

t.test(
  'two contacts of one role, and a number that is none, stop the start without being repeated',
  async (t) => {
    const { referral: _none, ...rest } = readConfiguration(undefined);
    const [first] = contacts;
    t.throws(
      () => checkConfiguration({ ...rest, referral: { contacts: [first, first] } }),
      /referral\.contacts: .*emergency/,
    );
    const bad = { ...first, telephone: '12' };
    t.throws(
      () => checkConfiguration({ ...rest, referral: { contacts: [bad] } }),
      /referral\.contacts\.0\.telephone/,
    );
  },
);
