import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import t from 'tap';
import { insurerOf } from '../../../../adapters/insurers/index.ts';
import { secureContextOf, type TlsFiles } from '../../../../adapters/insurers/nhsa/tls.ts';
import { Transport } from '../../../../adapters/insurers/nhsa/transport.ts';
import { readSecret } from '../../../../src/config.ts';
import { WireError } from '../../../../src/settlement/port.ts';
import { TestClock, temporaryFolder, temporaryStore } from '../../../helper.ts';
import { configurationOf, Journal, specification } from './helper.ts';

/** An authority, and a certificate of it for the server and for us; nothing where openssl can't make them. */
function authority(t: { teardown(work: () => unknown): void }) {
  const folder = temporaryFolder(t);
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  try {
    openssl(
      ...['req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem')],
      ...['-days', '2', '-subj', '/CN=Test authority'],
    );
    for (const name of ['server', 'clinic']) {
      openssl(
        ...['req', '-x509', '-CA', file('ca.pem'), '-CAkey', file('ca.key'), ...key],
        ...[
          '-keyout',
          file(`${name}.key`),
          '-out',
          file(`${name}.pem`),
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
        ],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'],
      );
    }
  } catch {
    return undefined;
  }
  const read = (name: string) => readFileSync(file(name), 'utf8');
  return {
    file,
    ca: read('ca.pem'),
    server: { cert: read('server.pem'), key: read('server.key') },
    clinic: { certificate: read('clinic.pem'), key: read('clinic.key') },
  };
}

const made = authority(t);
const skip = made ? false : 'there is no openssl here that can make certificates';

/** A server that says in its answer whose certificate it was shown. */
async function serving(t: { teardown(work: () => unknown): void }, options: ServerOptions): Promise<string> {
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate() ?? {};
    request.resume().on('end', () => {
      const output = { signinoutb: { sign_no: subject?.CN ?? 'nobody' } };
      response.end(JSON.stringify({ infcode: 0, output }));
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function posted(
  t: { teardown(work: () => unknown): void },
  url: string,
  tls?: TlsFiles,
): Promise<string> {
  const secureContext = tls && secureContextOf(tls, 'tls');
  const transport = new Transport({ url, timeoutMs: 5_000, secureContext });
  t.teardown(() => transport.close());
  try {
    const { body } = await transport.post({}, Buffer.from('{}'), new AbortController().signal);
    return body.toString();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return `${error.sent}: ${error.message}`;
  }
}

t.test(
  'a server is believed when the given authority vouches for it, and sent nothing otherwise',
  { skip },
  async (t) => {
    if (!made) return;
    const url = await serving(t, made.server);
    t.match(await posted(t, url, { ca: made.ca }), /"nobody"/);
    t.match(await posted(t, url), /^nothing: /);
    t.match(await posted(t, url, made.clinic), /^nothing: /, 'our own certificate vouches for nobody');
    const elsewhere = url.replace('127.0.0.1', 'localhost');
    t.match(await posted(t, elsewhere, { ca: made.ca }), /^nothing: /, 'the certificate is for another host');
  },
);

t.test('a server that wants to know who we are is shown our certificate', { skip }, async (t) => {
  if (!made) return;
  const url = await serving(t, { ...made.server, ca: made.ca, requestCert: true, rejectUnauthorized: true });
  t.match(await posted(t, url, { ca: made.ca, ...made.clinic }), /"clinic"/);
  const without = await posted(t, url, { ca: made.ca });
  t.match(without, /^(nothing|maybe): /, 'without one it hangs up');
});

t.test('the files are named in the configuration', { skip }, async (t) => {
  if (!made) return;
  const url = await serving(t, { ...made.server, ca: made.ca, requestCert: true, rejectUnauthorized: true });
  const configuration = configurationOf(url, {
    signing: { kind: 'none' },
    tls: {
      ca: { file: made.file('ca.pem') },
      certificate: { file: made.file('clinic.pem') },
      key: { file: made.file('clinic.key') },
    },
  });
  const parts = {
    store: await temporaryStore(t),
    clock: new TestClock(),
    secretOf: readSecret,
    purse: () => {
      throw new Error('no purse is asked');
    },
    specification,
  };
  const insurer = insurerOf(configuration, parts);
  t.teardown(() => insurer.close());
  const journal = new Journal();
  const input = { signIn: { opter_no: 'op1', mac: '-', ip: '-' } };
  t.match(await insurer.transact('9001', input, {}, journal.exchange), {
    kind: 'accepted',
    value: { signinoutb: { sign_no: 'clinic' } },
  });

  const wrong = (tls: object) => () => insurerOf({ ...configuration, tls }, parts);
  t.throws(wrong({ ca: { file: '/no/such.pem' } }), { message: /insurers\.nhsa\.tls\.ca/ });
  t.throws(wrong({ certificate: { file: made.file('clinic.pem') } }), { message: /insurers\.nhsa\.tls/ });
  t.throws(
    wrong({ certificate: { file: made.file('clinic.pem') }, key: { file: made.file('server.key') } }),
    { message: /insurers\.nhsa\.tls/ },
    'a key of another certificate',
  );
});

t.test('what is no certificate stops the start, and its text is not repeated', async (t) => {
  for (const tls of [{ ca: 'SECRET' }, { certificate: 'SECRET', key: 'SECRET' }, { key: 'SECRET' }]) {
    try {
      secureContextOf(tls, 'insurers.nhsa.tls');
      t.fail('it was taken');
    } catch (error) {
      t.match((error as Error).message, /^insurers\.nhsa\.tls: /);
      t.notMatch((error as Error).message, /SECRET/);
    }
  }
});
