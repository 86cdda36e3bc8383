import fc from 'fast-check';
import t from 'tap';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { Fault } from '../../../src/errors.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot } from '../slots.ts';

const profiles = loadProfiles();

function profile(id: string): SocialSecurityProfile {
  const found = profiles.get(id);
  if (found?.kind !== 'social-security-card') throw new Error(`no profile ${id}`);
  return found;
}

async function read(card: SocialSecurityProfile) {
  const slot = new CardInSlot(virtualCardOf(card));
  const atr = await slot.powerOn();
  return { card: await readSocialSecurityCard(slot, atr!), commands: slot.commands };
}

const base = profile('social-security-v2');

for (const version of ['1.00', '2.00', '3.00'] as const) {
  for (const recordModes of [['tag'], ['number'], ['tag', 'number']] as ('tag' | 'number')[][]) {
    for (const getResponse of [true, false]) {
      for (const knowsItsName of [true, false]) {
        const ways = `${recordModes.join('+')}${getResponse ? ', 61xx' : ''}${knowsItsName ? '' : ', early'}`;
        t.test(`version ${version} is read: ${ways}`, async (t) => {
          const behaviour = { recordModes, getResponse, knowsItsName };
          const { card } = await read({ ...base, version, behaviour });
          t.equal(card.cardId, base.cardId);
          t.equal(card.version, version);
          t.equal(card.cardNumber, version === '3.00' ? '' : base.cardNumber);
          t.equal(card.issuer, base.issuer);
          t.equal(card.issuedOn, base.issuedOn);
          t.equal(card.validTo, base.validTo);
          t.equal(card.resetInformation, base.resetInformation);
          if (version === '3.00') return t.equal(card.holder, 'locked');
          return t.strictSame(card.holder, {
            number: SAMPLE_NUMBER,
            name: SAMPLE_NAME,
            sex: '1',
            nation: '01',
            birthplace: '111111',
            birthDate: '19810101',
          });
        });
      }
    }
  }
}

t.test('no command is spent twice: one per record, and one to find the mode out', async (t) => {
  const byTag = await read({ ...base, behaviour: { ...base.behaviour, recordModes: ['tag'] } });
  // SELECT, GET RESPONSE, EF05, 7 records, EF06, 7 records.
  t.equal(byTag.commands.length, 18);
  const byNumber = await read({ ...base, behaviour: { ...base.behaviour, recordModes: ['number'] } });
  t.equal(byNumber.commands.length, 19);
  t.equal(new Set(byNumber.commands).size, 19);
});

t.test('a long name is put together from its record and the extension', async (t) => {
  const long = profile('social-security-v2-long-name');
  const { card } = await read(long);
  t.match(card.holder, { name: long.holder?.name });
});

t.test('a card that was not made out to anyone is blank', async (t) => {
  const { holder: _, ...blank } = base;
  const { card } = await read(blank);
  t.equal(card.holder, 'blank');
});

t.test('a card that calls itself 2.00 but counts like 1.00 is still read by number', async (t) => {
  const inner = virtualCardOf({
    ...base,
    version: '1.00',
    behaviour: { ...base.behaviour, recordModes: ['number'] },
  });
  const slot = new CardInSlot({
    reset: () => inner.reset(),
    command: (apdu) => {
      const answer = inner.command(apdu);
      const version = answer.indexOf('0304312E3030', 'hex');
      if (version === 0) answer[2] = 0x32;
      return answer;
    },
  });
  const card = await readSocialSecurityCard(slot, (await slot.powerOn())!);
  t.equal(card.version, '2.00');
  t.match(card.holder, { name: SAMPLE_NAME, sex: '1', birthDate: '19810101' });
});

t.test('a card that answers anything at all ends in a card or a Fault', async (t) => {
  const answers = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom('9000', '6982', '6A82', '6A83', '6700', '6C12', '6110')
      .map((sw) => Buffer.from(sw, 'hex')),
    fc.uint8Array({ maxLength: 30 }).map((data) => Buffer.concat([data, Buffer.of(0x90, 0x00)])),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(answers, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      async (script, honest) => {
        const inner = virtualCardOf(base);
        let at = 0;
        const slot = new CardInSlot({
          reset: () => inner.reset(),
          command: (apdu) => {
            const truth = inner.command(apdu);
            const answer = script[at++];
            return answer === undefined || (honest && at % 3 !== 0) ? truth : Buffer.from(answer);
          },
        });
        try {
          await readSocialSecurityCard(slot, (await slot.powerOn())!);
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
      },
    ),
  );
  t.pass();
});
