import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Secret, Url } from './configuration-words.ts';
import { natsNetwork } from './nats-configuration.ts';

function Key(prefix: string) {
  return Type.String({ pattern: `^${prefix}[A-Za-z0-9+/]{43}=$`, description: `${prefix}…` });
}

/** How the two sides of a link know each other; the same for every kind of link. */
export const protection = {
  /** The secret shared with the other side: whsec_ and base64. */
  secret: Secret,
  /** The secret before it, still good for their messages while it is being changed. */
  previousSecret: Type.Optional(Secret),
  /** Their Ed25519 public keys (npm run key -- --link makes them): only they prove what is theirs, not the secret. */
  theirKeys: Type.Optional(Type.Array(Key('whpk_'), { minItems: 1, maxItems: 2 })),
  /** Their X25519 public key: messages to them are encrypted. */
  encryptTo: Type.Optional(Key('ykpk_')),
  /** Messages of theirs that are not encrypted are refused. */
  encrypted: Type.Optional(Type.Boolean()),
};

/** Their gateway is reached by its address, and reaches ours by ours. */
const HttpLinkConfiguration = Strict({ kind: Type.Literal('http'), url: Url, ...protection });

/** Their gateway can't be reached from outside, and comes to ours for its messages. */
const MailboxLinkConfiguration = Strict({ kind: Type.Literal('mailbox'), ...protection });

/** Our gateway can't be reached from outside: it sends to theirs, and comes to theirs for its own messages. */
const FetchLinkConfiguration = Strict({
  kind: Type.Literal('fetch'),
  url: Url,
  /** How long theirs keeps a question waiting for mail. Shorter where something between cuts silent connections. */
  waitS: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  ...protection,
});

/** Both gateways reach a NATS network; their messages lie there, each in the stream of its receiver. */
const NatsLinkConfiguration = Strict({ kind: Type.Literal('nats'), ...natsNetwork, ...protection });

/** The way to another organisation, told apart by `kind`. */
export const LinkConfiguration = Type.Union([
  HttpLinkConfiguration,
  MailboxLinkConfiguration,
  FetchLinkConfiguration,
  NatsLinkConfiguration,
]);

export type LinkConfiguration = Static<typeof LinkConfiguration>;
