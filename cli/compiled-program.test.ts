import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const starter = new URL('./compiled-program.mjs', import.meta.url).href;
const packages = fileURLToPath(new URL('../node_modules', import.meta.url));

/** A program of two sources in a folder of its own. */
function createProgram(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'assay-program-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'cli'));
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(packages, 'commander'), join(root, 'node_modules', 'commander'));
  writeFileSync(
    join(root, 'cli/main.ts'),
    `import { Command } from 'commander';
     import { word } from './word.ts';
     export const text: string = [word, import.meta.url, typeof Command].join(' ');`,
  );
  writeFileSync(join(root, 'cli/word.ts'), `export const word: string = 'first';`);
  return root;
}

function start(root: string): string {
  const script = `const { importProgram } = await import(${JSON.stringify(starter)});
    console.log((await importProgram(${JSON.stringify(root)})).text);`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
}

function expected(root: string, word: string): string {
  return `${word} ${pathToFileURL(join(root, 'cli/main.ts')).href} function`;
}

function compiledForms(root: string): string[] {
  const assay = join(root, 'node_modules/.cache/assay');
  const [directory] = readdirSync(assay);
  return readdirSync(join(assay, directory!)).filter((name) => name.startsWith('program-'));
}

test('a program is compiled at its first start only, and its sources keep their own addresses', (t) => {
  const root = createProgram(t);
  assert.equal(start(root), expected(root, 'first'));
  const forms = compiledForms(root);
  assert.equal(start(root), expected(root, 'first'));
  assert.deepEqual(compiledForms(root), forms);
});

test('an edited source is what runs next, even at the same size and time of modification', (t) => {
  const root = createProgram(t);
  const source = join(root, 'cli/word.ts');
  const at = new Date('2026-01-01');
  utimesSync(source, at, at);
  start(root);
  writeFileSync(source, `export const word: string = 'later';`);
  utimesSync(source, at, at);
  assert.equal(start(root), expected(root, 'later'));
  rmSync(source);
  writeFileSync(join(root, 'cli/main.ts'), `export const text = 'alone';`);
  assert.equal(start(root), 'alone');
});

test('a source that asks for more of import.meta than its address is refused', (t) => {
  const root = createProgram(t);
  writeFileSync(join(root, 'cli/word.ts'), `export const word: string = import.meta.resolve('./main.ts');`);
  assert.throws(
    () => start(root),
    /word\.ts.*import\.meta\.resolve is not the source's own once it is compiled/s,
  );
});

test('starts at the same time agree on one compiled form', async (t) => {
  const root = createProgram(t);
  const script = `const { importProgram } = await import(${JSON.stringify(starter)});
    process.exit((await importProgram(${JSON.stringify(root)})).text.startsWith('first') ? 0 : 1);`;
  const codes = await Promise.all(
    Array.from(
      { length: 3 },
      () =>
        new Promise((done) =>
          spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }).once(
            'exit',
            done,
          ),
        ),
    ),
  );
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(compiledForms(root).length, 1);
});

test('where nothing can be written the sources run as they are', (t) => {
  const root = createProgram(t);
  // A file where the folder should be: refused to every user, root included.
  writeFileSync(join(root, 'node_modules/.cache'), '');
  assert.equal(start(root), expected(root, 'first'));
});

test('the program starts without the packages that only its commands need', () => {
  const main = fileURLToPath(new URL('./assay.mjs', import.meta.url));
  const loader = `data:text/javascript,${encodeURIComponent(
    `export async function resolve(name, context, next) {
       if (/^(@temporalio|@tensorflow|@aws-sdk|better-sqlite3|drizzle-orm|vega|jstat|zod|tsx)/.test(name)) throw new Error('loads ' + name);
       return next(name, context);
     }`,
  )}`;
  const register = `data:text/javascript,${encodeURIComponent(
    `import { register } from 'node:module'; register(${JSON.stringify(loader)});`,
  )}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', register, main, '--help'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^ {2}run \[options\] <file>/m);
});
