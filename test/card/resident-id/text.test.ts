import fc from 'fast-check';
import t from 'tap';
import { identityOfText } from '../../../src/card/identity.ts';
import { eachField, type LayoutName, layouts, TEXT_BYTES } from '../../../src/card/resident-id/layouts.ts';
import { residentIdText } from '../../../src/card/resident-id/text.ts';
import {
  loadProfiles,
  type ResidentIdProfile,
  virtualResidentIdOf,
} from '../../../src/sandbox/cards/cards.ts';
import { SAMPLE_NAME, SAMPLE_NUMBER } from '../../helper.ts';

const sample = loadProfiles().get('resident-id') as ResidentIdProfile;

/** A text block of a virtual card, whose field places are written down apart from ours. */
function block(type: ResidentIdProfile['type'], text: ResidentIdProfile['text']): Buffer {
  return virtualResidentIdOf({ ...sample, type, text }).text;
}

t.test('each layout fills the block exactly and keeps its letter at offset 248', async (t) => {
  for (const [name, fields] of Object.entries(layouts)) {
    t.equal(
      fields.reduce((sum, [, bytes]) => sum + bytes, 0),
      TEXT_BYTES,
      name,
    );
    eachField(name as LayoutName, (field, offset) => {
      if (field === 'type') t.equal(offset, 248, name);
    });
  }
});

t.test('a resident ID card', async (t) => {
  const text = residentIdText(virtualResidentIdOf(sample).text);
  t.match(text, { layout: 'resident', ...sample.text, validTo: '20400101' });
  t.strictSame(identityOfText(text), {
    identity: {
      documentType: 'resident-id',
      documentNumber: SAMPLE_NUMBER,
      name: SAMPLE_NAME,
      sex: 'male',
      birthDate: '1981-01-01',
    },
    notes: [],
  });
});

t.test('a card for life says so in words', async (t) => {
  const text = residentIdText(block(' ', { ...sample.text, validTo: '长期' }));
  t.equal(text.validTo, '长期');
});

t.test('J: a residence permit of Hong Kong, Macau or Taiwan', async (t) => {
  const { nation: _, ...fields } = sample.text;
  const text = residentIdText(block('J', { ...fields, passNumber: 'H0000000 ', issueCount: '01' }));
  t.match(text, { layout: 'residence', name: SAMPLE_NAME, passNumber: 'H0000000', issueCount: '01' });
  t.match(identityOfText(text).identity, { documentType: 'residence-permit', documentNumber: SAMPLE_NUMBER });
});

t.test("I: a foreigner's permanent residence permit of 2017", async (t) => {
  const text = residentIdText(
    block('I', {
      englishName: 'SAMPLE, PERSON',
      name: '',
      sex: '2',
      number: 'UTO110000000000',
      nationality: 'UTO',
      birthDate: '19810101',
      validFrom: '20200101',
      validTo: '20300101',
      issuer: '1500',
      version: '01',
    }),
  );
  t.match(text, {
    layout: 'foreigner2017',
    nationality: 'UTO',
    issuer: '1500',
    version: '01',
    validTo: '20300101',
  });
  t.strictSame(identityOfText(text).identity, {
    documentType: 'foreigner-permit',
    documentNumber: 'UTO110000000000',
    name: 'SAMPLE, PERSON',
    sex: 'female',
    birthDate: '1981-01-01',
  });
});

t.test("Y: a foreigner's permanent residence permit of 2023, whose long name goes on", async (t) => {
  const long = 'A'.repeat(35);
  const text = residentIdText(
    block('Y', {
      name: '',
      sex: '1',
      englishName: long,
      englishNameMore: 'B',
      number: SAMPLE_NUMBER,
      issueCount: '02',
    }),
  );
  t.match(text, { layout: 'foreigner2023', englishName: `${long}B`, issueCount: '02' });
  t.match(identityOfText(text).identity, { documentType: 'foreigner-permit', name: `${long}B` });
});

t.test('a block of another length is a fault of the reader', async (t) => {
  t.throws(() => residentIdText(Buffer.alloc(255)), { code: 'reader.protocol' });
});

t.test('any 256 bytes are read without harm', async (t) => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 256, maxLength: 256 }),
      fc.constantFrom('', ' ', 'J', 'I', 'Y'),
      (bytes, letter) => {
        const block = Buffer.from(bytes);
        if (letter !== '') block.writeUInt16LE(letter.charCodeAt(0), 248);
        const { identity } = identityOfText(residentIdText(block));
        if (identity && !(identity.name.isWellFormed() && identity.name.length <= 50))
          throw new Error('bad name');
      },
    ),
  );
  t.pass();
});
