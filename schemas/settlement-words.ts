/**
 * What kind of visit is settled.
 *
 * - `outpatient`: an ordinary visit (普通门诊), with diagnoses and charges.
 * - `chronic`: a visit for a disease on file (门诊慢特病); the visit names the disease.
 * - `registration`: the registration fee alone (挂号), without diagnoses.
 * - `pharmacy`: drugs sold by a retail pharmacy (药店购药).
 * - `inpatient`, `mid-stay`: a stay at its end, or up to today; its charges were uploaded to the stay.
 */
export const SETTINGS = [
  'outpatient',
  'chronic',
  'registration',
  'pharmacy',
  'inpatient',
  'mid-stay',
] as const;

/**
 * A payer's place in the legal order of one-stop settlement (一站式): each is asked for what the former left.
 * `basic` and what a basic insurer pays with it (大病, 大额, 公务员), `supplementary` for one that stands alone.
 */
export const PLACES = ['basic', 'supplementary', 'assistance', 'other', 'purse', 'mobile', 'cash'] as const;

/** transfer = 转院, chronic = 慢特病, designated = 定点. */
export const FILING_KINDS = ['transfer', 'chronic', 'designated'] as const;

/**
 * Where a filing stands; `src/settlement/filings/machine.ts` says how it goes from one to another. `not-filed`: nothing
 * is on file and nothing will be. `refused`: the insurer said no.
 */
export const FILING_STATES = [
  'sending',
  'filed',
  'refused',
  'not-filed',
  'withdrawing',
  'withdrawn',
  'in-doubt',
  'needs-review',
] as const;

/** What a person may find of a settlement of which the gateway could not find out. */
export const FINDINGS = ['settled', 'not-settled', 'reversed'] as const;

/** What a person may find of a filing of which the gateway could not find out. */
export const FILING_FINDINGS = ['filed', 'not-filed', 'withdrawn'] as const;

/**
 * How a visit stands to referral, for what it costs: none; referred (on file, 已转诊或备案); an emergency, which counts
 * as filed; a resident elsewhere (长期异地居住备案).
 */
export const REFERRAL_STATES = ['none', 'referred', 'emergency', 'resident'] as const;

/** Where the referral of a bill or a stay comes from: the caller told of it, named it, or it was found on file. */
export const REFERRAL_SOURCES = ['told', 'named', 'on-file'] as const;

/** What an exchange is for. */
export const PURPOSES = [
  'verify',
  'quote',
  'settle',
  'reverse',
  'undo',
  'query',
  'transaction',
  'statement',
  'stay',
  'filing',
  'catalogue',
  'file',
] as const;

export type Purpose = (typeof PURPOSES)[number];
export type Setting = (typeof SETTINGS)[number];
export type Place = (typeof PLACES)[number];
export type FilingKind = (typeof FILING_KINDS)[number];
export type ReferralState = (typeof REFERRAL_STATES)[number];
export type ReferralSource = (typeof REFERRAL_SOURCES)[number];
export type Finding = (typeof FINDINGS)[number];
export type FilingReviewed = (typeof FILING_FINDINGS)[number];
export type FilingState = (typeof FILING_STATES)[number];
