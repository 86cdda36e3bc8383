/**
 * Makes an API key: node src/commands/key.ts --client his --scopes reading:write,settlement:write
 *
 * Prints the key, which is shown this once and stored nowhere, and the table to put into the configuration.
 */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { newKey, SCOPES, type Scope } from '../access/clients.ts';

const USAGE = `用法 / usage: npm run key -- --client <id> --scopes all|<scope>,<scope>,…
       npm run key -- --link   机构间通道的密钥 / the keys of a link between organisations
  --client  客户端编号,小写字母、数字、连字符 / a name: a-z, 0-9, hyphen
  --scopes  权限,all 为全部 / all, or any of: ${SCOPES.join(', ')}`;

/** A wrong way to call the command; the message is for the person who called it. */
class UsageError extends Error {}

function clientOf(text: string | undefined): string {
  if (text !== undefined && /^[a-z][a-z0-9-]{0,31}$/.test(text)) return text;
  throw new UsageError('请用 --client 给出客户端编号 / give the client a name with --client');
}

function scopesOf(text: string | undefined): readonly Scope[] {
  if (text === 'all') return SCOPES;
  const names = (text ?? '').split(',').filter((name) => name !== '');
  if (names.length === 0) throw new UsageError('请用 --scopes 给出权限 / give the scopes with --scopes');
  const unknown = names.filter((name) => !SCOPES.includes(name as Scope));
  if (unknown.length > 0) throw new UsageError(`没有这种权限 / no such scope: ${unknown.join(', ')}`);
  return SCOPES.filter((scope) => names.includes(scope));
}

function run(args: readonly string[]): string {
  const options = {
    client: { type: 'string' },
    scopes: { type: 'string' },
    link: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (values.link) return linkKeys();
  const client = clientOf(values.client);
  const scopes = scopesOf(values.scopes);
  const { key, hash } = newKey(client);
  return `# 密钥只显示这一次,请交给调用方妥善保存 / shown this once; give it to the caller
# ${key}

# 加入网关的配置文件 / add to the gateway's configuration
[[clients]]
id = "${client}"
keyHash = "${hash}"
scopes = [${scopes.map((scope) => `"${scope}"`).join(', ')}]
`;
}

/** Fresh keys for a link: what stays here, what is shared, and what the other side is given. */
function linkKeys(): string {
  const signing = generateKeyPairSync('ed25519');
  const sealing = generateKeyPairSync('x25519');
  return `# 只显示这一次 / shown this once
# 双方共有,link.secret / shared by both sides
whsec_${randomBytes(32).toString('base64')}

# 只留在本机构的文件里 / stays here, in files: delivery.signingKey, delivery.decryptionKeys
whsk_${partOf(signing.privateKey, 'd')}
yksk_${partOf(sealing.privateKey, 'd')}

# 交给对方,写入对方的 link.theirKeys 和 link.encryptTo / give to the other side, for its link to us
whpk_${partOf(signing.publicKey, 'x')}
ykpk_${partOf(sealing.publicKey, 'x')}
`;
}

function partOf(key: KeyObject, part: 'd' | 'x'): string {
  return Buffer.from(key.export({ format: 'jwk' })[part] ?? '', 'base64url').toString('base64');
}

try {
  process.stdout.write(run(process.argv.slice(2)));
} catch (error) {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!(error instanceof UsageError) && !code.startsWith('ERR_PARSE_ARGS')) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
  process.exitCode = 1;
}
