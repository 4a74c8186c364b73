// The simulator as a child process: LOGTO_SIMULATOR names the program, which `cargo xtask test` builds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Why a test cannot run without it; `false` where it can. */
export const skip = process.env.LOGTO_SIMULATOR ? false : 'LOGTO_SIMULATOR does not say where the simulator is';

/** Starts one for a test, with 150 users. @returns The `LOGTO_*` variables that lead to it. */
export async function startSimulator(t, ...options) {
  const child = spawn(
    process.env.LOGTO_SIMULATOR,
    ['--port', '0', '--json', '--until-stdin-closes', '--users', '150', ...options],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  t.after(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const told = JSON.parse(line);
  return {
    LOGTO_ENDPOINT: told.baseUrl,
    LOGTO_CLIENT_ID: told.clientId,
    LOGTO_CLIENT_SECRET: told.clientSecret,
    LOGTO_API_INDICATOR: told.apiIndicator,
  };
}
