import type { Command } from 'commander';
import { openReadonlyDatabase, type Database } from '../db/connection.ts';
import { listEvaluations } from '../db/evaluations.ts';
import { listRollouts } from '../db/rollouts.ts';
import { findRun } from '../db/runs.ts';
import { listStepMetrics, nextStepOf } from '../db/steps.ts';
import { meanOverProblems, passAtK } from '../stats/pass-at-k.ts';
import { homeOption, jsonOption, readHome } from './home-option.ts';
import { parseCount } from './parse-options.ts';

interface ShowOptions {
  readonly home: string;
  readonly step?: number;
  readonly samples: number;
  readonly json?: boolean;
}

function summarizeEvaluations(db: Database, runId: string) {
  const bySplit = new Map<string, { step: number; split: string; counts: { n: number; c: number }[] }>();
  for (const row of listEvaluations(db, [runId])) {
    const key = `${row.step}/${row.split}`;
    const entry = bySplit.get(key) ?? { step: row.step, split: row.split, counts: [] };
    entry.counts.push({ n: row.n, c: row.c });
    bySplit.set(key, entry);
  }
  return [...bySplit.values()].map(({ step, split, counts }) => ({
    step,
    split,
    problems: counts.length,
    passAt1: meanOverProblems(counts, 1, passAtK),
  }));
}

function collect(db: Database, runId: string, options: ShowOptions) {
  const { settings, provenance, ...run } = findRun(db, runId);
  const recorded = run.reusedRunId ?? runId;
  const doneSteps = nextStepOf(db, recorded);
  const step = options.step ?? doneSteps - 1;
  const metrics = Object.fromEntries(
    listStepMetrics(db, { runId: recorded, step }).map((row) => [row.name, row.value]),
  );
  const samples = listRollouts(db, { runId: recorded, phase: 'train', step })
    .slice(0, options.samples)
    .map(({ prompt, text, answer, verdict, reward, advantage, format }) => ({
      prompt,
      text,
      answer,
      outcome: verdict.outcome,
      format,
      reward,
      advantage,
    }));
  return {
    ...run,
    settings: JSON.parse(settings) as unknown,
    provenance: provenance === null ? null : (JSON.parse(provenance) as unknown),
    doneSteps,
    step,
    metrics,
    evaluations: summarizeEvaluations(db, recorded),
    samples,
  };
}

function print(shown: ReturnType<typeof collect>): void {
  console.log(`${shown.id}: ${shown.status}, ${shown.doneSteps}/${shown.totalSteps} steps`);
  if (shown.reusedRunId !== null) console.log(`its rows are those of ${shown.reusedRunId}`);
  if (shown.failureType !== null) console.log(`failure: ${shown.failureType}: ${shown.failureMessage}`);
  for (const { step, split, problems, passAt1 } of shown.evaluations) {
    console.log(
      `  after step ${step}, ${split}: pass@1 ${passAt1?.toFixed(3) ?? 'undefined'} over ${problems} problems`,
    );
  }
  if (shown.step >= 0) console.log(`metrics of step ${shown.step}:`);
  for (const [name, value] of Object.entries(shown.metrics))
    console.log(`  ${name.padEnd(34)} ${value.toPrecision(5)}`);
  for (const sample of shown.samples) {
    console.log(
      `  ${JSON.stringify(sample.prompt + sample.text)} → ${sample.outcome}, reward ${sample.reward ?? 'undetermined'}, advantage ${sample.advantage?.toFixed(3) ?? 'none'}`,
    );
  }
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('Show a run: status, evaluations, a step’s metrics, sample rollouts.')
    .argument('<run>', 'a run id as `assay ls` prints it')
    .option('--step <n>', 'training step to look at (default: the last recorded one)', (text) => Number(text))
    .option('--samples <n>', 'rollouts to print', parseCount, 5)
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  assay show 1a2b3c4d5e6f/grpo/seed-0 --samples 20')
    .action((runId: string, options: ShowOptions) => {
      const shown = collect(openReadonlyDatabase(readHome(options).database), runId, options);
      if (options.json) console.log(JSON.stringify(shown, null, 2));
      else print(shown);
    });
}
