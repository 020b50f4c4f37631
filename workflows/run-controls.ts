import {
  condition,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { describeFailure, isResourceFault, type Failure } from './describe-failure.ts';

/** Whether a run may begin its next step, or a base model its next chunk; sent by the matrix to each of them. */
export const setPausedSignal = defineSignal<[boolean]>('setPaused');
/** A child says what it lacks; the matrix pauses until it may be there again. */
export const lacksResourceSignal = defineSignal<[Failure]>('lacksResource');
export const runProgressQuery = defineQuery<RunProgress>('progress');

export interface RunProgress {
  readonly stage: string;
  readonly step: number;
  readonly steps: number;
  readonly isPaused: boolean;
}

/** Whether a child of the matrix may go on. */
export interface PauseControls {
  isPaused(): boolean;
  /** Returns at once, or when the matrix is resumed. */
  untilResumed(): Promise<void>;
  /**
   * Does `work`; where it fails for want of a disk, a bucket or a right, tells the matrix and does it again once that has resumed.
   * A workflow without a matrix fails.
   */
  withResources<Output>(work: () => Promise<Output>): Promise<Output>;
}

export interface RunControls extends PauseControls {
  /** Records where the run is, for the progress query. */
  at(stage: string, step: number): void;
}

/** Installs the handler of the matrix's pauses. */
export function installPauseControls(startsPaused: boolean): PauseControls {
  let isPaused = startsPaused;
  setHandler(setPausedSignal, (paused) => {
    isPaused = paused;
  });
  const untilResumed = (): Promise<void> => condition(() => !isPaused);
  return {
    isPaused: () => isPaused,
    untilResumed,
    withResources: async (work) => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          const failure = describeFailure(error);
          const { parent } = workflowInfo();
          if (isCancellation(error) || parent === undefined || !isResourceFault(failure)) throw error;
          isPaused = true;
          await getExternalWorkflowHandle(parent.workflowId).signal(lacksResourceSignal, failure);
          await untilResumed();
        }
      }
    },
  };
}

/** Installs the run's signal and query handlers; call it first. */
export function installRunControls(steps: number, startsPaused: boolean): RunControls {
  let position = { stage: 'opening', step: 0 };
  const controls = installPauseControls(startsPaused);
  setHandler(runProgressQuery, () => ({ ...position, steps, isPaused: controls.isPaused() }));
  return {
    ...controls,
    at: (stage, step) => {
      position = { stage, step };
    },
  };
}
