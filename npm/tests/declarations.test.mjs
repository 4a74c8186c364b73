// What the compiler reads of this package is less than what it reads of @logto/api. How long it takes, `cargo xtask bench node` tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declarationBytes, PACKAGES } from '../bench/types.mjs';

test('the declarations are smaller than the official ones', () => {
  const ours = declarationBytes(PACKAGES['logto-management']);
  const theirs = declarationBytes(PACKAGES['@logto/api']);
  assert.ok(theirs > 1_000_000, `${theirs} bytes are not all of them`);
  assert.ok(ours < theirs / 2, `${ours} bytes of declarations, and ${theirs} official ones`);
});
