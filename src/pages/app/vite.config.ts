import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The pages for the browser that Windows 7 still has. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    target: 'chrome109',
    outDir: fileURLToPath(new URL('../../../build/pages', import.meta.url)),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The bound is on what is compressed: 250 kB for the desk.
    chunkSizeWarningLimit: 700,
  },
});
