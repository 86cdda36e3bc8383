import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { connect, nkeys } from '@nats-io/transport-node';
import t from 'tap';
import { temporaryFolder } from '../../../helper.ts';
import { natsIsMissing, startNats } from '../../../setup/nats.ts';
import { clinic, hospital, messageOf, side, untilSent } from './helper.ts';

const skip = natsIsMissing()?.reason ?? false;
const noOpenssl = spawnSync('openssl', ['version']).error && 'there is no openssl here to make certificates';

/** What docs/nats.md has a county permit to one organisation, and nothing more. */
const permissionsOf = (code: string) => `permissions {
  publish { allow: [
    "yikatong.*.messages.${code}", "yikatong.*.answers.${code}",
    "$JS.API.INFO", "$JS.API.STREAM.INFO.yikatong_${code}", "$JS.API.STREAM.CREATE.yikatong_${code}",
    "$JS.API.CONSUMER.INFO.yikatong_${code}.*", "$JS.API.CONSUMER.CREATE.yikatong_${code}.>",
    "$JS.API.CONSUMER.DURABLE.CREATE.yikatong_${code}.*", "$JS.API.CONSUMER.MSG.NEXT.yikatong_${code}.*",
    "$JS.ACK.yikatong_${code}.>"
  ] }
  subscribe { allow: ["_INBOX_${code}.>", "yikatong.${code}.answers.*"] }
}`;

t.test('an organisation may only be itself, and that is enough for it', { skip }, async (t) => {
  process.env.TEST_NATS_PASSWORD = 'made-up';
  const user = nkeys.createUser();
  process.env.TEST_NATS_SEED = Buffer.from(user.getSeed()).toString();
  const server = await startNats(t, {
    configuration: `authorization { users: [
      { user: "${clinic}", password: "made-up", ${permissionsOf(clinic)} }
      { nkey: "${user.getPublicKey()}", ${permissionsOf(hospital)} }
    ] }`,
  });
  const servers = [server.url];
  const asClinic = { servers, credentials: { user: clinic, password: { env: 'TEST_NATS_PASSWORD' } } };
  const asHospital = { servers, credentials: { nkey: { env: 'TEST_NATS_SEED' } } };
  const there = side(t, hospital, clinic, asHospital);
  const here = side(t, clinic, hospital, asClinic);
  t.match(await untilSent(here, messageOf('m-1')), { messageId: 'm-1' });
  t.match(await untilSent(there, messageOf('m-2', { from: hospital, to: clinic })), { messageId: 'm-2' });

  const thief = await connect({ servers, user: clinic, pass: 'made-up', inboxPrefix: `_INBOX_${clinic}` });
  t.teardown(() => thief.close());
  const refused = async (subject: string) => {
    const subscription = thief.subscribe(subject);
    const error = await subscription.closed.then((reason) => reason);
    return error instanceof Error;
  };
  t.ok(await refused(`_INBOX_${hospital}.>`), 'it hears nobody else’s mail');
  t.ok(await refused('yikatong.*.messages.*'));
  const violation = (async () => {
    for await (const status of thief.status()) if (status.type === 'error') return status.error.message;
    return undefined;
  })();
  thief.publish(`yikatong.${clinic}.messages.${hospital}`, '{}');
  t.match(await violation, /Permissions Violation/i, 'and does not speak for others');
});

t.test('a wrong token is tried again until it is right', { skip }, async (t) => {
  const server = await startNats(t, { configuration: 'authorization { token: "right" }' });
  process.env.TEST_NATS_TOKEN = 'right';
  process.env.TEST_NATS_WRONG = 'wrong';
  const wrong = { servers: [server.url], credentials: { token: { env: 'TEST_NATS_WRONG' } } };
  const right = { servers: [server.url], credentials: { token: { env: 'TEST_NATS_TOKEN' } } };
  side(t, hospital, clinic, right);
  const here = side(t, clinic, hospital, right);
  const other = side(t, clinic, hospital, wrong);
  t.match(await untilSent(here, messageOf('m-1')), { messageId: 'm-1' });
  t.match(await other.failure(messageOf('m-2'), 300), { message: 'no connection to the NATS servers' });
});

t.test(
  'over TLS the servers are known by their authority, and know us by our certificate',
  {
    skip: skip || (noOpenssl ?? false),
  },
  async (t) => {
    const folder = temporaryFolder(t);
    const file = (name: string) => join(folder, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl(
      ...['req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem')],
      ...['-days', '2', '-subj', '/CN=Test authority'],
    );
    for (const name of ['server', 'client']) {
      openssl(
        ...['req', '-x509', '-CA', file('ca.pem'), '-CAkey', file('ca.key'), ...key, '-days', '2'],
        ...['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`), '-subj', `/CN=${name}`],
        ...['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'],
      );
    }
    const server = await startNats(t, {
      configuration: `tls {
      cert_file: "${file('server.pem')}", key_file: "${file('server.key')}", ca_file: "${file('ca.pem')}", verify: true
    }`,
    });
    const servers = [`tls://localhost:${server.port}`];
    const tls = { ca: file('ca.pem'), certificate: file('client.pem'), key: file('client.key') };
    side(t, hospital, clinic, { servers, tls });
    const here = side(t, clinic, hospital, { servers, tls });
    const stranger = side(t, clinic, hospital, { servers, tls: { ca: file('ca.pem') } });
    const misled = side(t, clinic, hospital, { servers });
    t.match(await untilSent(here, messageOf('m-1')), { messageId: 'm-1' });
    for (const refused of [stranger, misled]) {
      t.match(await refused.failure(messageOf('m-2'), 300), { message: 'no connection to the NATS servers' });
    }
  },
);
