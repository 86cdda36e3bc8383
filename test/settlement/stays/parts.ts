import type { NewCharge } from '../../../src/settlement/stays/model.ts';
import type { NewStay, StayRequest } from '../../../src/settlement/stays/service.ts';
import type { Store } from '../../../src/store/port.ts';
import { caller, newWorld, sampleIdentity } from '../parts.ts';
import { FakeHospitalInsurer } from './fake-ward.ts';

export const NUMBER = 'ZY001';
export const ADMITTED_AT = Date.parse('2026-03-01T10:00:00+08:00');

export function sampleStay(number = NUMBER): NewStay {
  return {
    insurer: 'fake',
    stay: {
      number,
      identity: sampleIdentity,
      medType: '2101',
      admittedAt: ADMITTED_AT,
      departmentCode: 'A03',
      departmentName: '内科',
      departmentClass: 'A03',
      doctorCode: 'DR1',
      doctorName: '李医生',
      bed: '3',
      diagnoses: [{ code: 'J18.900', name: '肺炎' }],
    },
  };
}

/** Charges of 10.00 each. */
export function charges(first: number, count: number): NewCharge[] {
  return Array.from({ length: count }, (_, index) => ({
    line: `L${first + index}`,
    nationalCode: 'N1',
    localCode: 'C1',
    name: '项目',
    count: '1',
    price: '10.00',
    amountFen: 10_00,
    occurredAt: ADMITTED_AT + 3_600_000,
  }));
}

export const discharge = {
  at: ADMITTED_AT + 72 * 3_600_000,
  way: '1',
  departmentCode: 'A03',
  departmentName: '内科',
  diagnoses: [{ code: 'J18.900', name: '肺炎' }],
};

export function request(id: string, name: string): StayRequest {
  return { id, request: name, caller };
}

/** A world whose insurer has a ward. */
export async function wardWorld(t: { teardown(work: () => unknown): void }, on?: Store) {
  const { store, clock, start } = await newWorld(t, on);
  const insurer = new FakeHospitalInsurer();
  return {
    store,
    clock,
    insurer,
    ward: insurer.stays,
    start: (on: Store = store, gatewayId = 'test') => start(on, { gatewayId, insurers: [insurer] }),
  };
}

export type WardWorld = Awaited<ReturnType<typeof wardWorld>>;
export type WardGateway = ReturnType<WardWorld['start']>;

/** Lets time pass and both workers work until nothing is due any more. */
export async function settleWard(world: WardWorld, gateway: WardGateway): Promise<void> {
  for (let round = 0; round < 40; round++) {
    await gateway.worker.runOnce();
    await gateway.stays.worker.runOnce();
    world.clock.advance(20 * 60_000);
  }
}

/** A gateway with the sample stay, admitted. */
export async function admittedStay(t: { teardown(work: () => unknown): void }) {
  const world = await wardWorld(t);
  const gateway = world.start();
  await gateway.stays.service.create('stay-1', caller, async () => sampleStay());
  return { ...world, world, gateway, service: gateway.stays.service };
}
