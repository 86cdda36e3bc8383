import type { Exchange, ExchangeRef } from '../../../src/settlement/port.ts';
import { Ended } from '../nhsa/flow.ts';
import type { Element } from '../nrcms/xml.ts';
import type { Call, Service } from './service.ts';

/** Makes a step of a flow, or ends the flow with what came instead. */
export async function accepted(
  service: Service,
  call: Call,
  exchange: Exchange,
): Promise<{ readonly data: Element; readonly at: ExchangeRef }> {
  const done = await service.call(call, exchange);
  if (done.kind === 'accepted') return { data: done.output as Element, at: done.at };
  throw new Ended({ kind: done.kind, reason: done.reason, at: done.at });
}
