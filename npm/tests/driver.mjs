// The Node door of the vectors: reads requests as JSON lines from stdin, answers on stdout. See tests/README.md of the project.
//
// `LOGTO_MANAGEMENT_ENGINE=wasm` drives the WASM engine instead of the addon.
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import * as api from 'logto-management';
import { runVector } from './steps.mjs';

/** Every way in which Node prints a value. */
function render(value) {
  const texts = [inspect(value, { depth: 10, showHidden: true, getters: true }), String(value)];
  try {
    texts.push(JSON.stringify(value) ?? '');
  } catch {
    // It has circles.
  }
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, error.stack ?? '');
  }
  return texts;
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = await runVector(api, request, { render });
    } catch (error) {
      answer = { outcomes: [], sleeps: [], warnings: [], failed: String(error?.stack ?? error) };
      process.stderr.write(`${answer.failed}\n`);
    }
    process.stdout.write(`${JSON.stringify({ id: request.id, ...answer })}\n`);
  }
}
