/**
 * The service worker of the counter: its pages and scripts are there without a network, and nothing else is kept. What
 * the API says is never stored here. The build fills in the list of files and a version that changes with it.
 */
const FILES = ['@files@'];
const CACHE = 'counter-@version@';
const PAGE = '/counter';

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('counter-') && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const isPage = pathname === PAGE || pathname.startsWith(`${PAGE}/`);
  if (request.mode === 'navigate' && isPage) event.respondWith(kept(PAGE, request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, request));
});

/** From the cache; a file that is missing there is fetched. */
async function kept(path, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? (await fetch(request));
}
