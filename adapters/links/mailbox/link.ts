import { type Link, LinkError } from '../../../src/delivery/port.ts';

/** The link to an organisation that comes for its messages: nothing is sent over it. */
export function createMailboxLink(organisation: string): Link {
  return {
    organisation,
    collected: true,
    send: async () => {
      throw new LinkError('transient', 'it comes for its messages itself');
    },
    close: async () => undefined,
  };
}
