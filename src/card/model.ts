import type { CardDetails, DocumentDetails, Reading, ReadingNote } from '../../schemas/reading.ts';
import { dateText, isDay } from './digits.ts';
import { identityOfHealthCard, identityOfHolder, identityOfText, type Named } from './identity.ts';
import type { HealthCard, ResidentIdText, SocialSecurityCard, Told } from './port.ts';
import { FOR_LIFE } from './resident-id/text.ts';

type Content = Pick<
  Reading,
  | 'kind'
  | 'holder'
  | 'verifiedBy'
  | 'assurance'
  | 'identity'
  | 'card'
  | 'document'
  | 'healthCard'
  | 'notes'
  | 'photo'
>;

/**
 * What a reading holds of what a card said.
 * @param today yyyymmdd, to tell an expired card.
 */
export function contentOf(told: Told, today: string, withPhoto: boolean): Content {
  if (told.kind === 'social-security-card') return contentOfCard(told.card, today);
  if (told.kind === 'health-card') return contentOfHealthCard(told.card, today);
  if (told.kind !== 'resident-id-card') throw new Error(`a ${told.kind} has no content yet`);
  const { identity, notes } = identityOfText(told.text);
  return {
    kind: told.kind,
    holder: identity ? 'read' : 'blank',
    verifiedBy: 'sam',
    assurance: 'chip-authenticated',
    ...(identity ? { identity } : {}),
    document: { ...documentDetails(told.text), ...present({ newAddress: told.newAddress }) },
    notes: [...notes, ...validity(told.text.validFrom, told.text.validTo, today)],
    ...(withPhoto ? { photo: told.photo.toString('base64') } : {}),
  };
}

function contentOfCard(card: SocialSecurityCard, today: string): Content {
  const nobody: Named = { identity: undefined, notes: [] };
  const { identity, notes } = typeof card.holder === 'object' ? identityOfHolder(card, card.holder) : nobody;
  return {
    kind: 'social-security-card',
    holder: holderState(card, identity !== undefined),
    verifiedBy: card.authenticatedBy ?? 'nobody',
    assurance: card.authenticatedBy ? 'chip-authenticated' : 'chip-read',
    ...(identity ? { identity } : {}),
    card: cardDetails(card),
    notes: [
      ...notes,
      ...validity(card.issuedOn, card.validTo, today),
      ...(card.blocked ? (['blocked'] as const) : []),
    ],
  };
}

/**
 * A PSAM proves us to a health card, and the card proves nothing to us (EXTERNAL AUTHENTICATE only): so it took part,
 * and yet the person is no surer than what the chip says.
 */
function contentOfHealthCard(card: HealthCard, today: string): Content {
  const nobody: Named = { identity: undefined, notes: [] };
  const { identity, notes } = typeof card.holder === 'object' ? identityOfHealthCard(card.holder) : nobody;
  return {
    kind: 'health-card',
    holder: holderState(card, identity !== undefined),
    verifiedBy: card.authenticated ? 'psam' : 'nobody',
    assurance: 'chip-read',
    ...(identity ? { identity } : {}),
    healthCard: present({
      cardNumber: card.cardNumber,
      version: card.version,
      category: card.category,
      issuer: card.issuer,
      issuerCode: card.issuerCode,
      issuedOn: dateText(card.issuedOn),
      validTo: dateText(card.validTo),
      nation: typeof card.holder === 'object' ? card.holder.nation : undefined,
      archiveNumber: card.archiveNumber,
      nrcmsNumber: card.nrcmsNumber,
      bloodGroup: card.bloodGroup,
      rhesus: card.rhesus,
    }),
    notes: [...notes, ...validity(card.issuedOn, card.validTo, today)],
  };
}

function holderState(
  card: Pick<SocialSecurityCard | HealthCard, 'holder'>,
  known: boolean,
): Content['holder'] {
  if (known) return 'read';
  return card.holder === 'locked' ? 'locked' : 'blank';
}

function cardDetails(card: SocialSecurityCard): CardDetails {
  const holder = typeof card.holder === 'object' ? card.holder : undefined;
  return {
    cardId: card.cardId,
    version: card.version,
    region: card.cardId.slice(0, 6),
    algorithm: card.algorithm,
    resetInformation: card.resetInformation,
    ...present({
      cardNumber: card.cardNumber,
      category: card.category,
      issuer: card.issuer,
      issuedOn: dateText(card.issuedOn),
      validTo: dateText(card.validTo),
      nation: holder?.nation,
      birthplace: holder?.birthplace,
    }),
  };
}

function documentDetails(text: ResidentIdText): DocumentDetails {
  return {
    layout: text.layout,
    validForLife: text.validTo === FOR_LIFE,
    ...present({
      englishName: text.englishName,
      nation: text.nation,
      nationality: text.nationality,
      address: text.address,
      issuer: text.issuer,
      validFrom: dateText(text.validFrom),
      validTo: dateText(text.validTo),
      passNumber: text.passNumber,
      issueCount: text.issueCount,
    }),
  };
}

/** Only the fields that say something. */
function present<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as {
    [K in keyof T]?: string;
  };
}

/** Whether today lies between two days; of some test cards only the years are known. */
function validity(from: string, to: string, today: string): ReadingNote[] {
  if (lastDayOf(to) !== '' && lastDayOf(to) < today) return ['expired'];
  return isDay(from) && from > today ? ['not-yet-valid'] : [];
}

function lastDayOf(date: string): string {
  if (isDay(date)) return date;
  return /^\d{4}$/.test(date) ? `${date}1231` : '';
}
