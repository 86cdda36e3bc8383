// The way in, in JavaScript: with the cache on before the first TypeScript is read, a second start strips and compiles
// nothing, which takes half the time and 30 MB less.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./commands/start.ts');
