import assert from 'node:assert/strict';
import { test } from 'node:test';

/** Plain JavaScript, since it runs before anything is compiled. */
const { findNodeFault } = (await import(new URL('./node-version.mjs', import.meta.url).href)) as {
  findNodeFault(version: string): string | null;
};

test('a Node before the first or after the last that works is refused, with what to take', () => {
  for (const version of ['20.11.0', '20.20.2', '22.20.0', '24.0.0', '24.18.3', process.versions.node])
    assert.equal(findNodeFault(version), null, version);
  for (const version of ['18.20.4', '20.10.0', '24.19.0', '25.1.0', '26.0.0'])
    assert.match(findNodeFault(version)!, new RegExp(`found Node ${version}, expected 20\\.11 to 24\\.18`));
  assert.match(findNodeFault('24.19.0')!, /SQLite addon/);
});
