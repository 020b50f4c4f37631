// Builds what the package exports: dist/index.js, and its types under dist/types.
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const types = join(dist, 'types');
const entry = 'experiments/public.ts';

/** A package's types must not lead a compiler to its sources, which were written under other settings. */
async function nameDeclarations() {
  for (const file of await readdir(types, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(types, file);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replaceAll(/((?:from |import\()['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2'));
  }
}

await rm(dist, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile: join(dist, 'index.js'),
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20.11',
  logLevel: 'error',
});
const compilerOptions = {
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  outDir: types,
  rootDir: root,
};
const project = join(dist, 'tsconfig.json');
await writeFile(
  project,
  JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: [], files: [join(root, entry)] }),
);
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '--project', project], { stdio: 'inherit' });
await rm(project);
await nameDeclarations();
