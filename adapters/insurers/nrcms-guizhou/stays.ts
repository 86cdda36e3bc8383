import type { NrcmsGuizhouConfiguration } from '../../../schemas/nrcms-configuration.ts';
import { chinaDate } from '../../../src/clock.ts';
import { Fault } from '../../../src/errors.ts';
import type {
  Exchange,
  ExchangeRef,
  Handle,
  Outcome,
  StayFlows,
  VerifyInput,
} from '../../../src/settlement/port.ts';
import { Ended, flow } from '../nhsa/flow.ts';
import { childText, type Element, itemsOf } from '../nrcms/xml.ts';
import { eligibilityOf, provinceFields } from './people.ts';
import type { Call, Service } from './service.ts';
import {
  admissionFields,
  daysOf,
  detailIdsOf,
  dischargeFields,
  dividedLines,
  newAdmissionFields,
  stayLine,
} from './stay-fields.ts';
import { accepted } from './step.ts';

type Member = (
  input: Pick<VerifyInput, 'identity' | 'at'>,
  exchange: Exchange,
) => Promise<{ readonly member: Element; readonly at: ExchangeRef }>;

/**
 * Stays: S04 opens one and gives its handle, inpId, by which S05 to S12 go. An admission whose answer was lost is found
 * by its hospital number in the list S17, and taken back.
 */
export function stayFlows(
  configuration: NrcmsGuizhouConfiguration,
  service: Service,
  member: Member,
): StayFlows {
  const province = provinceFields(configuration);
  const of = ({ inpId = '' }: Handle) => ({ inpId });
  const simply = <T extends string>(value: T, call: Call, exchange: Exchange): Promise<Outcome<T>> =>
    flow(async () => ({ value, at: (await accepted(service, call, exchange)).at }));

  return {
    admit: (stay, exchange) =>
      flow(async () => {
        const found = await member({ identity: stay.identity, at: stay.admittedAt }, exchange);
        const { personNumber: memberId, insurances } = eligibilityOf(found.member);
        if (!insurances.some(({ active }) => active)) throw new Fault('settlement.not-insured');
        const call: Call = {
          operation: 'S04',
          body: {
            memberId,
            ...admissionFields(stay, configuration),
            ...newAdmissionFields(stay, configuration),
          },
          check: (data) =>
            childText(data, 'inpId') === '' ? '应答中没有 inpId / the answer has no inpId' : undefined,
        };
        const { data, at } = await accepted(service, call, exchange);
        return { value: { inpId: childText(data, 'inpId'), memberId }, at };
      }),

    undoAdmission: (stay, lost, exchange) =>
      flow(async () => {
        const found = await member({ identity: stay.identity, at: stay.admittedAt }, exchange);
        const body = {
          startDate: chinaDate(stay.admittedAt),
          endDate: chinaDate(Math.max(stay.admittedAt, lost.deadlineAt)),
          medicalNo: childText(found.member, 'medicalNo'),
          memberName: childText(found.member, 'memberName'),
        };
        const list = await accepted(service, { operation: 'S17', body }, exchange);
        for (const row of itemsOf(list.data)) {
          if (childText(row, 'inpatientNo') !== stay.number) continue;
          const found = { inpId: childText(row, 'inpId'), ...province };
          await accepted(service, { operation: 'S05', body: found }, exchange);
        }
        return { value: 'undone' as const, at: list.at };
      }),

    change: (stay, handle, exchange) =>
      simply(
        'changed',
        { operation: 'S06', body: { ...of(handle), ...admissionFields(stay, configuration) } },
        exchange,
      ),

    cancel: (_stay, handle, exchange) =>
      simply('cancelled', { operation: 'S05', body: { ...of(handle), ...province } }, exchange),

    upload: (_stay, handle, charges, exchange) =>
      flow(async () => {
        const lines = charges.map((charge, index) => stayLine(charge, index, configuration));
        const call: Call = {
          operation: 'S10',
          body: { ...of(handle), ...province, list: { detail: lines } },
          check: (data) =>
            dividedLines(data, charges) ? undefined : '明细应答不符 / the lines of the answer do not match',
        };
        const { data, at } = await accepted(service, call, exchange);
        return { value: dividedLines(data, charges) ?? [], at };
      }),

    withdraw: (_stay, handle, charges, exchange) =>
      flow(async () => {
        const body = { ...daysOf(charges), ...of(handle), ...province };
        const { data, at } = await accepted(service, { operation: 'S11', body }, exchange);
        const ids = detailIdsOf(data, charges);
        if (!ids) throw new Ended({ kind: 'refused', reason: '没有这些明细 / no such lines', at });
        const call: Call = { operation: 'S12', body: { ...of(handle), ...province, list: { string: ids } } };
        return { value: 'withdrawn' as const, at: (await accepted(service, call, exchange)).at };
      }),

    discharge: (stay, handle, discharge, exchange) =>
      simply(
        'discharged',
        {
          operation: 'S07',
          body: { ...of(handle), ...dischargeFields(stay, discharge, configuration) },
        },
        exchange,
      ),

    resume: (_stay, handle, exchange) =>
      simply('resumed', { operation: 'S08', body: { ...of(handle), ...province } }, exchange),
  };
}
