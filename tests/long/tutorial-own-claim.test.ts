import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay } from '../support/assay-process.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';
import { readTutorialCommands, readTutorialOutputs, writeTutorialFiles } from '../support/tutorial-files.ts';

const PAGE = 'tutorial-own-claim.md';

/** Exit codes of `assay claims verdicts` by outcome. */
const EXIT_CODES: Readonly<Record<string, number>> = { supported: 0, contradicted: 10, 'no-effect': 11, underpowered: 12, 'not-tested': 13 }; // prettier-ignore

interface VerdictDocument {
  readonly outcome: string;
  readonly exitCode: number;
  readonly experiments: readonly {
    readonly lock: { readonly deviations: readonly unknown[] } | null;
    readonly hypotheses: readonly {
      readonly outcome: string;
      readonly effect: number;
      readonly size: object;
    }[];
  }[];
}

/** The verdict's line, on the page as on the screen; its numbers, and with them the outcome, are those of a processor. */
const VERDICT_LINE =
  /^ {2}([a-z-]+) +RLOO is not worse than GRPO by \.03 of pass@1\. [+−]?\d\.\d{3} \([+−]?\d\.\d{3} to [+−]?\d\.\d{3}\), Holm p \S+ \(BH \S+\)/;

/** Every command of the page in its order, from the directory that holds the page's file; what each printed. */
async function runCommands(commands: readonly string[]): Promise<Map<string, string>> {
  const printed = new Map<string, string>();
  for (const command of commands) {
    const { code, stdout, stderr } = await runAssay(command.split(' ').slice(1));
    const isVerdict = command.includes(' verdicts ');
    assert.ok(isVerdict || code === 0, `${command} ended with ${code}: ${stderr}`);
    printed.set(command, stdout);
  }
  return printed;
}

test('the commands of docs/tutorial-own-claim.md work one after the other from an empty directory, to a locked verdict and its page', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-tutorial-');
  mkdirSync(join(directory, 'claims'));
  writeTutorialFiles(PAGE, join(directory, 'claims'));
  const elsewhere = process.cwd();
  process.chdir(directory);
  t.after(() => process.chdir(elsewhere));
  const commands = readTutorialCommands(PAGE);
  const printed = await runCommands(commands);
  const outputOf = (part: string): string =>
    printed.get(commands.find((command) => command.includes(part))!)!;
  assert.match(
    outputOf('claims ls'),
    /^rloo-keeps-up .*a note of mine\n.*\(1 hypothesis, 3 conditions, 9 runs\)$/m,
  );
  assert.match(outputOf('--dry-run'), /rloo-keeps-up-small: 9 runs, .*not locked/);
  assert.ok(existsSync(join(directory, 'claims', 'rloo-keeps-up-small.lock.json')));

  const verdicts = outputOf('verdicts').split('\n');
  const [name, line] = readTutorialOutputs(PAGE)[0]!.split('\n');
  assert.equal(verdicts[0], name);
  assert.match(line!, VERDICT_LINE);
  assert.match(verdicts[1]!, VERDICT_LINE);
  const asked = await runAssay(['claims', 'verdicts', 'rloo-keeps-up', '--json']);
  const document = JSON.parse(asked.stdout) as VerdictDocument;
  assert.equal(asked.code, EXIT_CODES[document.outcome]);
  const [experiment] = document.experiments;
  assert.deepEqual(experiment!.lock!.deviations, []);
  const [hypothesis] = experiment!.hypotheses;
  assert.equal(VERDICT_LINE.exec(verdicts[1]!)![1], hypothesis!.outcome);
  assert.deepEqual(hypothesis!.size, { bases: 3, runs: 3, problems: 96 });

  const page = readFileSync(join(directory, 'results', 'rloo-keeps-up', 'README.md'), 'utf8');
  assert.ok(page.includes(`- ${hypothesis!.outcome}: RLOO is not worse than GRPO by .03 of pass@1.`));
  const again = /^\| command \| `assay (.*)` \|$/m.exec(page)?.[1];
  const repeated = await runAssay(again!.split(' '));
  assert.equal(repeated.code, 0, repeated.stderr);
  assert.match(repeated.stderr, /completed already/, 'the command that the page prints works');
});
