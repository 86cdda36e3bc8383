import type { Identity } from '../../../schemas/identity.ts';
import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { chinaDate } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type { Fen } from '../../../src/money.ts';
import type { Eligibility } from '../../../src/settlement/port.ts';
import { PARTS_PER_FEN, partsOf } from '../nrcms/amounts.ts';
import { childText, type Element, itemsOf } from '../nrcms/xml.ts';

/** What every call about somebody insured in another province carries. */
export function provinceFields({
  crossProvince,
}: Pick<NrcmsGuizhouConfiguration, 'crossProvince'>): Record<string, string> {
  return crossProvince ? { areaCode: crossProvince.areaCode, isTransProvincial: '1' } : {};
}

/** S03: the members of a family in a year, by the number of its medical certificate. Fault `request.invalid` without it. */
export function familyInput(identity: Identity, at: number, configuration: NrcmsGuizhouConfiguration) {
  const medicalNo =
    configuration.medicalNumber === 'document' ? identity.documentNumber : identity.cardNumber;
  if (!medicalNo) {
    throw new Fault('request.invalid', {
      pointer: '/identity/cardNumber',
      detail: '医疗证号 / the number of the medical certificate',
    });
  }
  return {
    year: chinaDate(at).slice(0, 4),
    medicalNo,
    ...(configuration.crossProvince ? { idcardNo: identity.documentNumber } : {}),
    ...provinceFields(configuration),
  };
}

/** The insutype of the new rural scheme. */
const RURAL = '380';
const STOPPED = '1';

/**
 * Who of the family it is: whoever has the document's number, or, where the family's rows name no numbers, the only one
 * of that name. Nothing where nobody or several could be meant.
 */
export function memberOf(data: Element, identity: Identity): Element | undefined {
  const members = itemsOf(data);
  const number = (member: Element) => childText(member, 'idCard').toUpperCase();
  const byNumber = members.filter((member) => number(member) === identity.documentNumber.toUpperCase());
  const named = members.filter(
    (member) => number(member) === '' && childText(member, 'memberName') === identity.name,
  );
  const [only, ...others] = byNumber.length > 0 ? byNumber : named;
  return others.length === 0 && only && childText(only, 'memberId') !== '' ? only : undefined;
}

/** What a member's row says. A status that is left out counts as insured: the trial will tell. */
export function eligibilityOf(member: Element): Eligibility {
  const of = (field: string) => childText(member, field);
  const classes = ['jzmzName', 'jzjsName', 'PoorObject'].map(of).filter((code) => code !== '');
  return {
    personNumber: of('memberId'),
    name: of('memberName'),
    insurances: [
      {
        insutype: RURAL,
        personType: of('memberPro'),
        active: of('memberStauts') !== STOPPED,
        balanceFen: balanceOf(of('familyAccountBalance') || of('account')),
        insuredPlace: of('areaCode'),
      },
    ],
    classes: [...new Set(classes)].map((code) => ({ code })),
  };
}

/** What of the balance can be paid with: a part of a fen can't. */
function balanceOf(text: string): Fen {
  return Math.max(0, Math.trunc((partsOf(text) ?? 0) / PARTS_PER_FEN));
}
