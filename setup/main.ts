import { listBackends, type BackendAvailability } from '../model/backends/backend.ts';
import { findProgram } from './find-program.ts';
import { installNativeTensorflow, NativeInstallError } from './native-tensorflow.ts';
import { ProgramFailedError } from './run-program.ts';
import { provideSqliteBinding } from './sqlite-binding.ts';
import { NativeUnsupportedError } from './tensorflow-wheel.ts';
import { provideTemporalServer } from './temporal-server.ts';

export interface SetupRequest {
  cacheDirectory: string;
  /** False where the environment names a running Temporal server. */
  needsTemporalServer: boolean;
  /** Receives one line per step that takes time, and one per thing that could not be installed. */
  report: (line: string) => void;
}

export interface SetupOutcome {
  backends: BackendAvailability[];
  /** Undefined when none is needed here. */
  temporalServerPath: string | undefined;
  /** What could not be installed, although the rest works without it: the reader decides whether that is enough. */
  failures: Error[];
}

/**
 * Installs what cannot come with `npm ci`, which runs no scripts: the addon of SQLite, the native TensorFlow library, that for the GPU
 * where an NVIDIA card is present, and the Temporal server. Takes well under a second when all is in place; may be interrupted and repeated, and run twice at once.
 *
 * @throws SqliteBuildError when the store's addon cannot be built; nothing can run then either.
 * @throws TemporalServerMissingError when there is no Temporal server and none can be made: nothing can run then.
 */
export async function runSetup({
  cacheDirectory,
  needsTemporalServer,
  report,
}: SetupRequest): Promise<SetupOutcome> {
  // First, because the lock of the other steps is a database.
  await provideSqliteBinding({ cacheDirectory, report });
  const failures: Error[] = [];
  const variants =
    findProgram('nvidia-smi') === undefined ? (['native'] as const) : (['native', 'gpu'] as const);
  for (const variant of variants) {
    try {
      await installNativeTensorflow({ cacheDirectory, variant, report });
    } catch (error) {
      if (!isInstallFailure(error)) throw error;
      failures.push(error);
      report(`the ${variant} backend is not installed: ${error.message}`);
    }
  }
  const temporalServerPath = needsTemporalServer
    ? await provideTemporalServer({ cacheDirectory, report })
    : undefined;
  return { backends: listBackends(cacheDirectory), temporalServerPath, failures };
}

function isInstallFailure(error: unknown): error is Error {
  return [NativeInstallError, NativeUnsupportedError, ProgramFailedError].some(
    (kind) => error instanceof kind,
  );
}
