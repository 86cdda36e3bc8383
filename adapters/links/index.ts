import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import type { Clock, Ids } from '../../src/clock.ts';
import type { Link, Pack } from '../../src/delivery/port.ts';
import { createFetchLink } from './fetch/link.ts';
import { createHttpLink } from './http/link.ts';
import { createMailboxLink } from './mailbox/link.ts';
import { NatsLinks, type NatsLinksParts } from './nats/links.ts';

export interface LinksParts extends NatsLinksParts {
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Makes the links of all configured kinds. `code` is that of the organisation at the other end. */
export function linksOf(parts: LinksParts): (code: string, link: LinkConfiguration, pack: Pack) => Link {
  const nats = new NatsLinks(parts);
  return (code, link, pack) => {
    switch (link.kind) {
      case 'http':
        return createHttpLink({ organisation: code, url: link.url, pack });
      case 'fetch': {
        const { url, waitS } = link;
        return createFetchLink({
          ...parts,
          ownCode: parts.organisation,
          organisation: code,
          url,
          waitS,
          pack,
        });
      }
      case 'mailbox':
        return createMailboxLink(code);
      case 'nats':
        return nats.linkOf(code, networkOf(link), pack);
    }
  };
}

/** What says where the network is, without the keys of the organisation: links with the same share a connection. */
function networkOf(link: Extract<LinkConfiguration, { kind: 'nats' }>) {
  const {
    kind: _,
    secret: _1,
    previousSecret: _2,
    theirKeys: _3,
    encryptTo: _4,
    encrypted: _5,
    ...network
  } = link;
  return network;
}
