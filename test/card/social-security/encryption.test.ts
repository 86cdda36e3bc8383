import t from 'tap';
import { challenge, respond } from '../../../src/card/social-security/encryption.ts';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { CardInSlot } from '../slots.ts';

/** Step one as a vendor's library put it out for a card of generation 3, and an answer of an encryption machine. */
const STEP1 =
  '510100|0081544C968684510100035676|03|510100D156000005F0348866E075C174|' +
  'C49031D2A31E6A14|0102030405060708|096D1FFE340D812F|0102030405060708|';
const ANSWER = {
  internal: '98ABD5279E9CD3306183AFC81BE3C72E',
  external: '40B69F2C478028DC1594A8CC187E1FE9',
};

const card = {
  cardId: '510100D156000005F0348866E075C174',
  resetInformation: '0081544C968684510100035676',
  algorithm: 'sm4',
} as const;

const CHALLENGE = '0084000008';
const INTERNAL = '0088000010C49031D2A31E6A140102030405060708';
const SHOW = `0082000A10${ANSWER.external}`;

/** A card that draws the challenges of the sample in their order, and is pulled after so many commands. */
function sampleCard(script: Record<string, string> = {}, commandsMax = Number.POSITIVE_INFINITY) {
  const draws = ['0102030405060708', 'C49031D2A31E6A14', '0102030405060708', '096D1FFE340D812F'];
  const answers: Record<string, string> = { [INTERNAL]: `${ANSWER.internal}9000`, [SHOW]: '9000', ...script };
  const virtual: VirtualCard = {
    reset: () => Buffer.from('3B6D00000081544C968684510100035676', 'hex'),
    command(apdu) {
      const command = apdu.toString('hex').toUpperCase();
      if (slot.commands.length === commandsMax) slot.insert(undefined);
      const answer = command === CHALLENGE ? `${draws.shift()}9000` : (answers[command] ?? '6D00');
      return Buffer.from(answer, 'hex');
    },
  };
  const slot = new CardInSlot(virtual);
  return slot;
}

t.test('the challenges of a real card make the request that a vendor’s library made of them', async (t) => {
  const slot = sampleCard();
  const { request, internal } = await challenge(slot, card, true);
  t.equal(
    Object.values(request)
      .map((field) => `${field}|`)
      .join(''),
    STEP1,
  );
  t.equal(internal, ANSWER.internal);
  t.strictSame(slot.commands, [CHALLENGE, CHALLENGE, INTERNAL, CHALLENGE, CHALLENGE]);
});

t.test('the machine’s answer is compared with the card’s own, then shown to the card', async (t) => {
  const slot = sampleCard();
  await respond(slot, await challenge(slot, card, true), ANSWER);
  t.equal(slot.commands.at(-1), SHOW);
});

t.test('eight bytes of the card’s own answer are compared, whatever follows them', async (t) => {
  for (const own of ['98ABD5279E9CD330', '98ABD5279E9CD3300000000000000000']) {
    const slot = sampleCard({ [INTERNAL]: `${own}9000` });
    await respond(slot, await challenge(slot, card, true), ANSWER);
    t.equal(slot.commands.at(-1), SHOW, own);
  }
});

t.test('a card that answers another way is not genuine, and is shown nothing', async (t) => {
  const slot = sampleCard({ [INTERNAL]: '98ABD5279E9CD3316183AFC81BE3C72E9000' });
  const challenged = await challenge(slot, card, true);
  await t.rejects(respond(slot, challenged, ANSWER), { code: 'card.authentication' });
  t.notOk(slot.commands.includes(SHOW));
});

t.test('a card that reads freely is asked for its own half only', async (t) => {
  const slot = sampleCard();
  const challenged = await challenge(slot, { ...card, algorithm: 'des' }, false);
  t.match(challenged.request, { algorithm: '01', externalFactor: '', externalSource: '' });
  await respond(slot, challenged, { ...ANSWER, external: '' });
  t.strictSame(slot.commands, [CHALLENGE, CHALLENGE, INTERNAL]);
  t.equal((await challenge(sampleCard(), { ...card, algorithm: 'ssf33' }, false)).request.algorithm, '02');
});

t.test('a card that is pulled between any two commands is removed', async (t) => {
  for (let count = 1; count <= 5; count++) {
    const slot = sampleCard({}, count);
    const whole = challenge(slot, card, true).then((challenged) => respond(slot, challenged, ANSWER));
    await t.rejects(whole, { code: 'card.removed' }, `after ${count} commands`);
  }
});

t.test('what the card refuses is told with its status word', async (t) => {
  for (const [sw, script] of [
    ['6D00', { [INTERNAL]: '6D00' }],
    ['6A88', { [INTERNAL]: '6A88' }],
    ['9000', { [INTERNAL]: '98ABD59000' }],
    ['6A88', { [SHOW]: '6A88' }],
  ] as const) {
    const slot = sampleCard(script);
    const whole = challenge(slot, card, true).then((challenged) => respond(slot, challenged, ANSWER));
    await t.rejects(whole, { code: 'card.refused', context: { facts: { sw } } });
  }
  for (const sw of ['63C2', '6983', '6982']) {
    const slot = sampleCard({ [SHOW]: sw });
    const challenged = await challenge(slot, card, true);
    await t.rejects(respond(slot, challenged, ANSWER), {
      code: 'card.authentication',
      context: { facts: { sw } },
    });
  }
});
