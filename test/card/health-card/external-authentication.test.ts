import t from 'tap';
import {
  authenticateHealthCard,
  healthCardAuthenticators,
} from '../../../src/card/health-card/external-authentication.ts';
import { Fault } from '../../../src/errors.ts';
import { CardInSlot, scriptedSlot } from '../slots.ts';

const ATR = '3B6D000000594B54480081866B00001015';
const FACTORS = { card: Buffer.from('0081866B00001015', 'hex'), city: '210000' };
const DERIVE = '80DE4734180081866B000010153231303030303030';
const ENCRYPT = '80FA00001011223344556677880000000000000000';
const SHOWN_END = '112233445566778801';

/** Two of the 93 captured authentications; the challenge of the second was not published. */
const captures = [
  { challenge: '76DE041CB26AEEF9', encrypted: '00C5FFCA2B58767CDBADB347F16A6470', shown: 'DB684C8DDA32120C' },
  { challenge: '0000000000000000', encrypted: '6E60086ECC91D7592AA2F37F8E3522EF', shown: '44C2FB1142A4F5B6' },
];

function slots(
  answers: { card?: Record<string, string>; sam?: Record<string, string> } = {},
  capture = captures[0]!,
) {
  const card = scriptedSlot(ATR, {
    '0084000008': `${capture.challenge}9000`,
    [`0082008411${capture.shown}${SHOWN_END}`]: '9000',
    ...answers.card,
  });
  const sam = scriptedSlot('3B00', {
    [DERIVE + capture.challenge]: '9000',
    [ENCRYPT]: '6110',
    '00C0000010': `${capture.encrypted}9000`,
    ...answers.sam,
  });
  return { card, sam };
}

for (const capture of captures) {
  t.test(`the card is shown the halves of ${capture.encrypted}, one XOR the other`, async (t) => {
    const { card, sam } = slots({}, capture);
    t.equal(await authenticateHealthCard(card, sam, FACTORS), 'open');
    t.strictSame(card.commands, ['0084000008', `0082008411${capture.shown}${SHOWN_END}`]);
    t.strictSame(sam.commands, [DERIVE + capture.challenge, ENCRYPT, '00C0000010']);
  });
}

t.test('a card that does not take the cryptogram is not genuine, or the PSAM is not', async (t) => {
  const { card, sam } = slots({ card: { [`0082008411${captures[0]!.shown}${SHOWN_END}`]: '6300' } });
  await t.rejects(authenticateHealthCard(card, sam, FACTORS), {
    code: 'card.authentication',
    context: { facts: { sw: '6300' } },
  });
});

t.test('a PSAM that cannot help is no fault of the card', async (t) => {
  const why = async ({ card, sam }: { card: CardInSlot; sam: CardInSlot }, factors = FACTORS) =>
    ((await authenticateHealthCard(card, sam, factors)) as { why: string }).why;
  t.match(await why({ ...slots(), sam: new CardInSlot(undefined) }), /no PSAM/);
  t.match(await why(slots({ sam: { [DERIVE + captures[0]!.challenge]: '6A88' } })), /no key.*6A88/);
  t.match(await why(slots({ sam: { [ENCRYPT]: '6985' } })), /did not encrypt.*6985/);
  t.match(await why(slots({ sam: { '00C0000010': '00C5FFCA2B58767C9000' } })), /did not encrypt/);
  t.match(
    await why(slots({ card: { [`0082008411${captures[0]!.shown}${SHOWN_END}`]: '6A88' } })),
    /no such key/,
  );
  t.match(await why(slots(), { ...FACTORS, city: '' }), /factor/);
  t.match(await why(slots(), { ...FACTORS, card: Buffer.alloc(4) }), /factor/);
  const gone = slots();
  t.intercept(gone.sam, 'transmit', { value: async () => Promise.reject(new Fault('card.removed')) });
  t.match(await why(gone), /no answer/);
});

t.test('a card without challenge is refused; a lost reader is lost', async (t) => {
  const { card, sam } = slots({ card: { '0084000008': '6D00' } });
  await t.rejects(authenticateHealthCard(card, sam, FACTORS), {
    code: 'card.refused',
    context: { facts: { sw: '6D00' } },
  });
  const lost = slots();
  t.intercept(lost.sam, 'powerOn', { value: async () => Promise.reject(new Fault('reader.lost')) });
  await t.rejects(authenticateHealthCard(lost.card, lost.sam, FACTORS), { code: 'reader.lost' });
});

t.test('a reader has an authenticator where it is configured and has the slot', async (t) => {
  const settings = { slot: 2, keyUsage: '47', keyIndex: '34', cardKey: '84' };
  const of = healthCardAuthenticators(new Map([['desk-1', settings]]));
  const { card, sam } = slots();
  const reader = {
    lost: new Promise<void>(() => {}),
    close: async () => {},
    sams: [new CardInSlot(undefined), sam],
  };
  t.equal(of('desk-2', reader), undefined);
  t.equal(of('desk-1', { ...reader, sams: [sam] }), undefined);
  t.equal(await of('desk-1', reader)?.(card, FACTORS), true);
  t.equal(await of('desk-1', reader)?.(card, { ...FACTORS, city: '' }), false);
});
