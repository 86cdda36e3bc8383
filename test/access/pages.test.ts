import { pino } from 'pino';
import t from 'tap';
import { ClientDirectory, newKey, type Scope } from '../../src/access/clients.ts';
import { pageAccess } from '../../src/access/pages.ts';

function warningsOf(host: string, scopes: readonly Scope[]): string[] {
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const clients = new ClientDirectory([
    { id: 'pages', keyHash: newKey('pages').hash, scopes: new Set(scopes) },
  ]);
  pageAccess({ origins: ['http://a'], originClient: 'pages' }, host, clients, logger);
  return lines;
}

t.test('what pages without a key may do beyond reading, and who can pose as one, is said', async (t) => {
  t.strictSame(warningsOf('127.0.0.1', ['reading:write']), []);
  t.match(warningsOf('0.0.0.0', ['reading:write']), [/pose as a page/]);
  t.match(warningsOf('localhost', ['reading:write', 'card:write']), [/may write to cards/]);
});

t.test('without a client for them no page may act without a key', async (t) => {
  const logger = pino({ level: 'silent' });
  const access = pageAccess({ origins: ['http://a'] }, '0.0.0.0', new ClientDirectory([]), logger);
  t.strictSame(access, { origins: new Set(['http://a']), client: undefined });
});
