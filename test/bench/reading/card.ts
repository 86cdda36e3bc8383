import { loadProfiles, virtualCardOf, virtualResidentIdOf } from '../../../src/sandbox/cards/cards.ts';

/** The card of a profile, whichever kind it is; made where the paced reader's thread asks for it. */
export function cardOf(id: string) {
  const profile = loadProfiles().get(id);
  if (!profile) throw new Error(`no card profile ${id}`);
  return profile.kind === 'resident-id-card' ? virtualResidentIdOf(profile) : virtualCardOf(profile);
}
