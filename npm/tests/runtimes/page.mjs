// In a page, and in a service worker: both are asked with where Logto is, and answer with the program's report.
import { program } from './program.mjs';

const report = async (env) => {
  try {
    return await program(env);
  } catch (error) {
    return { failed: String(error?.stack ?? error) };
  }
};

if (typeof document === 'object') {
  globalThis.report = report;
} else {
  addEventListener('message', (event) => {
    event.waitUntil(report(event.data).then((told) => event.ports[0].postMessage(told)));
  });
}
