import type { RecordedExchange } from '../hid-device.ts';

/**
 * What a GWI-IC20 reader and its vendor's library said to each other in 2012 over a test card, as that library logged
 * it: reports without their id, the zeros that fill them up left off. Typed on the pad were six sixes.
 */
const LOGGED = {
  powerOn: [
    '02 30 30 30 35 33 32 32 32 30 30 30 30 30 30 31 30 03',
    '02 30 30 31 33 30 30 30 30 33 3b 36 3d 30 30 30 30 30 30 38 31 33 31 34 37 33 31 38 36 35 30 34 33 30 32 30 30 30 30 30 30 31 33 31 34 03',
  ],
  info: [
    '02 30 30 30 33 33 31 31 31 30 31 32 31 03',
    '02 30 30 31 3b 30 30 30 30 30 31 30 31 3e 38 30 30 30 30 30 30 30 30 30 30 30 31 30 31 30 31 30 31 33 31 33 32 33 30 33 38 30 38 34 37 35 37 34 39 32 3d 34 39 34 33 33 32 33 30 39 37 03',
  ],
  pinPad: [
    '02 30 30 30 33 33 39 39 32 30 32 3a 39 03',
    '02 30 30 30 38 30 30 30 30 30 36 30 36 30 36 30 36 30 36 30 36 30 30 03',
  ],
  select: [
    '02 30 30 31 37 33 32 32 36 30 30 30 30 3a 34 30 34 30 30 30 3f 37 33 37 38 33 31 32 3e 37 33 36 38 32 3e 3c 39 3e 37 3b 3b 3e 31 3b 31 3a 33 3d 35 3c 3f 3e 36 03',
    '02 30 30 30 34 30 30 30 30 36 31 31 38 37 39 03',
  ],
  getResponse: [
    '02 30 30 30 38 33 32 32 36 30 30 30 30 3c 30 30 30 30 30 31 38 3c 3c 03',
    '02 30 30 31 3c 30 30 30 30 36 3f 31 36 38 34 30 3f 37 33 37 38 33 31 32 3e 37 33 36 38 32 3e 3c 39 3e 37 3b 3b 3e 31 3b 31 3a 33 3d 35 3c 3f 3a 35 30 33 38 38 30 31 31 3e 39 30 30 30 30 3e 03',
  ],
  verify: [
    '02 30 30 30 3b 33 32 32 36 30 30 30 30 32 30 30 30 30 30 30 33 36 36 36 36 36 36 35 31 03',
    '02 30 30 30 34 30 30 30 30 39 30 30 30 39 30 03',
  ],
  samPowerOn: [
    '02 30 30 30 35 33 32 32 32 30 30 30 30 31 31 30 31 03',
    '02 30 30 30 32 31 30 30 37 31 37 03',
  ],
  selectEf05: [
    '02 30 30 30 3a 33 32 32 36 30 30 30 30 3a 34 30 30 30 30 30 32 3e 3f 30 35 35 38 03',
    '02 30 30 30 34 30 30 30 30 39 30 30 30 39 30 03',
  ],
  readWrongLength: [
    '02 30 30 30 38 33 32 32 36 30 30 30 30 3b 32 30 31 30 35 3f 3f 35 3d 03',
    '02 30 30 30 34 30 30 30 30 36 3c 34 30 32 3c 03',
  ],
  readAll: [
    '02 30 30 30 38 33 32 32 36 30 30 30 30 3b 32 30 31 30 35 34 30 3e 32 03',
    '02 30 30 34 34 30 30 30 30 30 31 31 30 34 33 30 32 39 39 3d 31 35 36 30 30 30 30 30 35 30 30 30 30 30 30 31 33 33 3a 30 35 3f 32 3e 33 30 32 30 31 33 33 30 33 30 34 33 32 32 3e 33 30 30 30 30',
    '34 30 3c 39 31 35 36 30 30 30 30 30 32 34 33 30 32 30 30 34 33 30 31 30 30 3d 35 30 35 30 34 33 32 33 30 33 31 33 32 30 36 30 34 33 32 33 30 33 32 33 32 30 37 30 39 34 32 33 30 33 30 33 30 33',
    '30 33 30 33 31 33 33 33 31 39 30 30 30 3a 39 03',
  ],
  powerOff: ['02 30 30 30 33 33 32 32 33 30 30 31 31 03', '02 30 30 30 32 30 30 30 30 30 30 03'],
} as const;

export type CaptureStep = keyof typeof LOGGED;

/** What the frames of the capture hold, decoded by hand. */
export const PAYLOADS: Readonly<Record<CaptureStep, readonly [request: string, reply: string]>> = {
  powerOn: ['3222000000', '00003B6D000000813147318650430200000013'],
  info: ['311101', '00000101E8000000000001010101' + '31323038' + '08' + '4757492D49433230'],
  pinPad: ['399202', '0000060606060606'],
  select: ['32260000A404000F7378312E73682EC9E7BBE1B1A3D5CF', '00006118'],
  getResponse: ['32260000C0000018', '00006F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000'],
  verify: ['3226000020000003666666', '00009000'],
  samPowerOn: ['3222000011', '1007'],
  selectEf05: ['32260000A4000002EF05', '00009000'],
  readWrongLength: ['32260000B20105FF', '00006C40'],
  readAll: [
    '32260000B2010540',
    '00000110430299D156000005000000133A05F2E30201330304322E3000040C9156000002430200430100D5' +
      '0504323031320604323032320709423030303030313331' +
      '9000',
  ],
  powerOff: ['322300', '0000'],
};

export const STEPS = Object.keys(LOGGED) as CaptureStep[];

/** Frames as they stand in the reports, without what fills these up. */
export function framesOf(step: CaptureStep): { request: Buffer; reply: Buffer } {
  const [request, ...reply] = LOGGED[step].map((report) => Buffer.from(report.replaceAll(' ', ''), 'hex'));
  return { request: request!, reply: Buffer.concat(reply) };
}

/** The reports of these steps, as they passed. */
export function exchangesOf(steps: readonly CaptureStep[]): RecordedExchange[] {
  return steps.map((step) => {
    const [out, ...into] = LOGGED[step].map((report) => filledUp(report));
    return { out: [Buffer.concat([Buffer.of(0), out!])], in: into };
  });
}

function filledUp(report: string): Buffer {
  return Buffer.concat([Buffer.from(report.replaceAll(' ', ''), 'hex'), Buffer.alloc(64)]).subarray(0, 64);
}
