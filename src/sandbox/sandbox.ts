import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import type { Logger } from 'pino';
import type { Configuration } from '../../schemas/configuration.ts';
import type { Ease } from '../access/users/compose.ts';
import type { LoadHost } from '../card/port.ts';
import { systemClock } from '../clock.ts';
import { startVirtualAssistance } from './assistance/server.ts';
import { VirtualLoadHost } from './cards/purse-host.ts';
import {
  ACCESS_KEY,
  clinicConfiguration,
  envelopeKeys,
  hospitalConfiguration,
  type Places,
  sandboxSecrets,
} from './configurations.ts';
import { VirtualDesk } from './desk.ts';
import { startVirtualEncryptionMachine } from './encryption/server.ts';
import { startVirtualHealthCodes } from './health-code/server.ts';
import { startClerk } from './hospital/clerk.ts';
import type { Specification } from './insurer/port.ts';
import { startVirtualInsurer } from './insurer/server.ts';
import { startVirtualGuizhou } from './nrcms-guizhou/server.ts';
import { freePorts } from './ports.ts';
import { sandboxRoutes } from './routes.ts';
import { makeUsers } from './users.ts';

export interface SandboxStart {
  /** The data folder; the sandbox keeps to a folder of its own in it. */
  readonly folder: string;
  readonly host: string;
  /** The clinic's port; the hospital's is the next one. 0 takes any two that are free. */
  readonly port: number;
  readonly logger: Logger;
}

export interface SandboxParts extends SandboxStart {
  startGateway(
    configuration: Configuration,
    options: {
      logger: Logger;
      sandbox: readonly FastifyPluginAsync[];
      loadHost?: LoadHost;
      ease: Ease;
    },
  ): Promise<{ readonly url: string; close(): Promise<void> }>;
  readonly specification: Specification;
  /** Whether the hospital's scripted clerk answers; people at its pages do where it does not. */
  readonly clerk?: boolean;
}

export interface RunningSandbox {
  readonly url: string;
  readonly hospitalUrl: string;
  /** The HIS's key, good for both gateways. */
  readonly key: string;
  /** The password of the pages' users, who are called as their roles. */
  readonly password: string;
  close(): Promise<void>;
}

/** The sandbox's password is printed on the screen: to guess it may cost little. */
const PASSWORD_COST = { N: 1024, r: 8, p: 1 };

/**
 * The sandbox: a clinic's gateway as in production, with a virtual desk, encryption machine and insurer, and a county
 * hospital that is a second gateway with a scripted clerk. It reaches them over TCP and HTTP, as it would reach real
 * ones.
 */
export async function startSandbox(parts: SandboxParts): Promise<RunningSandbox> {
  const closing = new AsyncDisposableStack();
  try {
    return await compose(parts, closing);
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

async function compose(parts: SandboxParts, closing: AsyncDisposableStack): Promise<RunningSandbox> {
  const { host, logger, startGateway, specification } = parts;
  const folder = join(parts.folder, 'sandbox');
  const secrets = sandboxSecrets(folder);
  const places = { folder, host, ...(await portsFrom(parts)) };
  const desk = await VirtualDesk.start();
  closing.defer(() => desk.close());
  const insurer = await startVirtualInsurer({
    port: 0,
    file: join(folder, 'insurer.db'),
    specification,
    signing: { kind: 'csb', accessKey: ACCESS_KEY, secret: secrets.insurer.value },
    envelope: envelopeKeys(secrets),
  });
  closing.defer(() => insurer.close());
  const nrcms = await startVirtualGuizhou({ port: 0 });
  closing.defer(() => nrcms.close());
  const assistance = await startVirtualAssistance({ port: 0 });
  closing.defer(() => assistance.close());
  const encryption = await startVirtualEncryptionMachine();
  closing.defer(() => encryption.close());

  const healthCodes = await startVirtualHealthCodes({
    port: 0,
    appId: ACCESS_KEY,
    secret: secrets.healthCode.value,
  });
  closing.defer(() => healthCodes.close());

  const around = {
    readers: desk.configuration(),
    insurerUrl: insurer.url,
    nrcmsUrl: nrcms.url,
    assistanceUrl: assistance.url,
    encryptionUrl: encryption.url,
    healthCodeUrl: healthCodes.url,
  };
  const clinic = await startGateway(clinicConfiguration(places, secrets, around), {
    logger,
    loadHost: new VirtualLoadHost(systemClock),
    // Whoever learns here may play with the tray and the insurer: there is nobody to harm.
    ease: { passwordCost: PASSWORD_COST, everybodyMay: ['sandbox:write'] },
    sandbox: [sandboxRoutes({ desk, insurer, hospitalUrl: `http://${host}:${places.hospitalPort}` })],
  });
  closing.defer(() => clinic.close());
  const hospital = await startGateway(hospitalConfiguration(places, secrets), {
    logger,
    ease: { passwordCost: PASSWORD_COST },
    sandbox: [],
  });
  closing.defer(() => hospital.close());
  const password = secrets.pages.value;
  await Promise.all([clinic, hospital].map(({ url }) => makeUsers(url, secrets.his.value, password)));
  if (parts.clerk !== false) {
    const stopClerk = startClerk({
      baseUrl: hospital.url,
      key: secrets.clerk.value,
      onTrouble: (reason) => logger.warn({ reason }, 'the sandbox clerk could not work'),
    });
    closing.defer(stopClerk);
  }
  return {
    url: clinic.url,
    hospitalUrl: hospital.url,
    key: secrets.his.value,
    password,
    close: () => closing.disposeAsync(),
  };
}

/** Each gateway must know where the other will listen before either does. */
async function portsFrom({ host, port }: SandboxStart): Promise<Pick<Places, 'clinicPort' | 'hospitalPort'>> {
  const clinicPort = port === 0 ? await freePorts(2, host) : port;
  return { clinicPort, hospitalPort: clinicPort + 1 };
}
