// The life cycle (smoke/life-cycle) against the simulator: every GET is called, every answer is what the catalogue says, and nothing is left behind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createManagementApi } from 'logto-management';
import { catalogueFile, lifeCycleModule } from '../smoke/life-cycle/built.mjs';
import { startSimulator } from './runtimes/simulator.mjs';

const { Catalogue, lifeCycle } = await lifeCycleModule();
const catalogue = Catalogue.read(catalogueFile);

const TABLES = [
  'users',
  'roles',
  'organizations',
  'applications',
  'resources',
  'hooks',
  'organizationRoles',
  'organizationScopes',
  'oneTimeTokens',
];

async function rows(api) {
  const found = { profileFields: await api.customProfileFields.list(), saml: [] };
  for (const table of TABLES) {
    found[table] = [];
    for await (const row of api[table].list()) {
      found[table].push(row);
    }
  }
  return found;
}

async function start(t, options = {}) {
  const simulator = await startSimulator(t);
  const { api, apiClient } = createManagementApi('default', {
    baseUrl: simulator.LOGTO_ENDPOINT,
    apiIndicator: simulator.LOGTO_API_INDICATOR,
    clientId: simulator.LOGTO_CLIENT_ID,
    clientSecret: simulator.LOGTO_CLIENT_SECRET,
    ...options,
  });
  t.after(() => apiClient.dispose());
  return { api, simulator };
}

test('every GET and every life', async (t) => {
  const { api } = await start(t);
  const before = await rows(api);
  const { called, refused, unknown, failures } = await lifeCycle(api, catalogue);
  assert.deepEqual(failures, []);
  assert.deepEqual(unknown, []);
  const gets = catalogue.operations.filter(({ method }) => method === 'GET').map(({ id }) => id);
  assert.deepEqual(
    gets.filter((id) => !called.has(id)),
    [],
  );
  // What is made up on the way is refused, and nothing else is.
  assert.ok(refused.length < 20, refused.join('\n'));
  assert.deepEqual(await rows(api), before);
});

test('nothing is left behind by a walk that stumbles', async (t) => {
  const { api, simulator } = await start(t, { retries: 0 });
  const before = await rows(api);
  const rule = { match: { path: '/api/hooks' }, action: { do: 'status', status: 500 } };
  const put = await fetch(`${simulator.LOGTO_ENDPOINT}/__sim/faults`, { method: 'POST', body: JSON.stringify(rule) });
  assert.equal(put.status, 204);
  const { failures } = await lifeCycle(api, catalogue);
  assert.equal(failures.length, 1, failures.join('\n'));
  assert.match(failures[0], /500/);
  await fetch(`${simulator.LOGTO_ENDPOINT}/__sim/faults`, { method: 'DELETE' });
  assert.deepEqual(await rows(api), before);
});

test('what is not as typed is told', async () => {
  const models = {
    Role: {
      fields: [
        { name: 'id', type: 'string', required: true },
        { name: 'at', type: 'millis', required: true },
        { name: 'kind', type: { ref: 'Kind' }, required: false },
        { name: 'note', type: { nullable: 'string' }, required: true },
        { name: 'more', type: { map: { list: { ref: 'Either' } } }, required: false },
      ],
    },
    Kind: { values: ['User', 'Machine'] },
    Either: { variants: { of: [{ type: 'boolean' }, { type: { ref: 'One' } }] } },
    One: { fields: [{ name: 'type', type: { const: 'one' }, required: true }] },
  };
  const small = new Catalogue({ operations: [], models, open: ['One'] });
  const told = (value, type = { ref: 'Role' }) =>
    small.misfits(type, value).map(({ at, what, isNew }) => `${isNew ? 'new ' : ''}${at}: ${what}`);
  const role = { id: 'r', at: 1, kind: 'User', note: null, more: { a: [true, { type: 'one', other: 1 }] } };
  assert.deepEqual(told(role), []);
  assert.deepEqual(told({ at: 1.5, kind: 'Robot', note: 3, extra: 's', more: { a: [{ type: 'two' }], b: {} } }), [
    '.id: missing from Role',
    '.at: a number is no "millis"',
    'new .kind: a string that is no known Kind',
    '.note: a number is no "string"',
    '.more.a[0]: an object is no "boolean"',
    '.more.b: an object is no {"list":{"ref":"Either"}}',
    'new .extra: Role has no such key (a string)',
  ]);
  assert.deepEqual(told([role, null], { list: { ref: 'Role' } }), ['[1]: null is no Role']);
  assert.deepEqual(told(undefined, 'string'), [': nothing is no "string"']);
});

test('the catalogue knows what every operation answers', () => {
  const { operations } = JSON.parse(readFileSync(catalogueFile, 'utf8'));
  const listed = operations.filter(({ paging }) => paging !== 'never').map((one) => catalogue.answerOf(one));
  assert.equal(listed.length, 29);
  assert.deepEqual(
    listed.filter((type) => type?.ref === undefined || type.ref === 'ApplicationUserConsentOrganizations'),
    [],
  );
});
