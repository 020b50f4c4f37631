import { CancellationScope, condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { setPausedSignal } from './run-controls.ts';

export interface MatrixProgress {
  readonly running: readonly string[];
  readonly completed: number;
  readonly failed: number;
  readonly isPaused: boolean;
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
  /** How often the store got more runs since this history began. */
  extensions = 0;
  isPaused: boolean;
  isCancelled = false;
  hasEnded = false;

  constructor(from: { readonly isPaused: boolean; readonly completed: number; readonly failed: number }) {
    this.isPaused = from.isPaused;
    this.completed = from.completed;
    this.failed = from.failed;
  }

  progress(): MatrixProgress {
    const { completed, failed, isPaused, isCancelled } = this;
    return { running: [...this.running.keys()], completed, failed, isPaused, isCancelled };
  }
}

/** Tells a child whether to pause; one that ends at this moment has nothing left to pause. */
export async function tellPaused(child: Pausable, paused: boolean): Promise<void> {
  await child.signal(setPausedSignal, paused).catch(() => undefined);
}

function refuseWhileCancelling(state: MatrixState): void {
  if (state.isCancelled) throw new Error('the matrix is being cancelled already');
}

/** Installs the updates and the query; call it before the first await. */
export function installMatrixHandlers(state: MatrixState): void {
  setHandler(matrixProgressQuery, () => state.progress());
  setHandler(
    setMatrixPausedUpdate,
    async (paused) => {
      state.isPaused = paused;
      await Promise.all([...state.children].map((child) => tellPaused(child, paused)));
      return state.progress();
    },
    {
      validator: (paused) => {
        refuseWhileCancelling(state);
        if (paused === state.isPaused)
          throw new Error(paused ? 'the matrix is paused already' : 'the matrix is not paused');
      },
    },
  );
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
        if (state.hasEnded) throw new Error('the matrix has just ended');
      },
    },
  );
  setHandler(
    extendMatrixUpdate,
    () => {
      state.extensions += 1;
      return state.progress();
    },
    { validator: () => refuseWhileCancelling(state) },
  );
}
