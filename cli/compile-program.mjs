import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { programCache, stampOf } from './compiled-program.mjs';

/** How long a superseded form is kept: a command under way may still load parts of it. */
const SUPERSEDED_MS = 7 * 24 * 3600 * 1000;

/** What shapes the compiled form beside the sources themselves. */
const compilers = ['./compile-program.mjs', './compiled-program.mjs'].map((file) =>
  fileURLToPath(new URL(file, import.meta.url)),
);

/** Reads each source after stamping it, so that one edited meanwhile looks changed; `import.meta.url` stays the source's own. */
function readSources(stamps) {
  return {
    name: 'sources',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.(ts|json)$/ }, async ({ path }) => {
        stamps[path] = stampOf(path);
        const text = await readFile(path, 'utf8');
        // Of the rest of `import.meta` the compiled form would give its own: what is resolved there is not found.
        const other = /import\.meta\.(?!url\b)\w+/.exec(text);
        if (other !== null)
          return {
            errors: [
              { text: `${other[0]} is not the source's own once it is compiled; use import.meta.url` },
            ],
          };
        const contents = text.replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(path).href));
        return { contents, loader: extname(path).slice(1) };
      }),
  };
}

/** A power cut must not leave a record of a form that is not on the disk. */
async function syncFiles(directory) {
  for (const name of await readdir(directory)) {
    const file = await open(join(directory, name), 'r+');
    await file.sync();
    await file.close();
  }
}

/** Puts the finished form in its place; another process may have done so with the same one. */
async function publish(unfinished, target) {
  await syncFiles(unfinished);
  try {
    await rename(unfinished, target);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(unfinished, { recursive: true });
  }
}

async function writeRecord(record, value) {
  await writeFile(`${record}.${process.pid}`, JSON.stringify(value), { flush: true });
  await rename(`${record}.${process.pid}`, record);
}

/** Marks what was the newest form as superseded from now on, and removes those that have been so for long. */
async function removeSuperseded({ directory, record }, newest) {
  const now = new Date();
  const previous = await readFile(record, 'utf8').then(
    (text) => JSON.parse(text).folder,
    () => newest,
  );
  if (previous !== newest) await utimes(join(directory, previous), now, now).catch(() => undefined);
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name === newest || !name.startsWith('program-')) continue;
    // One that another process is finishing has its final name by now.
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > SUPERSEDED_MS) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Compiles cli/main.ts under `root` with all it imports, packages excepted; the folder of the result. May run several times at
 * once and be killed at any moment.
 *
 * @param {string} root
 */
export async function compileProgram(root) {
  const cache = programCache(root);
  const unfinished = join(cache.directory, `program-unfinished-${process.pid}`);
  await mkdir(cache.directory, { recursive: true });
  const stamps = Object.fromEntries(compilers.map((path) => [path, stampOf(path)]));
  await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    outdir: unfinished,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.11',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
    plugins: [readSources(stamps)],
  });
  const folder = `program-${createHash('sha256').update(JSON.stringify(stamps)).digest('hex').slice(0, 16)}`;
  await publish(unfinished, join(cache.directory, folder));
  await removeSuperseded(cache, folder);
  await writeRecord(cache.record, { folder, stamps });
  return join(cache.directory, folder);
}
