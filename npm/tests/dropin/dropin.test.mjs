// One table of calls through `@logto/api` and through this package: the same must come over the wire and back. What may differ is in mends.mjs, entry by entry.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import * as official from '@logto/api/management';
import * as ours from 'logto-management/management';
import answers from './cases/answers.mjs';
import bodies from './cases/bodies.mjs';
import middleware from './cases/middleware.mjs';
import operations from './cases/operations.mjs';
import paths from './cases/paths.mjs';
import tokens from './cases/tokens.mjs';
import { fits } from './describe.mjs';
import { MENDS } from './mends.mjs';
import { Recorder, startSimulator } from './recorder.mjs';
import { runCase } from './run.mjs';

const CASES = [...operations, ...paths, ...bodies, ...middleware, ...answers, ...tokens];
const sides = {};

before(async () => {
  for (const [name, api] of Object.entries({ official, ours })) {
    const simulator = await startSimulator();
    sides[name] = { api, simulator, recorder: await Recorder.start(simulator) };
  }
});

after(async () => {
  for (const { recorder, simulator } of Object.values(sides)) {
    await recorder.close();
    simulator.close();
  }
});

/** Takes out what a case says is nobody's concern. */
function trim(outcome, { allowMessages, ignoreHeaders = [], ignoreWireHeaders = [] }) {
  for (const { threw, response } of outcome.results) {
    if (threw && allowMessages) {
      delete threw.message;
    }
    for (const name of response ? ignoreHeaders : []) {
      delete response.headers[name];
    }
  }
  for (const { headers } of outcome.wire) {
    for (const name of ignoreWireHeaders) {
      delete headers[name];
    }
  }
  return outcome;
}

for (const given of CASES) {
  test(given.name, async () => {
    const theirs = trim(await runCase(sides.official, given), given);
    const own = trim(await runCase(sides.ours, given), given);
    if (!given.mends) {
      assert.deepEqual(own, theirs);
      return;
    }
    const shown = () => JSON.stringify({ official: theirs, ours: own }, undefined, 2);
    assert.ok(fits(theirs, given.official), `the official package has changed: ${shown()}`);
    assert.ok(fits(own, given.ours), `the mend does not hold: ${shown()}`);
    assert.ok(given.mayAgree || !isSame(own, theirs), `nothing differs any more: ${shown()}`);
  });
}

function isSame(one, other) {
  try {
    assert.deepEqual(one, other);
    return true;
  } catch {
    return false;
  }
}

test('the table has its size, and no case twice', () => {
  const names = CASES.map(({ name }) => name);
  assert.ok(names.length >= 150, `${names.length} cases`);
  assert.equal(new Set(names).size, names.length);
});

test('every mend is named, shown by a case or pinned elsewhere', () => {
  const shown = new Set(CASES.flatMap(({ mends = [] }) => mends));
  for (const name of shown) {
    assert.ok(name in MENDS, `${name} is not in mends.mjs`);
  }
  for (const [name, { pinned }] of Object.entries(MENDS)) {
    assert.ok(
      pinned === undefined ? shown.has(name) : existsSync(new URL(`../../../${pinned}`, import.meta.url)),
      name,
    );
  }
});

test('README.md shows exactly the mends', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, section] = /## What changes when you switch\n([\s\S]*?)\n## /.exec(readme);
  // The other table of that section is of types, which the compiler holds it to.
  const [, table] = /^\| `@logto\/api` \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(section);
  const rows = table.trimEnd().split('\n');
  const expected = Object.values(MENDS).map(({ official, ours, reason }) => `| ${official} | ${ours} | ${reason} |`);
  assert.deepEqual(rows, expected);
});
