{% autoescape off %}// Keeps one page and what it is drawn with on this phone, so that it opens without a network.  The page says nothing about
// anybody.  No other page and no answer of the server is ever kept.
"use strict";

const FIELD_CACHE = "hy-field-{{ version }}";
const FIELD_PAGE = "{{ page }}";
const FIELD_FILES = {{ files }};

self.addEventListener("install", event => event.waitUntil((async () => {
  const cache = await caches.open(FIELD_CACHE);
  await cache.addAll(FIELD_FILES);
  const page = await fetch(FIELD_PAGE, { redirect: "manual", credentials: "same-origin" });
  if (page.status !== 200) throw new Error("not signed in");
  await cache.put(FIELD_PAGE, page);
  await self.skipWaiting();
})()));

self.addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("hy-field-") && name !== FIELD_CACHE) await caches.delete(name);
  await self.clients.claim();
})()));

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const page = event.request.mode === "navigate" && url.pathname === FIELD_PAGE;
  if (!page && !FIELD_FILES.includes(url.pathname)) return;
  event.respondWith((async () => {
    const kept = await (await caches.open(FIELD_CACHE)).match(page ? FIELD_PAGE : url.pathname);
    return kept || fetch(event.request);
  })());
});
{% endautoescape %}
