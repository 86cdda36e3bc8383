import type { VirtualResidentId } from '../port.ts';
import type { ResidentIdProfile } from './profile.ts';

const TEXT_BYTES = 256;
const PHOTO_BYTES = 1_024;
const NEW_ADDRESS_BYTES = 70;
/** How every photo begins: "WLf" and its version. */
const PHOTO_HEAD = Buffer.from('574C66007E003200', 'hex');

type FieldName = keyof ResidentIdProfile['text'];
type Places = Partial<Record<FieldName, readonly [offset: number, bytes: number]>>;

const resident: Places = {
  name: [0, 30],
  sex: [30, 2],
  nation: [32, 4],
  birthDate: [36, 16],
  address: [52, 70],
  number: [122, 36],
  issuer: [158, 30],
  validFrom: [188, 16],
  validTo: [204, 16],
};

/** Where each document keeps what, by the letter at offset 248 (GA 467). */
const places: Readonly<Record<ResidentIdProfile['type'], Places>> = {
  ' ': resident,
  J: { ...resident, passNumber: [220, 18], issueCount: [238, 4] },
  I: {
    englishName: [0, 120],
    sex: [120, 2],
    number: [122, 30],
    nationality: [152, 6],
    name: [158, 30],
    validFrom: [188, 16],
    validTo: [204, 16],
    birthDate: [220, 16],
    version: [236, 4],
    issuer: [240, 8],
  },
  Y: {
    name: [0, 30],
    sex: [30, 2],
    issueCount: [32, 4],
    birthDate: [36, 16],
    englishName: [52, 70],
    number: [122, 36],
    validFrom: [188, 16],
    validTo: [204, 16],
    englishNameMore: [220, 28],
  },
};

const TYPE_OFFSET = 248;

/** Makes the blocks of a resident ID card; the photo is a head without a face, since nobody is on it. */
export function residentId(profile: ResidentIdProfile): VirtualResidentId {
  const text = blanks(TEXT_BYTES);
  for (const [name, value] of Object.entries(profile.text) as [FieldName, string][]) {
    const place = places[profile.type]?.[name];
    if (place === undefined) throw new Error(`${profile.id}: this document has no field ${name}`);
    Buffer.from(value, 'utf16le').copy(text, place[0], 0, Math.min(value.length * 2, place[1]));
  }
  text.writeUInt16LE(profile.type.charCodeAt(0), TYPE_OFFSET);
  const newAddress = blanks(NEW_ADDRESS_BYTES);
  newAddress.write(profile.newAddress ?? '', 'utf16le');
  return { text, photo: photo(), ...(profile.newAddress === undefined ? {} : { newAddress }) };
}

function blanks(bytes: number): Buffer {
  return Buffer.alloc(bytes, ' ', 'utf16le');
}

function photo(): Buffer {
  const bytes = Buffer.alloc(PHOTO_BYTES);
  for (let at = 0; at < PHOTO_BYTES; at++) bytes[at] = (at * 31) & 0xff;
  PHOTO_HEAD.copy(bytes);
  return bytes;
}
