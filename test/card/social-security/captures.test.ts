import t from 'tap';
import { readSocialSecurityCard } from '../../../src/card/social-security/application.ts';
import { scriptedSlot } from '../slots.ts';

const SELECT = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';

/** The answer a file would give to one record read by tag with its length, as TAG LEN VALUE. */
function byTag(records: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    records.map((record) => [`00B2${record.slice(0, 2)}00${hexByte(record.length / 2)}`, `${record}9000`]),
  );
}

/** The same by record number, tag and number being the same in EF05. */
function byNumber(records: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    records.map((record, at) => [`00B2${hexByte(at + 1)}04${hexByte(record.length / 2)}`, `${record}9000`]),
  );
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

/** A test card read in a GWI-IC20 reader, 2012. */
const CAPTURED_EF05 = [
  '0110430299D156000005000000133A05F2E3',
  '020133',
  '0304322E3000',
  '040C9156000002430200430100D5',
  '050432303132',
  '060432303232',
  '0709423030303030313331',
];
const CAPTURED_SELECT = {
  [SELECT]: '6118',
  '00C0000018': '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000',
  '00A4020002EF05': '9000',
};

for (const [mode, records] of [
  ['tag', byTag(CAPTURED_EF05)],
  ['number', byNumber(CAPTURED_EF05)],
] as const) {
  t.test(`the captured card of 2012 is read by ${mode}`, async (t) => {
    const slot = scriptedSlot('3B6D000000813147318650430200000013', { ...CAPTURED_SELECT, ...records });
    const card = await readSocialSecurityCard(slot, (await slot.powerOn())!);
    t.strictSame(card, {
      resetInformation: '00813147318650430200000013',
      algorithm: 'des',
      cardId: '430299D156000005000000133A05F2E3',
      category: '3',
      version: '2.0',
      issuer: '9156000002430200430100D5',
      issuedOn: '2012',
      validTo: '2022',
      cardNumber: 'B00000131',
      blocked: false,
      holder: 'blank',
    });
  });
}

t.test('a blank card of generation 3 gives its id and version, and keeps the holder', async (t) => {
  const slot = scriptedSlot('3B6D0000008C544CB386844116018593CA', {
    [SELECT]: '611E',
    '00C000001E': '6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C038601039000',
    '00A4020002EF05': '9000',
    ...byTag(['0110330300D15600000599110145FFFFFFFF', '0304332E3030']),
    '00A4020002EF06': '9000',
    '00B2080014': '6982',
  });
  const card = await readSocialSecurityCard(slot, (await slot.powerOn())!);
  t.equal(card.cardId, '330300D15600000599110145FFFFFFFF');
  t.equal(card.version, '3.00');
  t.equal(card.resetInformation, '008C544CB386844116018593CA');
  t.equal(card.algorithm, 'sm4');
  t.equal(card.holder, 'locked');
});

t.test('another CPU card is not known', async (t) => {
  const slot = scriptedSlot('3B690000249987DFED5DFFFFFF', {});
  await t.rejects(readSocialSecurityCard(slot, (await slot.powerOn())!), { code: 'card.unknown' });
});

for (const [sw, blocked] of [
  ['6A81', 'card'],
  ['6985', 'application'],
  ['9303', 'application'],
]) {
  t.test(`a card that answers ${sw} to SELECT is blocked, and says so with its status`, async (t) => {
    const slot = scriptedSlot('3B6D000000813147318650430200000013', { [SELECT]: sw! });
    await t.rejects(readSocialSecurityCard(slot, (await slot.powerOn())!), {
      code: 'card.blocked',
      context: { facts: { sw, blocked } },
    });
  });
}

for (const sw of ['6283', '6285']) {
  t.test(`an application that warns with ${sw} is blocked, and read all the same`, async (t) => {
    const slot = scriptedSlot('3B6D000000813147318650430200000013', {
      [SELECT]: sw,
      '00A4020002EF05': '9000',
      ...byTag(CAPTURED_EF05),
    });
    const card = await readSocialSecurityCard(slot, (await slot.powerOn())!);
    t.match(card, { blocked: true, cardId: '430299D156000005000000133A05F2E3' });
  });
}

t.test('a blocked application that gives no file is a blocked card, not an unknown one', async (t) => {
  const slot = scriptedSlot('3B6D000000813147318650430200000013', { [SELECT]: '6283' });
  await t.rejects(readSocialSecurityCard(slot, (await slot.powerOn())!), { code: 'card.blocked' });
});

for (const sw of ['6D00', '6E00', '6700', '6A86', '6999']) {
  t.test(`a card that answers ${sw} to the application's name is another card`, async (t) => {
    const slot = scriptedSlot('3B690000249987DFED5DFFFFFF', { [SELECT]: sw });
    await t.rejects(readSocialSecurityCard(slot, (await slot.powerOn())!), { code: 'card.unknown' });
    t.equal(slot.commands.length, 1);
  });
}
