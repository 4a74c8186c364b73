// Carries out a vector inside workerd: the same steps, with the same public API.
import * as api from 'logto-management';
import { runVector } from '../steps.mjs';

/** Every way in which workerd prints a value. */
function render(value) {
  const texts = [String(value)];
  try {
    texts.push(JSON.stringify(value) ?? '');
  } catch {
    // It has circles.
  }
  for (let error = value; error instanceof Error; error = error.cause) {
    texts.push(error.message, error.stack ?? '', JSON.stringify(Object.entries(error)));
  }
  return texts;
}

export default {
  async fetch(request) {
    try {
      return Response.json(await runVector(api, await request.json(), { render }));
    } catch (error) {
      return Response.json({ outcomes: [], sleeps: [], warnings: [], failed: String(error?.stack ?? error) });
    }
  },
};
