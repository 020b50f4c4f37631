// Runs the tests: node tests/run-tests.mjs [unit] [system] [long] [filter…]. A filter is a part of a test file's path; the last line
// printed is always `N passed, N failed`. Unit tests stand beside the file they test, system tests under tests/, those that take
// minutes each under tests/long/.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NEVER_ENTERED = new Set(['node_modules', '.assay', '.git']);
// System tests start servers and kill workers: one file at a time, so that their clocks stay honest.
const SUITES = { unit: { concurrency: 2 }, system: { concurrency: 1 }, long: { concurrency: 1 } };

function collectTestFiles(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return NEVER_ENTERED.has(entry.name) ? [] : collectTestFiles(path);
    return entry.name.endsWith('.test.ts') ? [relative(ROOT, path)] : [];
  });
}

function suiteOf(file) {
  if (file.startsWith(join('tests', 'long') + sep)) return 'long';
  return file.startsWith(`tests${sep}`) ? 'system' : 'unit';
}

function readCount(tap, name) {
  const lines = [...tap.matchAll(new RegExp(`^# ${name} (\\d+)$`, 'gm'))];
  return lines.length === 0 ? undefined : Number(lines.at(-1)[1]);
}

function runFiles(files, concurrency) {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-tests-'));
  const summary = join(scratch, 'summary.tap');
  const reporters = ['spec', 'stdout', 'tap', summary];
  const flags = reporters.map(
    (value, index) => `--test-reporter${index % 2 === 0 ? '' : '-destination'}=${value}`,
  );
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, ...flags, ...files],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const tap = readFileSync(summary, 'utf8');
  rmSync(scratch, { recursive: true });
  const passed = readCount(tap, 'pass') ?? 0;
  const failed = (readCount(tap, 'fail') ?? 0) + (readCount(tap, 'cancelled') ?? 0);
  // A runner that died before its summary counts as one failure: silence is not success.
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
}

const words = process.argv.slice(2);
const asked = Object.keys(SUITES).filter((suite) => words.includes(suite));
const suites = asked.length === 0 ? Object.keys(SUITES) : asked;
const filters = words.filter((word) => !(word in SUITES));

const files = collectTestFiles(ROOT)
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();
const total = { passed: 0, failed: 0 };
for (const suite of suites) {
  const chosen = files.filter((file) => suiteOf(file) === suite);
  if (chosen.length === 0) continue;
  console.log(`${suite}: ${chosen.length} files`);
  const { passed, failed } = runFiles(chosen, SUITES[suite].concurrency);
  total.passed += passed;
  total.failed += failed;
}
if (total.passed + total.failed === 0) {
  console.error(
    `no test ran: expected *.test.ts files in ${suites.join(', ')} matching ${filters.join(', ') || 'anything'}`,
  );
}
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
console.log(`${total.passed} passed, ${total.failed} failed`);
