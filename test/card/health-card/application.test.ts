import t from 'tap';
import { readChipCard } from '../../../src/card/chip.ts';
import { pipeText } from '../../../src/card/files/contents.ts';
import { readFiles } from '../../../src/card/files/reading.ts';
import { readHealthCard } from '../../../src/card/health-card/application.ts';
import {
  authenticateHealthCard,
  type HealthCardAuthenticator,
} from '../../../src/card/health-card/external-authentication.ts';
import { healthCardFiles, selectHealthCard } from '../../../src/card/health-card/files.ts';
import { irvOf, withIrv } from '../../../src/card/health-card/irv.ts';
import { type ErrorCode, Fault } from '../../../src/errors.ts';
import { type HealthCardProfile, loadProfiles, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { VirtualHealthCard } from '../../../src/sandbox/cards/health-card.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot, scriptedSlot } from '../slots.ts';

const profile = loadProfiles().get('health-card') as HealthCardProfile;

/** A card read in Liaoning in 2013; what named its holder was masked before it was published. */
const CAPTURED = {
  '00A4000002DDF1': '6F10840C57532E5359532E4444463031A5009000',
  '00A4000002EF05': '9000',
  '00B2390005': '39032100009000',
  '00B2010003': '0101319000',
  '00B2020006': '0204303030329000',
  '00B2030020': `031E4C69616F4E696E67${'00'.repeat(22)}9000`,
  '00B204000D': `040B${'1234567890'.repeat(2)}129000`,
  '00B2060006': '0604201304019000',
  '00B2080014': `0812${Buffer.from('C00000000000000018').toString('hex').toUpperCase()}9000`,
  '00B2090005': '09033030309000',
  '00B20A000C': `0A0A${'30'.repeat(10)}9000`,
};
const ATR = '3B6D000000594B54480081866B00001015';

t.test('the captured card is read by the commands of the capture', async (t) => {
  const slot = scriptedSlot(ATR, CAPTURED);
  const told = await readChipCard(slot, (await slot.powerOn())!, ['health-card']);
  t.match(told, {
    kind: 'health-card',
    card: {
      cardNumber: 'C00000000000000018',
      version: '0002',
      category: '1',
      issuer: 'LiaoNing',
      issuerCode: `${'1234567890'.repeat(2)}12`,
      issuedOn: '20130401',
      validTo: '',
      holder: 'blank',
      authenticated: false,
    },
  });
  const { files } = await readFiles(slot, healthCardFiles, 'DDF1EF05|39|01|02|09|0A|$');
  t.equal(pipeText(files), 'DDF1EF05|210000|1|0002|000|0000000000|$');
});

t.test('a full card tells who it is of, till when, and what doctors must know', async (t) => {
  const slot = new CardInSlot(virtualCardOf(profile));
  const told = await readChipCard(slot, (await slot.powerOn())!, ['health-card']);
  t.match(told, {
    card: {
      cardNumber: profile.cardNumber,
      issuer: '样例县卫生局',
      validTo: '20330401',
      archiveNumber: profile.archiveNumber,
      nrcmsNumber: profile.nrcmsNumber,
      bloodGroup: '3',
      rhesus: '1',
      holder: { number: SAMPLE_NUMBER, name: SAMPLE_NAME, sex: '1', nation: '01', birthDate: '19810101' },
    },
  });
  t.equal(new Set(slot.commands.filter((command) => command.startsWith('00B2'))).size, 16);
  t.equal(
    slot.commands.filter((command) => command === '00A4000002DDF1').length,
    2,
    'once, and once for DF02 after DF01',
  );
});

t.test('its further files are read by their addresses', async (t) => {
  const slot = new CardInSlot(virtualCardOf(profile));
  await slot.powerOn();
  const { cardId, files } = await readFiles(
    slot,
    healthCardFiles,
    'DDF1EF06|0B|0F|$DF02EF05|29|$DF03EF05$MFEF08|07|$',
  );
  t.equal(cardId, profile.cardNumber);
  t.equal(
    pipeText(files),
    `DDF1EF06|${SAMPLE_NAME}|${SAMPLE_NUMBER}|$DF02EF05|3|$DF03EF05|00FFFFFFFF|$MFEF08|20330401|$`,
  );
  t.equal(files[2]?.items[0]?.name, '门诊索引');
});

t.test('a card that names nobody is blank, one that keeps the holder is locked', async (t) => {
  const { holder: _, ...blank } = profile;
  const read = async (slot: CardInSlot) => {
    const atr = await slot.powerOn();
    await selectHealthCard(slot);
    return (await readHealthCard(slot, atr!)).holder;
  };
  t.equal(await read(new CardInSlot(virtualCardOf(blank))), 'blank');
  const inner = virtualCardOf(profile);
  const locked = new CardInSlot({
    reset: () => inner.reset(),
    command: (apdu) =>
      apdu[1] === 0xb2 && apdu[2] === 0x0f ? Buffer.from('6982', 'hex') : inner.command(apdu),
  });
  t.equal(await read(locked), 'locked');
});

t.test('the captured authentication, from the card’s own bytes to its answer', async (t) => {
  const card = new VirtualHealthCard(profile, {
    random: () => Buffer.from('76DE041CB26AEEF9', 'hex'),
    cryptogram: () => Buffer.from('DB684C8DDA32120C', 'hex'),
  });
  const sam = scriptedSlot('3B00', {
    '80DE4734180081866B00001015323130303030303076DE041CB26AEEF9': '9000',
    '80FA00001011223344556677880000000000000000': '6110',
    '00C0000010': '00C5FFCA2B58767CDBADB347F16A64709000',
  });
  const slot = new CardInSlot(card);
  const atr = (await slot.powerOn())!;
  const healthCard: HealthCardAuthenticator = async (to, factors) =>
    (await authenticateHealthCard(to, sam, factors)) === 'open';
  const told = await readChipCard(slot, atr, ['health-card'], { healthCard });
  t.match(told, { card: { authenticated: true, holder: { name: SAMPLE_NAME }, validTo: '20330401' } });
  t.match(await readChipCard(slot, atr, ['health-card'], { healthCard: async () => false }), {
    card: { authenticated: false, holder: { name: SAMPLE_NAME } },
  });
});

t.test('what goes wrong has the code of the card’s own interface', async (t) => {
  const cases: [ErrorCode, Record<string, string>, number | undefined][] = [
    ['request.invalid', {}, 101],
    ['card.file-not-found', { file: 'DF01EF0B' }, 102],
    ['card.refused', { file: 'DDF1EF05' }, 103],
    ['card.removed', {}, 104],
    ['card.authentication', {}, 106],
    ['card.refused', { file: 'DF03ED01' }, 107],
    ['card.write-refused', { file: 'DF01EF08' }, 108],
    ['card.write-refused', { file: 'DF03EE02' }, 109],
    ['card.refused', { file: 'DF03EF05' }, 110],
    ['card.write-refused', { file: 'DF03EF05' }, 111],
    ['card.file-not-found', { file: 'DF01EF08', item: '2F' }, 112],
    ['card.refused', { file: 'DDF1EF07' }, 113],
    ['reader.lost', {}, undefined],
  ];
  for (const [code, facts, irv] of cases) {
    t.equal(irvOf(new Fault(code, { facts })), irv, `${code} ${JSON.stringify(facts)}`);
  }
  const slot = new CardInSlot(virtualCardOf(profile));
  await slot.powerOn();
  await t.rejects(
    withIrv(() => readFiles(slot, healthCardFiles, 'DF02EF05|0B|$')),
    {
      code: 'card.file-not-found',
      context: { facts: { irv: 112, item: '0B' } },
    },
  );
  await t.rejects(
    withIrv(async () => {
      throw new TypeError('a bug');
    }),
    TypeError,
  );
});
