// The way in for a technician's commands, in JavaScript: with the same cache as the gateway's own start.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/yikatong', import.meta.url)));
const { loadWhole } = await import('./libraries/whole.ts');
loadWhole();
await import('./commands/yikatong.ts');
