import { CancellationScope, condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import type { Failure } from './describe-failure.ts';
import { lacksResourceSignal, setPausedSignal } from './run-controls.ts';

export interface MatrixProgress {
  readonly running: readonly string[];
  readonly completed: number;
  readonly failed: number;
  readonly isPaused: boolean;
  /** What is wanting, where that and no one's wish is why it is paused; it goes on by itself, from time to time. */
  readonly lacking: Failure | null;
  readonly isCancelled: boolean;
}

export const setMatrixPausedUpdate = defineUpdate<MatrixProgress, [boolean]>('setPaused');
export const cancelMatrixUpdate = defineUpdate<MatrixProgress>('cancel');
export const extendMatrixUpdate = defineUpdate<MatrixProgress>('extend');
export const matrixProgressQuery = defineQuery<MatrixProgress>('progress');

/** A child that stops between two pieces of its work. */
interface Pausable {
  signal(definition: typeof setPausedSignal, paused: boolean): Promise<void>;
}

/** What a matrix knows of itself. Everything that must outlive its history is in the store or in its next input. */
export class MatrixState {
  readonly running = new Map<string, Promise<void>>();
  readonly bases = new Map<string, Promise<void>>();
  readonly children = new Set<Pausable>();
  /** Runs this history has taken up; none is taken up twice, even if its end could not be recorded. */
  readonly attempted = new Set<string>();
  /** All that may be cancelled. */
  readonly work = new CancellationScope();
  completed = 0;
  failed = 0;
  /** Runs that ended in this history, however they did. */
  ended = 0;
  /** How often the store got more runs since this history began. */
  extensions = 0;
  isPaused: boolean;
  lacking: Failure | null = null;
  /** How often in a row it paused for want of something, no run having completed meanwhile. */
  trials = 0;
  isCancelled = false;
  hasEnded = false;

  readonly experimentId: string;
  readonly isSearchable: boolean;

  constructor(from: {
    readonly experimentId: string;
    readonly isSearchable: boolean;
    readonly isPaused: boolean;
    readonly completed: number;
    readonly failed: number;
  }) {
    this.experimentId = from.experimentId;
    this.isSearchable = from.isSearchable;
    this.isPaused = from.isPaused;
    this.completed = from.completed;
    this.failed = from.failed;
  }

  progress(): MatrixProgress {
    const { completed, failed, isPaused, lacking, isCancelled } = this;
    return { running: [...this.running.keys()], completed, failed, isPaused, lacking, isCancelled };
  }
}

/** Tells a child whether to pause; one that ends at this moment has nothing left to pause. */
export async function tellPaused(child: Pausable, paused: boolean): Promise<void> {
  await child.signal(setPausedSignal, paused).catch(() => undefined);
}

async function setPaused(state: MatrixState, paused: boolean): Promise<void> {
  state.isPaused = paused;
  if (!paused) state.lacking = null;
  await Promise.all([...state.children].map((child) => tellPaused(child, paused)));
}

const FIRST_TRIAL_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Pauses everything, so that no run is spent on what is wanting, and goes on after a while, longer each time: whoever freed a disk or
 * renewed a right need not be there to say so.
 */
export async function pauseForResource(state: MatrixState, failure: Failure): Promise<void> {
  if (state.lacking !== null || state.hasEnded) return;
  state.lacking = failure;
  const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_TRIAL_MS * 2 ** state.trials);
  state.trials += 1;
  await setPaused(state, true);
  // Someone may resume it by hand before.
  await condition(() => state.lacking === null || state.isCancelled, waitMs);
  if (state.lacking !== null) await setPaused(state, false);
}

function refuseWhileCancelling(state: MatrixState): void {
  if (state.isCancelled) throw new Error('the matrix is being cancelled already');
}

function refuseOnceEnded(state: MatrixState): void {
  if (state.hasEnded) throw new Error('the matrix has just ended');
}

/** Installs the updates and the query; call it before the first await. */
export function installMatrixHandlers(state: MatrixState): void {
  setHandler(matrixProgressQuery, () => state.progress());
  setHandler(
    setMatrixPausedUpdate,
    async (paused) => {
      // A wish outlasts a want.
      state.lacking = null;
      await setPaused(state, paused);
      return state.progress();
    },
    {
      validator: (paused) => {
        refuseWhileCancelling(state);
        if (paused === state.isPaused && state.lacking === null)
          throw new Error(paused ? 'the matrix is paused already' : 'the matrix is not paused');
      },
    },
  );
  setHandler(lacksResourceSignal, (failure) => pauseForResource(state, failure));
  // Answers when every run has ended and every row is marked.
  setHandler(
    cancelMatrixUpdate,
    async () => {
      state.isCancelled = true;
      state.work.cancel();
      await condition(() => state.hasEnded);
      return state.progress();
    },
    {
      validator: () => {
        refuseWhileCancelling(state);
        refuseOnceEnded(state);
      },
    },
  );
  setHandler(
    extendMatrixUpdate,
    () => {
      state.extensions += 1;
      return state.progress();
    },
    {
      validator: () => {
        refuseWhileCancelling(state);
        refuseOnceEnded(state);
      },
    },
  );
}
