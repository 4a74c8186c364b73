// The Worker door of the vectors: reads requests as JSON lines from stdin, has each carried out by a Worker in workerd, answers on stdout. See tests/README.md of the project.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startWorker } from './workerd/start.mjs';

const worker = await startWorker(fileURLToPath(new URL('workerd/vector-worker.mjs', import.meta.url)));
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') {
    const request = JSON.parse(line);
    // One vector, one request to the Worker: what vectors leave in the isolate must not matter.
    const response = await worker.fetch('http://worker.local/', { method: 'POST', body: JSON.stringify(request) });
    const text = await response.text();
    const answer = response.ok ? JSON.parse(text) : { outcomes: [], sleeps: [], warnings: [], failed: text };
    if (answer.failed) {
      process.stderr.write(`${answer.failed}\n`);
    }
    process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
  }
}
await worker.dispose();
