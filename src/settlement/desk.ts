import type { Identity } from '../../schemas/identity.ts';
import type { SettlementRequest } from '../../schemas/settlement.ts';
import type { Caller } from '../access/caller.ts';
import { Fault } from '../errors.ts';
import { type Fen, fenOf } from '../money.ts';
import type { Charge } from './port.ts';
import { checkIdentity } from './rules.ts';
import type { NewSettlement } from './service.ts';

/** The person a reading names, from the card side. */
export interface Readings {
  identityOf(readingId: string, client: string, requestId: string): Promise<Identity>;
}

/** Makes of what a desk sends what the insurer side takes. */
export class Desk {
  readonly #readings: Readings;

  constructor(readings: Readings) {
    this.#readings = readings;
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
}

/** A new settlement from its request, whose form the schema has checked. */
export function newSettlementOf(body: SettlementRequest, identity: Identity): NewSettlement {
  const { billNumber, insutype, startedAt, disease, emergency, injury, patientGroup, ...visit } = body.visit;
  return {
    insurers: body.insurers,
    ...(body.stayId === undefined ? {} : { stayId: body.stayId }),
    bill: {
      billNumber,
      setting: body.setting ?? 'outpatient',
      identity,
      ...(body.referral && { referral: body.referral }),
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
