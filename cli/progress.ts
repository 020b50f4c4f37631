import { logUpdateStderr } from 'log-update';
import { listPositions, type RunPosition } from '../db/progress.ts';
import type { Database } from '../db/connection.ts';
import { listRuns, type RunWithCondition } from '../db/runs.ts';

/** A base model being made, as the matrix's workflows say. */
export interface BaseProgress {
  readonly name: string;
  readonly step: number;
  readonly totalSteps: number;
}

const BAR_WIDTH = 20;

function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.round((BAR_WIDTH * done) / total);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function formatShare(value: number | null): string {
  return value === null ? '    –' : value.toFixed(3);
}

function describeStage(run: RunWithCondition, position: RunPosition): string {
  if (run.status === 'failed') return `failed: ${run.failureType}: ${run.failureMessage}`;
  if (run.status !== 'running') return run.status;
  return position.doneSteps < run.totalSteps
    ? 'training'
    : `evaluating (${position.evaluated} problems done)`;
}

function nameOf({ conditionName, baseSeed, seed }: RunWithCondition): string {
  return `${conditionName} base ${baseSeed} seed ${seed}`;
}

function formatRun(run: RunWithCondition, position: RunPosition, nameWidth: number): string {
  const name = nameOf(run).padEnd(nameWidth);
  const steps = `${position.doneSteps}/${run.totalSteps}`.padStart(7);
  const numbers = `reward ${formatShare(position.reward)}  correct ${formatShare(position.correct)}`;
  return `${name} ${bar(position.doneSteps, run.totalSteps)} ${steps}  ${numbers}  ${describeStage(run, position)}`;
}

function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Extrapolates from the work done since this command began; silent until there is some. */
function estimateRest(started: { atMs: number; fraction: number }, fraction: number): string {
  const gained = fraction - started.fraction;
  if (gained < 0.02) return '';
  const elapsedMs = Date.now() - started.atMs;
  return `, about ${formatDuration((elapsedMs * (1 - fraction)) / gained)} left`;
}

function completedFraction(
  runs: readonly RunWithCondition[],
  positions: ReadonlyMap<string, RunPosition>,
): number {
  // An evaluation weighs like a quarter of a training run: close enough for an estimate.
  const weightOf = (run: RunWithCondition): number => run.totalSteps + Math.max(10, run.totalSteps / 4);
  const total = runs.reduce((sum, run) => sum + weightOf(run), 0);
  const done = runs.reduce(
    (sum, run) =>
      sum + (run.status === 'completed' ? weightOf(run) : (positions.get(run.id)?.doneSteps ?? 0)),
    0,
  );
  return total === 0 ? 1 : done / total;
}

/** Shows a matrix's progress on stderr: a live table on a terminal, otherwise a line whenever something changed. */
export function createProgressView(
  db: Database,
  experimentId: string,
): {
  show(bases: readonly BaseProgress[]): void;
  end(): void;
} {
  const start = { atMs: Date.now(), fraction: Number.NaN };
  const live = process.stderr.isTTY ? logUpdateStderr : undefined;
  const lastLines = new Map<string, string>();
  const printChanged = (key: string, line: string): void => {
    if (lastLines.get(key) === line) return;
    lastLines.set(key, line);
    console.error(line);
  };
  return {
    show: (bases) => {
      const runs = listRuns(db, experimentId);
      const positions = new Map(
        listPositions(db, experimentId).map((position) => [position.runId, position]),
      );
      const fraction = completedFraction(runs, positions);
      if (Number.isNaN(start.fraction)) start.fraction = fraction;
      const width = Math.max(...runs.map((run) => nameOf(run).length));
      const baseLines = bases.map(
        (base) =>
          `base model ${base.name}`.padEnd(width) +
          ` ${bar(base.step, base.totalSteps)} ${base.step}/${base.totalSteps} pretraining steps`,
      );
      if (live === undefined) {
        baseLines.forEach((line, i) => printChanged(`base-${i}`, line));
        for (const run of runs) {
          const position = positions.get(run.id)!;
          // Every tenth step is enough for a log.
          const shown = position.doneSteps - (position.doneSteps % 10);
          const key = `${describeStage(run, position).split(' ')[0]} ${shown}`;
          if (run.status !== 'pending' && lastLines.get(run.id) !== key) {
            lastLines.set(run.id, key);
            console.error(formatRun(run, position, width));
          }
        }
        return;
      }
      const completed = runs.filter((run) => run.status === 'completed').length;
      const headline = `${completed} of ${runs.length} runs, ${formatDuration(Date.now() - start.atMs)}${estimateRest(start, fraction)}`;
      live(
        [...baseLines, ...runs.map((run) => formatRun(run, positions.get(run.id)!, width)), headline].join(
          '\n',
        ),
      );
    },
    end: () => live?.done(),
  };
}
