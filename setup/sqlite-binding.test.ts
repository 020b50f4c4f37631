import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../db/store/connection.ts';
import { currentAbi, packageDirectory } from './addon-build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'assay-fresh-'));
after(() => {
  rmSync(scratch, { recursive: true });
});
const checkout = createFreshCheckout(join(scratch, 'checkout'));
const bindingPath = join(checkout, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
const home = join(scratch, 'home');
openDatabase(join(home, 'assay.db')).$client.close();

/** This checkout as `npm ci` without install scripts leaves it: better-sqlite3 has no addon. Other packages are links. */
function createFreshCheckout(directory: string): string {
  const isLeftOut = new Set(['node_modules', '.git', '.assay', 'docs']);
  cpSync(root, directory, { recursive: true, filter: (path) => !isLeftOut.has(basename(path)) });
  const modules = join(root, 'node_modules');
  mkdirSync(join(directory, 'node_modules'));
  // The compiled program would find the packages of the place where it really lies.
  const isOwn = new Set(['better-sqlite3', '.cache']);
  for (const name of readdirSync(modules).filter((entry) => !isOwn.has(entry)))
    symlinkSync(join(modules, name), join(directory, 'node_modules', name));
  cpSync(join(modules, 'better-sqlite3'), join(directory, 'node_modules/better-sqlite3'), {
    recursive: true,
    filter: (path) => basename(path) !== 'build' && basename(path) !== 'deps',
  });
  return directory;
}

function runNode(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, parameters, {
    cwd: checkout,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
}

function provideBinding(cacheDirectory: string, environment: NodeJS.ProcessEnv = {}) {
  const program = `
    const { provideSqliteBinding } = await import('./setup/sqlite-binding.ts');
    await provideSqliteBinding({ cacheDirectory: ${JSON.stringify(cacheDirectory)}, report: console.log });`;
  return runNode(['--import', 'tsx', '--input-type=module', '-e', program], environment);
}

function assertRefusedWithTheMend(): void {
  const { status, stderr } = runNode(['cli/assay.mjs', 'ls', '--home', home]);
  assert.equal(status, 1);
  assert.match(stderr, /^assay: DatabaseBindingError: .*Build it with: npm run assay -- setup$/m);
}

test('without an addon, and with one of another Node, a command names the one that builds it', () => {
  assertRefusedWithTheMend();
  mkdirSync(dirname(bindingPath), { recursive: true });
  writeFileSync(bindingPath, 'no library');
  assertRefusedWithTheMend();
});

test('setup and doctor start without an addon, and doctor says what is missing', () => {
  assert.equal(runNode(['cli/assay.mjs', 'setup', '--help']).status, 0);
  const { stdout } = runNode(['cli/assay.mjs', 'doctor', '--home', home]);
  assert.match(stdout, /✗ sqlite .*addon does not load.*\n +mend: npm run assay -- setup/);
});

test('a build that fails says what was expected and leaves nothing behind', () => {
  const cacheDirectory = join(scratch, 'failing');
  const { status, stderr } = provideBinding(cacheDirectory, {
    npm_config_build_from_source: 'true',
    npm_config_nodedir: join(scratch, 'no-headers'),
  });
  assert.equal(status, 1);
  assert.match(stderr, /SqliteBuildError: better-sqlite3 could be neither downloaded nor compiled; expected/);
  assert.deepEqual(readdirSync(cacheDirectory), []);
});

test('a cached addon is put in place without a word, and the store opens', () => {
  const cacheDirectory = join(scratch, 'cache');
  mkdirSync(cacheDirectory);
  const own = packageDirectory('better-sqlite3');
  const { version } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as { version: string };
  const cached = join(cacheDirectory, `better-sqlite3-${version}-${currentAbi()}.node`);
  copyFileSync(join(own, 'build/Release/better_sqlite3.node'), cached);
  const { status, stdout, stderr } = provideBinding(cacheDirectory);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  assert.equal(runNode(['cli/assay.mjs', 'ls', '--home', home]).status, 0);
});
