import type { Identity } from '../../schemas/identity.ts';
import type { SettlementRequest } from '../../schemas/settlement.ts';
import type { Caller } from '../access/caller.ts';
import { Fault } from '../errors.ts';
import { type Fen, fenOf } from '../money.ts';
import type { Charge, ReferralNote, VisitReferrals } from './port.ts';
import { checkIdentity } from './rules.ts';
import type { NewSettlement } from './service.ts';
import { followed, type WhichReferral } from './visit-referral.ts';

/** The person a reading names, from the card side. */
export interface Readings {
  identityOf(readingId: string, client: string, requestId: string): Promise<Identity>;
}

/** Makes of what a desk sends what the insurer side takes. */
export class Desk {
  readonly #readings: Readings;
  readonly #referrals: VisitReferrals | undefined;

  constructor(readings: Readings, referrals?: VisitReferrals) {
    this.#readings = readings;
    this.#referrals = referrals;
  }

  /** The person: given, or named by a reading, and never both. */
  async identityOf(
    body: { readonly identity?: Identity | undefined; readonly readingId?: string | undefined },
    caller: Caller,
  ): Promise<Identity> {
    const { identity, readingId } = body;
    if ((identity === undefined) === (readingId === undefined)) {
      throw new Fault('request.invalid', {
        pointer: '/body/identity',
        detail: 'either identity or readingId',
      });
    }
    if (readingId !== undefined) return this.#readings.identityOf(readingId, caller.client, caller.requestId);
    const flaw = identity && checkIdentity(identity);
    if (flaw) throw new Fault('request.invalid', { ...flaw, pointer: `/body${flaw.pointer}` });
    return identity!;
  }

  /** The referral that a visit or a stay follows: as the request says or, unless it wants none, the one on file. */
  referralOf(asked: WhichReferral, identity: Identity, at: string): Promise<ReferralNote | undefined> {
    return followed(this.#referrals, asked, { identity, at: Date.parse(at) });
  }

  /** The same of a bill; that of a stay was said at its admission. */
  async visitReferralOf(body: SettlementRequest, identity: Identity): Promise<ReferralNote | undefined> {
    const told = body.referral ?? body.referralId;
    // A pharmacy sees no patient: what is on file is about a visit elsewhere.
    if (body.setting === 'pharmacy' && told === undefined) return undefined;
    if (body.stayId === undefined) return this.referralOf(body, identity, body.visit.startedAt);
    if (told !== undefined) {
      const detail = '住院的转诊在入院时登记 / the referral of a stay is told at its admission';
      throw new Fault('request.invalid', { pointer: '/body/referral', detail });
    }
    return undefined;
  }
}

/** A new settlement from its request, whose form the schema has checked. */
export function newSettlementOf(
  body: SettlementRequest,
  identity: Identity,
  referral: ReferralNote | undefined,
): NewSettlement {
  const { billNumber, insutype, startedAt, disease, emergency, injury, patientGroup, ...visit } = body.visit;
  return {
    insurers: body.insurers,
    ...(body.stayId === undefined ? {} : { stayId: body.stayId }),
    bill: {
      billNumber,
      setting: body.setting ?? 'outpatient',
      identity,
      ...(referral && { referral }),
      ...(body.purseReaderId === undefined ? {} : { purseReaderId: body.purseReaderId }),
      ...(body.useFamilyAccount ? { useFamilyAccount: true } : {}),
      ...(insutype === undefined ? {} : { insutype }),
      ...(body.operator && { operator: body.operator }),
      visit: {
        ...visit,
        startedAt: Date.parse(startedAt),
        ...(disease && { disease }),
        ...(emergency === undefined ? {} : { emergency }),
        ...(injury && { injury }),
        ...(patientGroup === undefined ? {} : { patientGroup }),
      },
      diagnoses: body.diagnoses,
      charges: body.charges.map(chargeOf),
      useAccount: body.useAccount ?? true,
    },
    ...(body.total === undefined ? {} : { totalFen: fenAt(body.total, '/body/total') }),
  };
}

/** Ten thousand charges, each with every field at a usual length. */
export const CHARGES_BYTES_MAX = 6 * 1024 * 1024;

export function chargeOf({ amount, ...charge }: SettlementRequest['charges'][number], index: number): Charge {
  return { ...charge, amountFen: fenAt(amount, `/body/charges/${index}/amount`) };
}

function fenAt(text: string, pointer: string): Fen {
  const fen = fenOf(text);
  if (!fen.ok) throw new Fault('settlement.charges', { pointer, detail: fen.error });
  return fen.value;
}
