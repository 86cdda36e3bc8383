import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import type { Link, Pack } from '../../src/delivery/port.ts';
import { createHttpLink } from './http/link.ts';
import { NatsLinks, type NatsLinksParts } from './nats/links.ts';

/** Makes the links of all configured kinds. `code` is that of the organisation at the other end. */
export function linksOf(parts: NatsLinksParts): (code: string, link: LinkConfiguration, pack: Pack) => Link {
  const nats = new NatsLinks(parts);
  return (code, link, pack) => {
    switch (link.kind) {
      case 'http':
        return createHttpLink({ organisation: code, url: link.url, pack });
      case 'nats': {
        const { kind: _, secret: _secret, previousSecret: _previous, ...network } = link;
        return nats.linkOf(code, network, pack);
      }
    }
  };
}
