import t from 'tap';
import { readFiles } from '../../../src/card/files/reading.ts';
import type { Authenticator } from '../../../src/card/social-security/authentication.ts';
import { fileKeys } from '../../../src/card/social-security/file-keys.ts';
import { socialSecurityFiles } from '../../../src/card/social-security/files.ts';
import { loadProfiles, type SocialSecurityProfile, virtualCardOf } from '../../../src/sandbox/cards/cards.ts';
import { CardInSlot } from '../slots.ts';

const v3 = loadProfiles().get('social-security-v3') as SocialSecurityProfile;

for (const { code, detail } of [
  { code: 'encryption.unreachable', detail: 'no answer' },
  { code: 'card.locked-data', detail: 'no PSAM' },
] as const) {
  t.test(`a holder that stays locked says why: ${code}`, async (t) => {
    const slot = new CardInSlot(virtualCardOf(v3));
    const atr = (await slot.powerOn())!;
    const authenticator: Authenticator = { authenticate: async () => ({ hindrance: { code, detail } }) };
    const authenticate = fileKeys({ atr, authenticator, machine: undefined });
    await t.rejects(readFiles(slot, socialSecurityFiles, 'SSSEEF06|08|$', { authenticate }), { code });
  });
}
