import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';

/** Whether a run may begin its next step, or a base model its next chunk; sent by the matrix to each of them. */
export const setPausedSignal = defineSignal<[boolean]>('setPaused');
export const runProgressQuery = defineQuery<RunProgress>('progress');

export interface RunProgress {
  readonly stage: string;
  readonly step: number;
  readonly steps: number;
  readonly isPaused: boolean;
}

export interface RunControls {
  /** Records where the run is, for the progress query. */
  at(stage: string, step: number): void;
  isPaused(): boolean;
  /** Returns at once, or when the run is resumed. */
  untilResumed(): Promise<void>;
}

/** Installs the run's signal and query handlers; call it first. */
export function installRunControls(steps: number, startsPaused: boolean): RunControls {
  let isPaused = startsPaused;
  let position = { stage: 'opening', step: 0 };
  setHandler(setPausedSignal, (paused) => {
    isPaused = paused;
  });
  setHandler(runProgressQuery, () => ({ ...position, steps, isPaused }));
  return {
    at: (stage, step) => {
      position = { stage, step };
    },
    isPaused: () => isPaused,
    untilResumed: () => condition(() => !isPaused),
  };
}
