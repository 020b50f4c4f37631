import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { writeTutorialFiles } from '../tests/support/tutorial-files.ts';

const PAGE = 'compare.md';
const page = readFileSync(new URL(`../docs/${PAGE}`, import.meta.url), 'utf8');
const program = fileURLToPath(new URL('./assay.mjs', import.meta.url));
const logs = fileURLToPath(new URL('../tests/fixtures/imports/inspect', import.meta.url));

const place = realpathSync(mkdtempSync(join(tmpdir(), 'assay-compare-')));
after(() => rmSync(place, { recursive: true }));

/** Runs lines of a shell in a directory of the reader's, with nothing else of theirs; `npx assay` is the program under test. */
function runShell(directory: string, script: string, environment: NodeJS.ProcessEnv = {}) {
  const command = `"${process.execPath}" "${program}"`;
  const { status, stdout } = spawnSync(
    'bash',
    ['-e', '-c', `exec 2>&1\n${script.replaceAll('npx assay', command)}`],
    {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        ASSAY_CACHE: defaultCacheDirectory(),
        ...environment,
      },
    },
  );
  return { status, output: stdout };
}

/** Reports lie under the directory, in a folder named after the fingerprint. */
function trim(output: string, directory: string): string {
  return output
    .replaceAll(`${directory}/`, '')
    .replaceAll(/-[0-9a-f]{12}\//g, '-…/')
    .trimEnd();
}

/** Commands of the page that print something, with what it says that they print. */
function listWalk(): { readonly script: string; readonly output: string }[] {
  const walk = page.matchAll(/^```sh\n(npx assay .*?)^```\n\n```text\n(.*?)^```$/gms);
  return [...walk].map(([, script, output]) => ({ script: script!, output: output! }));
}

test('every output in the walk-through is what the program prints, from an empty directory on', () => {
  const directory = join(place, 'walk');
  mkdirSync(directory);
  for (const log of ['careful.eval', 'hasty.eval']) cpSync(join(logs, log), join(directory, log));
  writeTutorialFiles(PAGE, directory);
  const walk = listWalk();
  assert.equal(walk.length, page.match(/^```text$/gm)?.length, 'each output stands below its command');
  assert.ok(walk.length >= 8);
  for (const { script, output } of walk) {
    // Verdicts other than supported have exit codes of their own, which do not end the page.
    const printed = runShell(directory, `set +e\n${script}`).output;
    assert.equal(trim(printed, directory), trim(output, directory), script);
  }
});

interface Workflow {
  readonly jobs: {
    readonly compare: { readonly steps: { readonly name?: string; readonly run?: string }[] };
  };
}

/** Runs the comparing step of the page's workflow on right answers of the main branch and of a change. */
function runGate(name: string, main: string, change: string) {
  const workflow = parse(/^```yaml\n(.*?)^```$/ms.exec(page)![1]!) as Workflow;
  const step = workflow.jobs.compare.steps.find((one) => one.name === 'Compare')!;
  const directory = join(place, name);
  mkdirSync(directory);
  const toTable = (right: string): string =>
    ['problem,correct', ...[...right].map((digit, i) => `q${i},${digit}`)].join('\n');
  writeFileSync(join(directory, 'baseline.csv'), toTable(main));
  writeFileSync(join(directory, 'current.csv'), toTable(change));
  const summary = join(directory, 'summary.md');
  const { status, output } = runShell(directory, step.run!, { GITHUB_STEP_SUMMARY: summary });
  return { status, output, summary: readFileSync(summary, 'utf8') };
}

test('the workflow fails a build that is shown to be worse, and one that it cannot compare', () => {
  const worse = runGate('worse', '1111111110', '0000000010');
  assert.equal(worse.status, 1, worse.output);
  assert.match(worse.output, /^::error::Shown: more than 0\.02 below main\.$/m);
  assert.match(worse.summary, /^- contradicted: change is at most 0\.02 below main in pass@1 on all\./);
  assert.match(worse.summary, /^\| change \| 0\.100 /m);
  const damaged = runGate('damaged', '11', '');
  assert.equal(damaged.status, 2, damaged.output);
  assert.match(damaged.output, /^::error::The comparison could not be made \(exit code 2\)\.$/m);
});

test('the workflow passes a build that is shown to be no worse, and warns where it cannot tell', () => {
  const better = runGate('better', '0000000010', '1111111110');
  assert.deepEqual([better.status, better.output.includes('Shown: at most 0.02 below main.')], [0, true]);
  const unclear = runGate('unclear', '1111100000', '1110001100');
  assert.equal(unclear.status, 0, unclear.output);
  assert.match(unclear.output, /^::warning::Too few problems to tell/m);
});
