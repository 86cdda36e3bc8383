import type { Logger } from 'pino';
import type { Secret } from '../../../schemas/configuration-words.ts';
import type { NatsNetwork } from '../../../schemas/nats-configuration.ts';
import type { Link, Pack } from '../../../src/delivery/port.ts';
import { connectionOptionsOf, reconnectWaitMs } from './connecting.ts';
import { NatsHub } from './hub.ts';
import { createNatsLink } from './link.ts';

export interface NatsLinksParts {
  /** The code of our own organisation. */
  readonly organisation: string;
  readonly gatewayId: string;
  readonly logger: Logger;
  readonly random: () => number;
  secretOf(secret: Secret, key: string): string;
}

/** Makes links over NATS. Those over the same network share one connection, which ends with the last of them. */
export class NatsLinks {
  readonly #parts: NatsLinksParts;
  readonly #hubs = new Map<string, NatsHub>();

  constructor(parts: NatsLinksParts) {
    this.#parts = parts;
  }

  linkOf(organisation: string, network: NatsNetwork, pack: Pack): Link {
    const key = JSON.stringify(network);
    const hub = this.#hubs.get(key) ?? this.#open(key, network);
    const closeHub = async () => {
      if (this.#hubs.get(key) === hub) this.#hubs.delete(key);
      await hub.close();
    };
    return createNatsLink({ organisation, pack, hub, closeHub });
  }

  #open(key: string, network: NatsNetwork): NatsHub {
    const { organisation, gatewayId, logger, random, secretOf } = this.#parts;
    const options = connectionOptionsOf(network, {
      organisation,
      gatewayId,
      secretOf,
      wait: () => reconnectWaitMs(3, random()),
    });
    const hub = new NatsHub({ network, options, organisation, logger, random });
    this.#hubs.set(key, hub);
    hub.start();
    return hub;
  }
}
