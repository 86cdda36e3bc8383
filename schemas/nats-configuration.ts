import Type, { type Static } from 'typebox';
import { Strict } from './common.ts';
import { Secret } from './configuration-words.ts';

const NatsName = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const File = Type.String({ minLength: 1, maxLength: 500 });

/** Who we are to the NATS servers: one of four. */
const NatsCredentials = Type.Union([
  Strict({ user: Type.String({ minLength: 1, maxLength: 100 }), password: Secret }),
  Strict({ token: Secret }),
  /** The seed of an nkey: SU… */
  Strict({ nkey: Secret }),
  /** The text of a .creds file, as `nsc` makes it. */
  Strict({ creds: Secret }),
]);

/** A NATS network. Links that say the same of it share one connection. */
export const natsNetwork = {
  /** nats://host:port or tls://host:port; any of them will do. */
  servers: Type.Array(
    Type.String({ pattern: '^(nats|tls)://[A-Za-z0-9._-]+(:[0-9]{1,5})?/?$', maxLength: 200 }),
    {
      minItems: 1,
      maxItems: 10,
    },
  ),
  credentials: Type.Optional(NatsCredentials),
  /** Certificates, where the machine's own list does not have theirs or they ask for ours. */
  tls: Type.Optional(
    Strict({ ca: Type.Optional(File), certificate: Type.Optional(File), key: Type.Optional(File) }),
  ),
  /** The JetStream domain that our own stream lies in, where that is not the one of the servers above. */
  domain: Type.Optional(NatsName),
  /** Our own stream, where it is not called yikatong_ and our code. */
  stream: Type.Optional(NatsName),
  /** On how many servers of a cluster our stream is kept, when we are the ones to make it. */
  replicas: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
};

const NatsNetwork = Strict(natsNetwork);
export type NatsNetwork = Static<typeof NatsNetwork>;
