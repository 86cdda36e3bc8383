import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Configuration } from '../../schemas/configuration.ts';
import { hashOfKey, newKey, SCOPES } from '../access/clients.ts';
import { checkConfiguration, readConfiguration } from '../config.ts';
import { NOTHING_TO_UNDO } from './insurer/port.ts';
import { type KeptSecret, keptSecret } from './keys.ts';

const CLINIC = { code: 'H11111100001', name: '示例镇卫生院', level: 'township' };
const HOSPITAL = { code: 'H11111100009', name: '示例县人民医院', level: 'county' };

/** The clinic's name at the virtual insurer's gateway and the virtual health-code platform. */
export const ACCESS_KEY = 'sandbox';

/** Short, so that a trainee does not wait a minute for an answer that was lost. */
const INSURER_TIMEOUT_MS = 3_000;

const REQUESTS_PER_MINUTE_MAX = 60_000;

const DEFAULTS = readConfiguration(undefined);

/** Where the sandbox's two gateways are and what they reach. */
export interface Places {
  readonly folder: string;
  readonly host: string;
  readonly clinicPort: number;
  readonly hospitalPort: number;
}

/** The secrets of one sandbox folder. */
export interface SandboxSecrets {
  /** The HIS's key, good for both gateways. */
  readonly his: KeptSecret;
  /** The scripted clerk's key. */
  readonly clerk: KeptSecret;
  /** Shared by the two gateways. */
  readonly link: KeptSecret;
  /** With which the virtual insurer checks signatures. */
  readonly insurer: KeptSecret;
  /** With which the virtual health-code platform does. */
  readonly healthCode: KeptSecret;
}

export function sandboxSecrets(folder: string): SandboxSecrets {
  return {
    his: keptSecret(folder, 'his-key', () => newKey('his').key),
    clerk: keptSecret(folder, 'clerk-key', () => newKey('clerk').key),
    link: keptSecret(folder, 'link-secret', () => `whsec_${randomBytes(32).toString('base64')}`),
    insurer: keptSecret(folder, 'insurer-secret', () => randomBytes(24).toString('base64url')),
    healthCode: keptSecret(folder, 'health-code-secret', () => randomBytes(24).toString('base64url')),
  };
}

/** The clinic: a township institution with three readers, the national insurer, and a way to the county hospital. */
export function clinicConfiguration(
  places: Places,
  secrets: SandboxSecrets,
  around: {
    readers: readonly object[];
    insurerUrl: string;
    encryptionUrl: string;
    healthCodeUrl: string;
  },
): Configuration {
  return checkConfiguration({
    ...common('clinic', places, secrets, places.clinicPort),
    organisation: CLINIC,
    readers: around.readers,
    cards: {
      ...DEFAULTS.cards,
      encryptionMachine: { url: around.encryptionUrl },
      insuranceCode: { kind: 'transaction', insurer: 'nhsa' },
      healthCode: {
        url: around.healthCodeUrl,
        appId: ACCESS_KEY,
        secret: { file: secrets.healthCode.file },
      },
    },
    insurers: [
      {
        id: 'nhsa',
        adapter: 'nhsa',
        name: '虚拟医保平台',
        url: around.insurerUrl,
        fixmedinsCode: CLINIC.code,
        fixmedinsName: CLINIC.name,
        mdtrtareaAdmvs: '111111',
        recerSysCode: 'FSI',
        infver: 'V1.0',
        operator: { no: '001', name: '收费员' },
        signing: {
          kind: 'csb',
          accessKey: ACCESS_KEY,
          secret: { file: secrets.insurer.file },
          apiVersion: '1.0.0',
        },
        timeoutMs: INSURER_TIMEOUT_MS,
        nothingToUndo: Object.values(NOTHING_TO_UNDO),
        statements: { daily: '06:30', groups: ['310|11|111111', '390|11|111111'] },
      },
    ],
    organisations: [{ ...HOSPITAL, link: linkTo(places.host, places.hospitalPort, secrets) }],
  });
}

/** The county hospital: a second gateway that receives the clinic's referrals. */
export function hospitalConfiguration(places: Places, secrets: SandboxSecrets): Configuration {
  return checkConfiguration({
    ...common('hospital', places, secrets, places.hospitalPort),
    organisation: HOSPITAL,
    readers: [],
    insurers: [],
    organisations: [{ ...CLINIC, link: linkTo(places.host, places.clinicPort, secrets) }],
  });
}

function common(id: string, { folder, host }: Places, secrets: SandboxSecrets, port: number) {
  const dataKey = keptSecret(folder, `${id}.data-key`, () => randomBytes(32).toString('hex'));
  return {
    log: DEFAULTS.log,
    cards: DEFAULTS.cards,
    gateway: { id, host, port, requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX },
    store: { kind: 'sqlite', file: join(folder, `${id}.db`) },
    dataKey: { file: dataKey.file },
    clients: [
      { id: 'his', keyHash: hashOfKey(secrets.his.value), scopes: [...SCOPES] },
      { id: 'clerk', keyHash: hashOfKey(secrets.clerk.value), scopes: ['referral:read', 'referral:write'] },
    ],
  };
}

function linkTo(host: string, port: number, secrets: SandboxSecrets) {
  return { kind: 'http', url: `http://${host}:${port}`, secret: { file: secrets.link.file } };
}
