// Runs the program compiled, since translating every source at every start takes longer than most commands do. What is
// compiled lies in node_modules/.cache, where `npm ci` removes it and where packages are found as from the sources.
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What tells an edited file from the one that was compiled. The time of change is no user's to set, unlike that of modification.
 *
 * @param {string} path
 */
export function stampOf(path) {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  return `${size} ${mtimeMs} ${ctimeMs} ${ino}`;
}

/**
 * Where the compiled form of the sources under `root` is kept: one folder per state of the sources, and a record of the newest.
 *
 * @param {string} root
 */
export function programCache(root) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const directory = join(root, 'node_modules', '.cache', 'assay', name);
  return { directory, record: join(directory, 'newest.json') };
}

/** The folder of the newest compiled form if none of the files it was made of has changed since, otherwise undefined. */
function findCompiled(root) {
  try {
    const { folder, stamps } = JSON.parse(readFileSync(programCache(root).record, 'utf8'));
    const isFresh = Object.entries(stamps).every(([path, stamp]) => stampOf(path) === stamp);
    return isFresh ? join(programCache(root).directory, folder) : undefined;
  } catch {
    // Never compiled, or a source is gone.
    return undefined;
  }
}

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR']);

async function compile(root) {
  const { compileProgram } = await import('./compile-program.mjs');
  try {
    return await compileProgram(root);
  } catch (error) {
    if (UNWRITABLE.has(error.code)) return undefined;
    throw error;
  }
}

/**
 * The exports of cli/main.ts under `root`, compiled first if a source has changed; translated while it is loaded where nothing
 * can be written.
 *
 * @param {string} root
 */
export async function importProgram(root) {
  const folder = findCompiled(root) ?? (await compile(root));
  if (folder === undefined) {
    const { register } = await import('tsx/esm/api');
    register();
    return import(pathToFileURL(join(root, 'cli', 'main.ts')).href);
  }
  // Node 22 also keeps what it makes of the packages' sources.
  nodeModule.enableCompileCache?.(join(programCache(root).directory, 'node'));
  process.setSourceMapsEnabled(true);
  return import(pathToFileURL(join(folder, 'main.mjs')).href);
}
