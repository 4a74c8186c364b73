// Runs one case through one package.
import { describe, describeResult, describeThrown, describeWire, withoutBase } from './describe.mjs';

/** @param side `{ api, recorder, simulator }` */
export async function runCase(side, given) {
  const { api, recorder, simulator } = side;
  recorder.begin(given);
  const warnings = [];
  const warn = console.warn;
  console.warn = (...texts) => void warnings.push(texts.join(' '));
  const outcome = { results: [], log: [], warnings };
  try {
    // Rows get their ids from what the simulator was asked before: so operations share one client, and its one token.
    const made = given.shared ? (side.shared ??= make(side, given)) : make(side, given);
    const context = {
      ...made,
      api,
      recorder,
      log: outcome.log,
      baseUrl: recorder.baseUrl,
      otherUrl: recorder.otherUrl,
    };
    if (given.use) {
      made.apiClient.use(...given.use(context));
    }
    const calls = given.run ?? ((each) => eachCall(each, given));
    for (const settled of await calls(context)) {
      outcome.results.push(await describeOutcome(settled, recorder));
    }
  } catch (thrown) {
    outcome.results.push({ threw: describeThrown(thrown) });
  } finally {
    console.warn = warn;
  }
  const wire = recorder.wire.filter(({ target }) => given.tokens || !target.endsWith('/oidc/token'));
  return { ...outcome, wire: wire.map(describeWire) };
}

function make({ api, recorder, simulator }, { client, getToken }) {
  if (getToken) {
    return { apiClient: api.createApiClient({ baseUrl: recorder.baseUrl, getToken, ...client }) };
  }
  const { clientId, clientSecret, apiIndicator, tenantId } = simulator;
  return api.createManagementApi(tenantId, {
    clientId,
    clientSecret,
    apiIndicator,
    baseUrl: recorder.baseUrl,
    ...(typeof client === 'function' ? client(recorder) : client),
  });
}

/** The calls of a table's row, one after the other. */
async function eachCall(context, { call, calls = [call] }) {
  const outcomes = [];
  for (const [method, path, init] of calls) {
    const given = typeof init === 'function' ? init(context) : init;
    outcomes.push(
      await settle(
        method === 'request' ? context.apiClient.request(...path, given) : context.apiClient[method](path, given),
      ),
    );
  }
  return outcomes;
}

/** What a promise came to, as the `run` of a case hands it back. */
export const settle = (promise) =>
  Promise.resolve(promise).then(
    (value) => ({ value }),
    (thrown) => ({ thrown }),
  );

async function describeOutcome(settled, recorder) {
  if ('thrown' in settled) {
    const { message, ...rest } = describeThrown(settled.thrown);
    return { threw: { ...rest, ...(message !== undefined && { message: withoutBase(message, recorder) }) } };
  }
  const { value } = settled;
  return value?.response instanceof Response ? describeResult(value, recorder) : { value: await describe(value) };
}
