// A server between a client and the simulator that writes down what came over the wire. A case may answer by itself, where it needs an answer that Logto gives rarely; everything else the simulator answers.
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { createServer, request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';

/** A simulator of its own, so that both packages find the same rows whatever they change. */
export async function startSimulator() {
  const program = process.env.LOGTO_SIMULATOR;
  if (!program) {
    throw new Error('LOGTO_SIMULATOR must name the simulator: run `cargo xtask test node`');
  }
  const args = ['--port', '0', '--json', '--until-stdin-closes', '--users', '60', '--rate-limit', 'off'];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...JSON.parse(line), close: () => child.stdin.end() };
  }
  throw new Error('the simulator ended before it said where it listens');
}

export class Recorder {
  /** What came, in order: `{ to, method, target, headers, body }`. */
  wire = [];
  /** How the case answers; see {@link Recorder.reply}. */
  answer = undefined;
  token = undefined;
  #waiting = [];

  static async start(simulator) {
    const recorder = new Recorder();
    recorder.simulator = new URL(simulator.baseUrl);
    recorder.server = createServer((incoming, outgoing) => void recorder.#serve(incoming, outgoing));
    recorder.server.keepAliveTimeout = 60_000;
    recorder.server.listen(0, '127.0.0.1');
    await once(recorder.server, 'listening');
    const { port } = recorder.server.address();
    recorder.baseUrl = `http://127.0.0.1:${port}`;
    /** The same server under the name of another origin. */
    recorder.otherUrl = `http://localhost:${port}`;
    return recorder;
  }

  begin({ answer, token }) {
    this.wire = [];
    this.answer = answer;
    this.token = token;
  }

  async until(check) {
    while (!check(this.wire)) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(incoming, outgoing) {
    const chunks = [];
    for await (const chunk of incoming) {
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const { host, ...headers } = incoming.headers;
    const entry = {
      to: host.startsWith('localhost') ? 'other' : 'base',
      method: incoming.method,
      target: incoming.url,
      headers,
      body: bytes.toString(),
      closed: false,
    };
    outgoing.on('close', () => {
      entry.closed = !outgoing.writableFinished;
      this.#tell();
    });
    const isToken = incoming.url.endsWith('/oidc/token');
    const nth = this.wire.filter((each) => each.target.endsWith('/oidc/token') === isToken).length;
    this.wire.push(entry);
    this.#tell();
    const reply = isToken ? this.token?.(entry, nth) : this.answer?.(entry, nth);
    if (reply === 'hang') {
      return;
    }
    if (reply === 'reset') {
      incoming.socket.resetAndDestroy();
      return;
    }
    if (!reply) {
      this.#forward(incoming, bytes, outgoing);
      return;
    }
    const { status = 200, headers: more = {}, json, text, body, truncate } = reply;
    const type =
      json !== undefined
        ? 'application/json; charset=utf-8'
        : text !== undefined
          ? 'text/plain; charset=utf-8'
          : undefined;
    const payload = json !== undefined ? JSON.stringify(json) : (text ?? body);
    const length =
      'transfer-encoding' in more || status === 204 ? {} : { 'content-length': Buffer.byteLength(payload ?? '') };
    outgoing.writeHead(status, { ...(type && { 'content-type': type }), ...length, ...more });
    if (truncate) {
      outgoing.write(payload, () => incoming.socket.resetAndDestroy());
    } else {
      outgoing.end(payload);
    }
  }

  #forward({ method, url, headers }, bytes, outgoing) {
    const { hostname, port } = this.simulator;
    const { connection: _connection, ...rest } = headers;
    const onward = httpRequest({ hostname, port, method, path: url, headers: rest }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(bytes);
  }

  #tell() {
    for (const check of this.#waiting.splice(0)) {
      check();
    }
  }
}
