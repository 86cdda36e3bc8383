/**
 * What stands where on a NATS network. Each organisation that receives owns one stream, so that nothing is shared by
 * all: it may lie on the hub or on the organisation's own leaf node. Permissions follow the subjects: an organisation
 * publishes to `yikatong.*.messages.<itself>` and `yikatong.*.answers.<itself>`, and nobody else does.
 */

/** The stream that holds what others send to an organisation. */
export const streamOf = (code: string): string => `yikatong_${code}`;

/** What that stream takes: messages of anybody to this organisation. */
export const mailboxOf = (code: string): string => `yikatong.${code}.messages.*`;

export const messagesTo = (receiver: string, sender: string): string =>
  `yikatong.${receiver}.messages.${sender}`;

/** The answers to one organisation, which no stream holds: a lost one is had again by sending the message again. */
export const answersOf = (code: string): string => `yikatong.${code}.answers.*`;

export const answersTo = (receiver: string, sender: string): string =>
  `yikatong.${receiver}.answers.${sender}`;

/** Where the servers answer an organisation's gateways, and deliver its mail. */
export const inboxOf = (code: string): string => `_INBOX_${code}`;

/** The organisation whose subject this is, the last word; undefined where that is no code of an organisation. */
export function senderOf(subject: string): string | undefined {
  return /\.([A-Za-z0-9]{4,30})$/.exec(subject)?.[1];
}

/** The durable consumer of a mailbox: one, shared by all gateways of the organisation. */
export const CONSUMER = 'gateway';
