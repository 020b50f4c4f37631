import { ApplicationFailure, rootCause } from '@temporalio/workflow';

export interface Failure {
  readonly type: string;
  readonly message: string;
}

/** What a run's row says about why it ended: the type of the innermost typed failure and the first cause's message. */
export function describeFailure(error: unknown): Failure {
  const message = error instanceof Error ? (rootCause(error) ?? error.message) : String(error);
  let current: unknown = error;
  let type = 'Error';
  while (current instanceof Error) {
    if (current instanceof ApplicationFailure && current.type) type = current.type;
    current = current.cause;
  }
  return { type, message };
}

/** No fault of the science: a disk, a bucket or a right is wanting, and the same work succeeds once it is there. */
const RESOURCE_FAULTS: ReadonlySet<string> = new Set([
  'DiskFullError',
  'DatabaseFullError',
  'ObjectStoreRefusedError',
  'ObjectStoreUnreachableError',
]);

export function isResourceFault({ type }: Failure): boolean {
  return RESOURCE_FAULTS.has(type);
}

/**
 * The workflow and the store do not stand at the same place, as after the server lost its last moments in a power cut: another opening
 * of the run, a recorded step or a later round was found, or a file is gone or cut short that the step makes again.
 */
const OUTDATED: ReadonlySet<string> = new Set([
  'StaleAttemptError',
  'ArtifactMissingError',
  'ArtifactDamagedError',
]);

export function isOutdated({ type }: Failure): boolean {
  return OUTDATED.has(type);
}
