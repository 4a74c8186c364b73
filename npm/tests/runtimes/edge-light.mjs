// An edge function: its request's body says where Logto is.
import { program } from './program.mjs';

addEventListener('fetch', (event) => {
  const answer = async () => {
    try {
      return Response.json(await program(await event.request.json()));
    } catch (error) {
      return Response.json({ failed: String(error?.stack ?? error) });
    }
  };
  event.respondWith(answer());
});
