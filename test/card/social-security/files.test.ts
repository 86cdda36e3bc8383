import t from 'tap';
import type { FilesAnswer } from '../../../schemas/card.ts';
import type { Need } from '../../../src/card/files/chip-files.ts';
import { pipeText } from '../../../src/card/files/contents.ts';
import { type FileOptions, readFiles } from '../../../src/card/files/reading.ts';
import { writeFiles } from '../../../src/card/files/writing.ts';
import { socialSecurityFiles } from '../../../src/card/social-security/files.ts';
import { firstGenerationLayouts, layouts } from '../../../src/card/social-security/layouts.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import type { VirtualCard } from '../../../src/sandbox/port.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';
import { CardInSlot, scriptedSlot } from '../slots.ts';

const full = loadProfiles().get('social-security-v2-full') as SocialSecurityProfile;
const VERIFY = Buffer.from('0020000003123456', 'hex');

async function slotWith(card: VirtualCard): Promise<CardInSlot> {
  const slot = new CardInSlot(card);
  await slot.powerOn();
  return slot;
}

async function read(address: string, profile = full, options: FileOptions = {}) {
  const slot = await slotWith(virtualCardOf(profile));
  const { cardId, files } = await readFiles(slot, socialSecurityFiles, address, options);
  return { cardId, files, text: pipeText(files), commands: slot.commands };
}

const values = (files: FilesAnswer['files']) => files.map(({ items }) => items.map(({ value }) => value));

const ISSUER = [
  '639900D1560000050100000000000005',
  '1',
  '2.00',
  '915600000243020043010001',
  '20160919',
  '20360919',
  'X00000051',
];
const HOLDER = [SAMPLE_NUMBER, SAMPLE_NAME, '', '1', '01', '111111', '19810101'];

/** How older cards fill up texts: 20 in place of 00. */
function filledWithBlanks(card: VirtualCard): VirtualCard {
  return {
    reset: () => card.reset(),
    command(apdu) {
      const answer = Buffer.from(card.command(apdu));
      const text = [0x07, 0x08, 0x09, 0x4e].includes(answer[0]!) && answer.length > 4;
      for (let at = answer.length - 3; text && at > 1 && answer[at] === 0; at--) answer[at] = 0x20;
      return answer;
    },
  };
}

for (const recordModes of [['tag'], ['number'], ['tag', 'number']] as ('tag' | 'number')[][]) {
  for (const getResponse of [true, false]) {
    for (const blanks of [false, true]) {
      t.test(`every item of EF05 and EF06: ${recordModes} ${getResponse} ${blanks}`, async (t) => {
        const card = virtualCardOf({ ...full, behaviour: { ...full.behaviour, recordModes, getResponse } });
        const slot = await slotWith(blanks ? filledWithBlanks(card) : card);
        const { files, cardId } = await readFiles(slot, socialSecurityFiles, 'SSSEEF05$SSSEEF06$');
        t.equal(cardId, full.cardId);
        t.strictSame(values(files), [ISSUER, HOLDER]);
        t.strictSame(
          files.flatMap(({ items }) => items.map(({ tag }) => tag)),
          ['01', '02', '03', '04', '05', '06', '07', '08', '09', '4E', '0A', '0B', '0C', '0D'],
        );
      });
    }
  }
}

t.test('items come in the order of the address, and the string repeats it', async (t) => {
  const { text } = await read('SSSEEF05|06|07|$MF|EF06|0d|08|$3F00EF06|0A|$');
  t.equal(text, `SSSEEF05|20360919|X00000051|$MF|EF06|19810101|${SAMPLE_NUMBER}|$3F00EF06|1|$`);
});

t.test('generation 1 has no name extension: it is no item of that card', async (t) => {
  const first = { ...full, version: '1.00' as const };
  t.strictSame(values((await read('SSSEEF06|09|0A|0D|$', first)).files), [[SAMPLE_NAME, '1', '19810101']]);
  await t.rejects(read('SSSEEF06|4E|$', first), {
    code: 'card.file-not-found',
    context: { facts: { file: 'SSSEEF06', item: '4E' } },
  });
});

for (const recordModes of [['tag'], ['number']] as ('tag' | 'number')[][]) {
  t.test(`the applications below the root are read by ${recordModes}, one after the other`, async (t) => {
    const card = { ...full, behaviour: { ...full.behaviour, recordModes } };
    const { text } = await read(
      'DF01EF06|23|24|28|2C|$DF04EF06|90|92|93|$SSSEEF06|09|$DF01EF05|20|21|0E|$',
      card,
    );
    t.equal(
      text,
      `DF01EF06|样例县二号街道|111111|00000000||$DF04EF06|1|123.45|01|$SSSEEF06|${SAMPLE_NAME}|$DF01EF05|10|样例县一号街道|111111|$`,
    );
  });

  t.test(`equal items are told apart by their number, by ${recordModes}`, async (t) => {
    const card = { ...full, behaviour: { ...full.behaviour, recordModes } };
    const { text } = await read('DF02EF15|99:03|99:01|0F|1F|99|$DF01EF15|40:02|2A|$', card);
    t.equal(
      text,
      'DF02EF15|003^20150701^445566|001^20130701^112233|20130801|223344|001^20130701^112233|$DF01EF15|102^200406^样例学院|20|$',
    );
    const whole = await read('DF01EF15$', card);
    t.match(whole.files, [
      {
        items: [
          { tag: '2A' },
          {
            tag: '40:01',
            members: [{ tag: '57', value: '101' }, { tag: '58' }, { tag: '59', value: '样例大学' }],
          },
          { tag: '40:02' },
          { tag: '40:03', value: '' },
        ],
      },
    ]);
  });
}

t.test('an application that is not known by its file is selected by its name', async (t) => {
  const inner = virtualCardOf(full);
  const slot = await slotWith({
    reset: () => inner.reset(),
    command: (apdu) =>
      apdu.toString('hex').startsWith('00a4000002df') ? Buffer.from('6A86', 'hex') : inner.command(apdu),
  });
  const { files } = await readFiles(slot, socialSecurityFiles, 'DF04EF06|92|$');
  t.strictSame(values(files), [['123.45']]);
  t.ok(slot.commands.includes('00A4040006D15600000503'), 'DF04 is the application …03');
});

t.test('cyclic records: one, the newest first, or all there are', async (t) => {
  t.equal(
    (await read('DF02EF07:02$DF04EF15:01$')).text,
    'DF02EF07:02|护士^20150101^20191231^样例诊所|$DF04EF15:01|0001^2|$',
  );
  t.equal(
    (await read('DF04EF08$')).text,
    'DF04EF08:01|0002^1^001122334455^20260301093015^12.34^1.00^0.00|$DF04EF08:02|0001^1^001122334455^20260201080000^0.01^0.00^0.01|$',
  );
  t.equal((await read('DF04EF08:1E$')).text, 'DF04EF08:1E||$', 'a record that was never written is empty');
});

t.test('binary files are read in pieces, to their end or their largest size', async (t) => {
  const { files, commands } = await read('SSSEEF08|$SSSEEF08|01|$');
  t.strictSame(values(files), [[full.further!.SSSEEF08 as string], [full.further!.SSSEEF08 as string]]);
  t.strictSame(commands.filter((command) => command.startsWith('00B0')).slice(0, 3), [
    '00B0000080',
    '00B0008080',
    '00B0010080',
  ]);
  const large = { ...full, further: { SSSEEF08: 'A5'.repeat(0x1100) } };
  t.equal((await read('SSSEEF08$', large)).files[0]!.items[0]!.value.length, 2 * 0x1000);
});

t.test('the captured test card of 2012 gives its seven items', async (t) => {
  const records = [
    '0110430299D156000005000000133A05F2E3',
    '020133',
    '0304322E3000',
    '040C9156000002430200430100D5',
    '050432303132',
    '060432303232',
    '0709423030303030313331',
  ];
  const slot = scriptedSlot('3B6D000000813147318650430200000013', {
    '00A404000F7378312E73682EC9E7BBE1B1A3D5CF': '6118',
    '00C0000018': '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000',
    '00A4020002EF05': '9000',
    ...Object.fromEntries(
      records.map((record) => [
        `00B2${record.slice(0, 2)}00${(record.length / 2).toString(16).toUpperCase().padStart(2, '0')}`,
        `${record}9000`,
      ]),
    ),
  });
  const { files } = await readFiles(slot, socialSecurityFiles, 'MFEF05|01|02|03|04|05|06|07|$');
  t.strictSame(values(files), [
    ['430299D156000005000000133A05F2E3', '3', '2.0', '9156000002430200430100D5', '2012', '2022', 'B00000131'],
  ]);
});

t.test('files and items that the card has not got are told of', async (t) => {
  for (const [address, facts] of [
    ['DF09EF05|01|$', { file: 'DF09EF05' }],
    ['SSSEEF09|01|$', { file: 'SSSEEF09' }],
    ['SSSEEF05|08|$', { file: 'SSSEEF05', item: '08' }],
    ['DF01EF15|40:04|$', { file: 'DF01EF15', item: '40:04' }],
    ['DF03EF05|61|$', { file: 'DF03' }],
    ['DF01EF08|2B|$', { file: 'DF01EF08' }],
    ['SSSEEF05:01$', { file: 'SSSEEF05' }],
    ['SSSEEF08|01|02|$', { file: 'SSSEEF08', item: '02' }],
  ] as const) {
    await t.rejects(read(address), { code: 'card.file-not-found', context: { facts } }, address);
  }
  t.equal((await read('DF04EF06|90|$')).text, 'DF04EF06|1|$');
});

t.test('the card that is meant, and no other', async (t) => {
  await t.rejects(read('SSSEEF05$', full, { cardId: '639900D1560000050100000000000009' }), {
    code: 'card.other',
  });
  t.equal(
    (await read('SSSEEF05|07|$', full, { cardId: full.cardId.toLowerCase() })).text,
    'SSSEEF05|X00000051|$',
  );
});

t.test('a file that is locked is read once the card was shown what it wants', async (t) => {
  /** A card that keeps EF06 and DF04 until the PIN was verified. */
  const locked = () => {
    const inner = virtualCardOf(full);
    let open = false;
    return {
      reset: () => inner.reset(),
      command: (apdu: Buffer) => {
        const answer = inner.command(apdu);
        if (apdu[1] === 0x20) open = answer[0] === 0x90;
        return !open && apdu[1] === 0xb2 && [0x08, 0x92].includes(apdu[2]!)
          ? Buffer.from('6982', 'hex')
          : answer;
      },
    };
  };
  const needs: Need[] = [];
  const authenticate = async (need: Need) => {
    needs.push(need);
    await need.slot.transmit(VERIFY, 1_000);
    return true;
  };
  const address = 'SSSEEF06|08|$DF04EF06|92|$';
  const { files } = await readFiles(await slotWith(locked()), socialSecurityFiles, address, { authenticate });
  t.strictSame(values(files), [[SAMPLE_NUMBER], ['123.45']]);
  t.match(needs, [{ application: 'SSSE', file: 0xef06, purpose: 'read' }]);
  await t.rejects(readFiles(await slotWith(locked()), socialSecurityFiles, address), {
    code: 'card.locked-data',
    context: { facts: { file: 'SSSEEF06' } },
  });
  const unable = { authenticate: async () => false };
  await t.rejects(readFiles(await slotWith(locked()), socialSecurityFiles, address, unable), {
    code: 'card.locked-data',
  });
  const useless = { authenticate: async () => true };
  await t.rejects(readFiles(await slotWith(locked()), socialSecurityFiles, address, useless), {
    code: 'card.locked-data',
  });
});

const verifying = {
  cardId: full.cardId,
  authenticate: async ({ slot }: Need) => {
    await slot.transmit(VERIFY, 1_000);
    return true;
  },
};

for (const [mode, expected] of [
  ['tag', ['00DC05280605 0420260302', '00DC07280B0709583030303030303939', '00DC2330522350']],
  ['number', ['00DC0504060504 20260302', '00DC07040B0709583030303030303939', '00DC0104522350']],
] as const) {
  t.test(`records are written by ${mode} as the issuers' own scripts do it, and read back`, async (t) => {
    const card = virtualCardOf({ ...full, behaviour: { ...full.behaviour, recordModes: [mode] } });
    const slot = await slotWith(card);
    const address = 'SSSEEF05|05|07|$DF01EF06|23|$';
    const wanted = ['20260302', 'X00000099', '样例县三号街道'];
    t.match(await writeFiles(slot, socialSecurityFiles, address, wanted, verifying), { written: 3 });
    const updates = slot.commands.filter((command) => command.startsWith('00DC'));
    // The first try, before the PIN, and the three that were taken.
    t.equal(updates.length, 4);
    for (const [at, start] of expected.entries()) {
      t.ok(updates[at + 1]!.startsWith(start.replace(' ', '')), `${updates[at + 1]} ${start}`);
    }
    t.strictSame(values((await readFiles(slot, socialSecurityFiles, address)).files).flat(), wanted);
    const before = slot.commands.length;
    t.match(await writeFiles(slot, socialSecurityFiles, address, wanted, verifying), { written: 0 });
    t.notOk(
      slot.commands.slice(before).some((command) => command.startsWith('00DC')),
      'a repeat writes nothing',
    );
  });
}

t.test('B-TLV records and binary files are written too', async (t) => {
  const slot = await slotWith(virtualCardOf(full));
  const address = 'DF02EF15|99:02|0F|$SSSEEF08|$';
  const wanted = ['004^20260302^112233', '20260303', '5A'.repeat(300)];
  t.match(await writeFiles(slot, socialSecurityFiles, address, wanted, verifying), { written: 3 });
  t.strictSame(values((await readFiles(slot, socialSecurityFiles, address)).files), [
    wanted.slice(0, 2),
    wanted.slice(2),
  ]);
  t.strictSame(values((await readFiles(slot, socialSecurityFiles, 'DF02EF15|99:01|99:03|$')).files), [
    ['001^20130701^112233', '003^20150701^445566'],
  ]);
});

t.test('the second of equal items is not written on a card that takes no numbers', async (t) => {
  const card = virtualCardOf({ ...full, behaviour: { ...full.behaviour, recordModes: ['tag'] } });
  const slot = await slotWith(card);
  await t.rejects(
    writeFiles(slot, socialSecurityFiles, 'DF02EF15|99:02|$', ['004^20260302^112233'], verifying),
    {
      code: 'card.write-refused',
    },
  );
  t.strictSame(values((await readFiles(slot, socialSecurityFiles, 'DF02EF15|99:01|99:02|$')).files), [
    ['001^20130701^112233', '002^20140701^112233'],
  ]);
});

t.test('what does not fit is found before anything is written, and told by its place alone', async (t) => {
  for (const [address, wanted, pointer] of [
    ['SSSEEF05|05|07|$', ['20260302'], '/body/values'],
    ['SSSEEF05|05|07|$', ['20260302', 'X000000999'], '/body/values/1'],
    ['SSSEEF05|05|07|$', ['20261302', 'X00000099'], '/body/values/0'],
    ['SSSEEF05$', ['20260302'], '/body/fileAddress'],
    ['DF02EF07:01$', ['a^20260302^20260302^b'], '/body/fileAddress'],
    ['SSSEEF08$', ['5A5'], '/body/values/0'],
    ['SSSEEF08$', [''], '/body/values/0'],
    ['SSSEEF05|05|$DF02EF15|99|$', ['20260302', '1^2'], '/body/values/1'],
  ] as const) {
    const slot = await slotWith(virtualCardOf(full));
    await t.rejects(
      writeFiles(slot, socialSecurityFiles, address, wanted, verifying),
      { code: 'request.invalid', context: { pointer } },
      `${address} ${wanted}`,
    );
    t.notOk(
      slot.commands.some((command) => /^00D[C6]/.test(command)),
      'nothing was written',
    );
  }
});

t.test(
  'a card that refuses, lies or goes away in the middle is told of, and a repeat mends it',
  async (t) => {
    const address = 'SSSEEF05|05|06|$';
    const wanted = ['20260302', '20460302'];
    const broken = async (spoil: (apdu: Buffer, answer: Buffer) => Buffer) => {
      const inner = virtualCardOf(full);
      return slotWith({ reset: () => inner.reset(), command: (apdu) => spoil(apdu, inner.command(apdu)) });
    };
    const refusing = await broken((apdu, answer) =>
      apdu[1] === 0xdc && answer[0] === 0x90 ? Buffer.from('6581', 'hex') : answer,
    );
    await t.rejects(writeFiles(refusing, socialSecurityFiles, address, wanted, verifying), {
      code: 'card.write-refused',
      context: { facts: { sw: '6581', file: 'SSSEEF05' } },
    });
    let written = false;
    const lying = await broken((apdu, answer) => {
      written ||= apdu[1] === 0xdc && answer[0] === 0x90;
      return written && apdu[1] === 0xb2 ? Buffer.from('0504200101019000', 'hex') : answer;
    });
    await t.rejects(writeFiles(lying, socialSecurityFiles, address, wanted, verifying), {
      code: 'card.write-refused',
      context: { facts: { readBack: 'differs' } },
    });
    const card = virtualCardOf(full);
    let left = 100;
    const slot = new CardInSlot({
      reset: () => card.reset(),
      command: (apdu) => {
        if (apdu[1] === 0xdc && apdu[2] === 6) left = 0;
        if (left-- <= 0) slot.insert(undefined);
        return card.command(apdu);
      },
    });
    await slot.powerOn();
    await t.rejects(writeFiles(slot, socialSecurityFiles, address, wanted, verifying), {
      code: 'card.removed',
    });
    const again = await slotWith(card);
    t.match(await writeFiles(again, socialSecurityFiles, address, wanted, verifying), {
      cardId: full.cardId,
    });
    t.strictSame(values((await readFiles(again, socialSecurityFiles, address)).files), [wanted]);
  },
);

t.test('the wrong card is not written, nor one that stays locked', async (t) => {
  const slot = await slotWith(virtualCardOf(full));
  const other = { ...verifying, cardId: '639900D1560000050100000000000009' };
  await t.rejects(writeFiles(slot, socialSecurityFiles, 'SSSEEF05|05|$', ['20260302'], other), {
    code: 'card.other',
  });
  const unable = { cardId: full.cardId };
  await t.rejects(writeFiles(slot, socialSecurityFiles, 'SSSEEF05|05|$', ['20260302'], unable), {
    code: 'card.locked-data',
  });
  t.strictSame(values((await readFiles(slot, socialSecurityFiles, 'SSSEEF05|05|$')).files), [['20160919']]);
});

t.test('the tables hold every file once, and no record is longer than a command takes', async (t) => {
  t.ok(Object.keys(layouts).length > 30);
  for (const [name, layout] of Object.entries({ ...layouts, ...firstGenerationLayouts })) {
    t.match(name, /^(SSSE|DF0[1-9A])EF[0-9A-F]{2}$/);
    if (layout.kind !== 'records') continue;
    for (const { content } of layout.items.values()) {
      const bytes =
        'members' in content
          ? content.members.reduce((sum, member) => sum + 2 + member.bytes, 0)
          : content.bytes;
      t.ok(bytes > 0 && bytes + 2 <= 255, name);
    }
  }
});
