import { logUpdateStderr } from 'log-update';
import type { RunPosition } from '../../db/queries/progress.ts';
import type { MatrixState, MatrixView } from '../../launch/follow-matrix.ts';

const BAR_WIDTH = 20;

/** Runs that are looked at once a second. */
const RUNS_PER_SECOND = 50;
const LONGEST_INTERVAL_MS = 30_000;

/** How often to look: the more runs the more seldom, and no oftener than `shortest`. */
function toIntervalMs(shortest: number, runs: number): number {
  return Math.min(LONGEST_INTERVAL_MS, Math.max(shortest, (1000 * runs) / RUNS_PER_SECOND));
}

function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.round((BAR_WIDTH * done) / total);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function formatShare(value: number | null): string {
  return value === null ? '    –' : value.toFixed(3);
}

function describeStage(run: RunPosition): string {
  if (run.status === 'failed') return `failed: ${run.failureType}: ${run.failureMessage}`;
  if (run.status !== 'running') return run.status;
  return run.doneSteps < run.totalSteps ? 'training' : `evaluating (${run.evaluated} problems done)`;
}

function nameOf({ conditionName, baseSeed, seed }: RunPosition): string {
  return `${conditionName} base ${baseSeed} seed ${seed}`;
}

function formatRun(run: RunPosition, nameWidth: number): string {
  const name = nameOf(run).padEnd(nameWidth);
  const steps = `${run.doneSteps}/${run.totalSteps}`.padStart(7);
  const numbers = `reward ${formatShare(run.reward)}  correct ${formatShare(run.correct)}`;
  return `${name} ${bar(run.doneSteps, run.totalSteps)} ${steps}  ${numbers}  ${describeStage(run)}`;
}

function formatDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Runs that ended, time, and how long the rest will take where enough was seen to tell. */
function formatHeadline({ runs, outlook }: MatrixState, elapsedMs: number): string {
  const completed = runs.filter((run) => run.status === 'completed').length;
  const rest = outlook.restMs === null ? '' : `, about ${formatDuration(outlook.restMs)} left`;
  return `${completed} of ${runs.length} runs, ${formatDuration(elapsedMs)}${rest}`;
}

/** Lines about the matrix as a whole, which stand above those of its runs. */
function formatMatrix({ bases, pausedBecause }: MatrixState, nameWidth: number): string[] {
  const baseLines = bases.map(
    ({ name, step, totalSteps }) =>
      `base model ${name}`.padEnd(nameWidth) +
      ` ${bar(step, totalSteps)} ${step}/${totalSteps} pretraining steps`,
  );
  if (pausedBecause === null) return baseLines;
  const { type, message } = pausedBecause;
  return [...baseLines, `paused: ${type}: ${message} (it goes on by itself once it can)`];
}

/** Prints a line whenever something changed. */
function createLog(): MatrixView {
  const startedMs = Date.now();
  const lastLines = new Map<string, string>();
  const printChanged = (key: string, state: string, line: string): void => {
    if (lastLines.get(key) === state) return;
    lastLines.set(key, state);
    console.error(line);
  };
  return {
    show: (state) => {
      const width = Math.max(...state.runs.map((run) => nameOf(run).length));
      formatMatrix(state, width).forEach((line, i) => printChanged(`line ${i}`, line, line));
      for (const run of state.runs) {
        // Every tenth step is enough for a log.
        const shown = run.doneSteps - (run.doneSteps % 10);
        const key = `${describeStage(run).split(' ')[0]} ${shown}`;
        if (run.status !== 'pending') printChanged(run.runId, key, formatRun(run, width));
      }
      const tenth = Math.floor(10 * state.outlook.doneShare);
      if (state.outlook.restMs !== null)
        printChanged('headline', String(tenth), formatHeadline(state, Date.now() - startedMs));
    },
    intervalMs: (runs) => toIntervalMs(2000, runs),
    end: () => undefined,
  };
}

/** A live table on a terminal. */
function createTable(): MatrixView {
  const startedMs = Date.now();
  return {
    show: (state) => {
      const { runs } = state;
      const width = Math.max(...runs.map((run) => nameOf(run).length));
      const headline = formatHeadline(state, Date.now() - startedMs);
      const lines = [...formatMatrix(state, width), ...runs.map((run) => formatRun(run, width)), headline];
      logUpdateStderr(lines.join('\n'));
    },
    intervalMs: (runs) => toIntervalMs(1000, runs),
    end: () => logUpdateStderr.done(),
  };
}

/** Shows a matrix's progress on stderr: a live table on a terminal, otherwise a line whenever something changed. */
export function createProgressView(): MatrixView {
  return process.stderr.isTTY ? createTable() : createLog();
}
