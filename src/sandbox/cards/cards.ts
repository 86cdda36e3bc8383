import { readdirSync, readFileSync } from 'node:fs';
import { checkOf } from '../../schema-checks.ts';
import type { VirtualCard, VirtualResidentId } from '../port.ts';
import { VirtualHealthCard } from './health-card.ts';
import {
  CardProfile,
  type HealthCardProfile,
  type ResidentIdProfile,
  type SocialSecurityProfile,
} from './profile.ts';
import { VirtualPurse } from './purse.ts';
import { residentId } from './resident-id.ts';
import { socialSecurityCard } from './social-security.ts';

export type { CardProfile, HealthCardProfile, ResidentIdProfile, SocialSecurityProfile } from './profile.ts';

const check = checkOf<CardProfile>(CardProfile);

const FOLDER = new URL('./profiles/', import.meta.url);

/** A chip card as its profile describes it. */
export function virtualCardOf(profile: SocialSecurityProfile | HealthCardProfile): VirtualCard {
  if (profile.kind === 'health-card') return new VirtualHealthCard(profile);
  const card = socialSecurityCard(profile);
  return profile.purse ? new VirtualPurse(profile.purse, card) : card;
}

/** A resident ID card as its profile describes it. */
export function virtualResidentIdOf(profile: ResidentIdProfile): VirtualResidentId {
  return residentId(profile);
}

/** The profiles that come with the sandbox, by id. Throws on one that is not what `CardProfile` asks for. */
export function loadProfiles(): ReadonlyMap<string, CardProfile> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(
    files.sort().map((file) => {
      const profile = profileOf(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')), file);
      return [profile.id, profile];
    }),
  );
}

/** Takes a profile from outside, such as a trainer's own card. */
export function profileOf(value: unknown, source: string): CardProfile {
  if (check(value)) return value;
  const [first] = check.errors ?? [];
  throw new Error(`${source}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not a card profile'}`);
}
