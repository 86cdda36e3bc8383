/**
 * Makes one file of each library that comes as hundreds of small ones. Where the builder is not installed
 * (`npm ci --omit=dev`) and nothing was built before, the libraries are loaded as they come.
 */
import { fileURLToPath } from 'node:url';
import { BUILT, fileOf, LIBRARIES } from './whole.ts';

try {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node24',
      outDir: fileURLToPath(BUILT),
      emptyOutDir: true,
      rollupOptions: {
        input: Object.fromEntries(LIBRARIES.map((name) => [fileOf(name).replace(/\.js$/, ''), name])),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
}
