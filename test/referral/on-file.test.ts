import t from 'tap';
import { referralsOnFile } from '../../src/referral/on-file.ts';
import { clinic, creation, hospital, joined } from './organisations.ts';

t.test(
  'either end tells which way a referral goes and between which levels, as long as it stands',
  async (t) => {
    const { here, there } = await joined(t);
    const sent = referralsOnFile({ ...here, own: clinic, organisations: [hospital] });
    const received = referralsOnFile({ ...there, own: hospital, organisations: [clinic] });
    const { body } = await here.call('POST', '/v1/referrals', creation);
    await here.deliverAll();
    const [arrived] = (await there.call('GET', '/v1/referrals')).body.items;
    const up = { state: 'referred', direction: 'up', fromLevel: 'village', toLevel: 'county' };
    t.same(await sent.onFile(body.id), up);
    t.same(await received.onFile(arrived?.id ?? ''), up);
    t.equal(await sent.onFile('nobody'), undefined);
    const stranger = referralsOnFile({ ...here, own: clinic, organisations: [] });
    t.same(await stranger.onFile(body.id), { ...up, toLevel: undefined }, 'a level that is not known');

    await there.act(arrived?.id ?? '', { type: 'decline', reason: { text: '无床位' } });
    t.equal(await received.onFile(arrived?.id ?? ''), undefined, 'what was declined stands no more');
  },
);
