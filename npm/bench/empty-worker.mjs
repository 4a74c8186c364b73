// A Worker that imports nothing: what `startup-worker.mjs` is held against.
export default { fetch: () => new Response('ok') };
