/** Builds the pages of the web: the consumer app at /, the console at /console, the counter at /counter; one origin. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { counterPlugin } from './web/counter-build.ts';

const web = resolve(import.meta.dirname, 'web');
const pages = {
  index: resolve(web, 'index.html'),
  console: resolve(web, 'console.html'),
  counter: resolve(web, 'counter.html'),
};
/** Where `npm start` serves the API while Vite serves the pages. */
const api = process.env['API_URL'] ?? 'http://127.0.0.1:8787';

/** All are single-page apps: in development any address below /console opens the console, below /counter the counter. */
const consolePage: Plugin = {
  name: 'console-page',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const name = /^\/(console|counter)(\/[^.]*)?(\?|$)/.exec(request.url ?? '')?.[1];
      if (name) request.url = `/${name}.html`;
      next();
    });
  },
};

/** Every browser we serve reads WOFF2; without this each font slice would be shipped twice. */
const woff2Only: Plugin = {
  name: 'woff2-only',
  enforce: 'pre',
  transform(code, id) {
    if (!id.includes('@fontsource') || !id.endsWith('.css')) return null;
    return code.replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, '');
  },
};

export default defineConfig({
  root: web,
  publicDir: resolve(web, 'public'),
  plugins: [woff2Only, react(), consolePage, counterPlugin],
  // `money.ts` is shared with the server and asserts; the browser has no node:assert.
  resolve: { alias: { 'node:assert/strict': resolve(web, 'kit/assert.ts') } },
  build: {
    outDir: resolve(import.meta.dirname, 'dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(pages).filter(([, page]) => existsSync(page))),
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'tanstack', test: /node_modules\/@tanstack\// },
            { name: 'i18n', test: /node_modules\/(i18next|react-i18next)\// },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/docs', '/openapi.json', '/healthz', '/readyz'].map((path) => [path, api]),
    ),
  },
});
