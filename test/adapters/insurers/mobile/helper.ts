import { sm2 } from 'sm-crypto-v2';
import { insurerOf } from '../../../../adapters/insurers/index.ts';
import type { MobileConfiguration } from '../../../../schemas/insurer-configuration.ts';
import type { SmEnvelopeConfiguration } from '../../../../schemas/sm-envelope-configuration.ts';
import { tokenOf, VIRTUAL_CODES } from '../../../../src/sandbox/codes/tray.ts';
import { startVirtualInsurer } from '../../../../src/sandbox/insurer/server.ts';
import type { Bill } from '../../../../src/settlement/port.ts';
import { SAMPLE_NUMBER, TestClock, temporaryStore } from '../../../helper.ts';
import { configurationOf, Journal, SIGNING, sampleBill, specification } from '../nhsa/helper.ts';

export const clinicKey = sm2.generateKeyPairHex();
export const platformKey = sm2.generateKeyPairHex();
export const APP = {
  appId: 'A1B2C3D4E5F6A7B8C9D0E1F2A3B4C5D6',
  appSecret: 'F0E1D2C3B4A5968778695A4B3C2D1E0F',
};

const SECRETS: Readonly<Record<string, string>> = {
  SIGNING: SIGNING.secret,
  APP_SECRET: APP.appSecret,
  PRIVATE_KEY: clinicKey.privateKey,
};

/** The envelope of a centre, as a configuration tells of it. */
export function envelopeOf(
  url: string,
  more: Partial<SmEnvelopeConfiguration> = {},
): SmEnvelopeConfiguration {
  return {
    url: new URL(url).origin,
    appId: APP.appId,
    appSecret: { env: 'APP_SECRET' },
    privateKey: { env: 'PRIVATE_KEY' },
    platformPublicKey: platformKey.publicKey,
    ...more,
  };
}

export interface Options {
  readonly configuration?: Partial<MobileConfiguration>;
  readonly envelope?: Partial<SmEnvelopeConfiguration>;
}

/** A virtual platform with its centres, the two adapters that reach it, and a journal between them. */
export async function mobileParts(t: { teardown(work: () => unknown): void }, options: Options = {}) {
  const clock = new TestClock();
  const store = await temporaryStore(t);
  const virtual = await startVirtualInsurer({
    port: 0,
    specification,
    signing: SIGNING,
    clock,
    envelope: { ...APP, clinicPublicKey: clinicKey.publicKey, privateKey: platformKey.privateKey },
  });
  t.teardown(() => virtual.close());
  const parts = {
    store,
    clock,
    specification,
    purse: noPurse,
    secretOf: (secret: { env?: string; file?: string }) => SECRETS[secret.env ?? ''] ?? '',
  };
  const envelope = envelopeOf(virtual.url, options.envelope);
  const platform = {
    ...configurationOf(virtual.url, { prescriptions: envelope, mobile: envelope }),
    signing: { kind: 'tif', paasId: SIGNING.paasId, secret: { env: 'SIGNING' } },
  } as const;
  const mobile = insurerOf(
    {
      ...platform,
      id: 'mobile',
      adapter: 'mobile',
      mobile: envelope,
      covers: 'all',
      restItem: { nationalCode: 'REST', localCode: 'REST' },
      ...options.configuration,
    },
    parts,
  );
  t.teardown(() => mobile.close());
  const nhsa = insurerOf(platform, parts);
  t.teardown(() => nhsa.close());
  return { clock, store, virtual, mobile, nhsa, journal: new Journal() };
}

export type MobileParts = Awaited<ReturnType<typeof mobileParts>>;

const code = VIRTUAL_CODES.find((each) => each.kind === 'insurance-code' && each.certno === SAMPLE_NUMBER);

/** The token of the sample person's code. */
export const TOKEN = code ? tokenOf(code) : '';

/** The bill of a patient who showed their code. */
export function billWithCode(more: Partial<Bill> = {}): Bill {
  const bill = sampleBill(more);
  return { ...bill, identity: { ...bill.identity, insuranceCodeToken: TOKEN } };
}

export function noPurse(): never {
  throw new Error('no purse is asked');
}
