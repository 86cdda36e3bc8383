import type { LinkConfiguration } from '../../schemas/link-configuration.ts';
import type { Link, Pack } from '../../src/delivery/port.ts';
import { createHttpLink } from './http/link.ts';

/** Makes the link of a configured kind to the organisation `code`. */
export function linkOf(code: string, link: LinkConfiguration, pack: Pack): Link {
  switch (link.kind) {
    case 'http':
      return createHttpLink({ organisation: code, url: link.url, pack });
  }
}
