import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sm2 } from 'sm-crypto-v2';
import type { Configuration } from '../../schemas/configuration.ts';
import { hashOfKey, newKey, SCOPES } from '../access/clients.ts';
import { checkConfiguration, readConfiguration } from '../config.ts';
import { ALREADY_SO, NOTHING_TO_UNDO, type SmEnvelope } from './insurer/port.ts';
import { type KeptSecret, keptSecret } from './keys.ts';
import { ACCOUNT, WORDS } from './nrcms-guizhou/port.ts';

const CLINIC = { code: 'H11111100001', name: '示例镇卫生院', level: 'township' };
const HOSPITAL = { code: 'H11111100009', name: '示例县人民医院', level: 'county' };

/** The clinic's name at the virtual insurer's gateway and the virtual health-code platform. */
export const ACCESS_KEY = 'sandbox';

/** Short, so that a trainee does not wait a minute for an answer that was lost. */
const INSURER_TIMEOUT_MS = 3_000;

/** A person lays a card down within it. */
const PURSE_TIMEOUT_MS = 30_000;

/** An example of a benefit table, for estimates. */
const BENEFITS = fileURLToPath(new URL('./benefits.toml', import.meta.url));

const REQUESTS_PER_MINUTE_MAX = 60_000;

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
  readonly pages: KeptSecret;
  readonly his: KeptSecret;
  /** The scripted clerk's key. */
  readonly clerk: KeptSecret;
  /** Shared by the two gateways. */
  readonly link: KeptSecret;
  /** With which the virtual insurer checks signatures. */
  readonly insurer: KeptSecret;
  /** With which the virtual health-code platform does. */
  readonly healthCode: KeptSecret;
  /** With which the clinic logs in at the virtual rural scheme. */
  readonly nrcms: KeptSecret;
  /** Of the SM2/SM4 envelope, for mobile pay and prescriptions. */
  readonly envelope: EnvelopeSecrets;
}

export interface EnvelopeSecrets {
  readonly appSecret: KeptSecret;
  readonly clinicKey: KeptSecret;
  readonly platformKey: KeptSecret;
}

export function sandboxSecrets(folder: string): SandboxSecrets {
  return {
    his: keptSecret(folder, 'his-key', () => newKey('his').key),
    pages: keptSecret(folder, 'page-password', () => `sandbox-${randomBytes(6).toString('base64url')}`),
    clerk: keptSecret(folder, 'clerk-key', () => newKey('clerk').key),
    link: keptSecret(folder, 'link-secret', () => `whsec_${randomBytes(32).toString('base64')}`),
    insurer: keptSecret(folder, 'insurer-secret', () => randomBytes(24).toString('base64url')),
    healthCode: keptSecret(folder, 'health-code-secret', () => randomBytes(24).toString('base64url')),
    nrcms: keptSecret(folder, 'nrcms-password', () => ACCOUNT.password),
    envelope: {
      appSecret: keptSecret(folder, 'envelope-secret', () => randomBytes(16).toString('hex').toUpperCase()),
      clinicKey: keptSecret(folder, 'envelope-clinic-key', newSm2Key),
      platformKey: keptSecret(folder, 'envelope-platform-key', newSm2Key),
    },
  };
}

/** The clinic's name at the virtual mobile-pay and prescription centres. */
const APP_ID = 'SANDBOX0SANDBOX0SANDBOX0SANDBOX0';

/** The keys of the virtual centres. */
export function envelopeKeys({ envelope }: SandboxSecrets): SmEnvelope {
  return {
    appId: APP_ID,
    appSecret: envelope.appSecret.value,
    clinicPublicKey: sm2.getPublicKeyFromPrivateKey(envelope.clinicKey.value),
    privateKey: envelope.platformKey.value,
  };
}

function newSm2Key(): string {
  return sm2.generateKeyPairHex().privateKey;
}

/** The clinic: a township institution with three readers, the national insurer, and a way to the county hospital. */
export function clinicConfiguration(
  places: Places,
  secrets: SandboxSecrets,
  around: {
    readers: readonly object[];
    insurerUrl: string;
    nrcmsUrl: string;
    assistanceUrl: string;
    encryptionUrl: string;
    healthCodeUrl: string;
  },
): Configuration {
  const clinic = common('clinic', places, secrets, places.clinicPort);
  return checkConfiguration({
    ...clinic,
    organisation: CLINIC,
    readers: around.readers,
    cards: {
      ...clinic.cards,
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
        ...platformOf(around.insurerUrl, secrets),
        prescriptions: envelopeOf(around.insurerUrl, secrets),
        statements: { daily: '06:30', groups: ['310|11|111111', '390|11|111111'] },
      },
      {
        id: 'mobile',
        adapter: 'mobile',
        name: '虚拟医保移动支付',
        ...platformOf(around.insurerUrl, secrets),
        covers: 'cash',
        restItem: REST_ITEM,
      },
      {
        id: 'relief',
        adapter: 'assistance',
        name: '虚拟医疗救助',
        url: around.assistanceUrl,
        hospitalId: CLINIC.code,
        hospitalName: CLINIC.name,
        hospitalArea: '111111',
        timeoutMs: INSURER_TIMEOUT_MS,
      },
      { id: 'purse', adapter: 'purse', timeoutMs: PURSE_TIMEOUT_MS },
      { id: 'cash', adapter: 'cash' },
      {
        id: 'nrcms',
        adapter: 'nrcms-guizhou',
        name: '虚拟新农合',
        url: around.nrcmsUrl,
        userName: ACCOUNT.userName,
        password: { file: secrets.nrcms.file },
        medicalNumber: 'document',
        timeoutMs: INSURER_TIMEOUT_MS,
        notSettled: [WORDS.notSettled],
        rolledBack: [WORDS.rolledBack],
      },
    ],
    organisations: [{ ...HOSPITAL, link: linkTo(places.host, places.hospitalPort, secrets) }],
  });
}

/** The national platform, as every adapter that asks it is told of it. */
function platformOf(url: string, secrets: SandboxSecrets) {
  return {
    url,
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
    alreadySo: ALREADY_SO,
    mobile: envelopeOf(url, secrets),
  };
}

function envelopeOf(insurerUrl: string, { envelope }: SandboxSecrets) {
  return {
    url: new URL(insurerUrl).origin,
    appId: APP_ID,
    appSecret: { file: envelope.appSecret.file },
    privateKey: { file: envelope.clinicKey.file },
    platformPublicKey: sm2.getPublicKeyFromPrivateKey(envelope.platformKey.value),
  };
}

/** What is left of a bill, as one line that no insurance covers. */
const REST_ITEM = { nationalCode: 'SANDBOX-REST', localCode: 'REST' };

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
  const { log, cards } = readConfiguration(undefined);
  const dataKey = keptSecret(folder, `${id}.data-key`, () => randomBytes(32).toString('hex'));
  return {
    log,
    cards,
    estimates: { benefits: BENEFITS },
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
