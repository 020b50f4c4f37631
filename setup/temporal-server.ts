import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram, isExecutable } from './find-program.ts';
import { withInstallationLock } from './installation-lock.ts';
import { isReachable } from './reachable-host.ts';
import { runProgram } from './run-program.ts';

// The newest that `go install` accepts: later tags carry a replace directive.
const VERSION = 'v1.5.1';
const MODULE = 'github.com/temporalio/cli/cmd/temporal';
const DOWNLOAD_HOST = 'https://temporal.download/';
const DOWNLOAD_LIMIT_MS = 300_000;
const COMPILE_LIMIT_MS = 1_800_000;

export interface TemporalServerProgram {
  path: string;
  source: 'ASSAY_TEMPORAL_CLI' | 'search path' | 'cache';
}

export interface TemporalServerRequest {
  cacheDirectory: string;
  report: (line: string) => void;
}

/** There is no Temporal server program and none could be made: name one in ASSAY_TEMPORAL_CLI, or a running server in TEMPORAL_ADDRESS. */
export class TemporalServerMissingError extends Error {
  override readonly name = 'TemporalServerMissingError';
}

/**
 * The Temporal program of this machine: the one ASSAY_TEMPORAL_CLI names, else `temporal` on the search path, else the one in the cache.
 *
 * @throws TemporalServerMissingError when ASSAY_TEMPORAL_CLI names something that is not an executable file.
 */
export function findTemporalServer(
  cacheDirectory: string,
  environment: NodeJS.ProcessEnv = process.env,
): TemporalServerProgram | undefined {
  const named = environment['ASSAY_TEMPORAL_CLI'];
  if (named) {
    if (isExecutable(named)) return { path: named, source: 'ASSAY_TEMPORAL_CLI' };
    throw new TemporalServerMissingError(
      `ASSAY_TEMPORAL_CLI is '${named}', which is not an executable file; expected the path of a temporal program. Correct it or unset it`,
    );
  }
  const installed = findProgram('temporal', environment['PATH']);
  if (installed !== undefined) return { path: installed, source: 'search path' };
  const cached = cachedPath(cacheDirectory);
  return isExecutable(cached) ? { path: cached, source: 'cache' } : undefined;
}

/**
 * Finds the Temporal program or puts it in the cache: the release that Temporal's own testing library downloads where its host can be
 * reached, else the same program compiled by Go (two to three minutes, once). Resolves to its path.
 *
 * @throws TemporalServerMissingError when neither works.
 */
export async function provideTemporalServer(request: TemporalServerRequest): Promise<string> {
  const { cacheDirectory, report } = request;
  const found = findTemporalServer(cacheDirectory);
  if (found !== undefined) return found.path;
  const target = cachedPath(cacheDirectory);
  const onWait = (): void => {
    report('waiting: another process installs the Temporal server');
  };
  return withInstallationLock({ path: `${dirname(target)}.lock`, onWait }, async () => {
    if (!isExecutable(target)) await installBeside(dirname(target), report);
    return target;
  });
}

/** The version line the program prints of itself. */
export async function readTemporalVersion(path: string): Promise<string> {
  return (await runProgram({ command: path, arguments: ['--version'], timeoutMs: 20_000 })).trim();
}

function cachedPath(cacheDirectory: string): string {
  return join(
    cacheDirectory,
    `temporal-${VERSION.slice(1)}`,
    process.platform === 'win32' ? 'temporal.exe' : 'temporal',
  );
}

async function installBeside(directory: string, report: (line: string) => void): Promise<void> {
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const refusal = await downloadRelease(unfinished, report);
  if (refusal !== undefined) await compileWithGo({ directory: unfinished, refusal, report });
  const version = await readTemporalVersion(join(unfinished, 'temporal'));
  rmSync(directory, { recursive: true, force: true });
  renameSync(unfinished, directory);
  report(`the Temporal server is in place: ${version}`);
}

/** Undefined when the release was downloaded, else the reason why not. */
async function downloadRelease(
  directory: string,
  report: (line: string) => void,
): Promise<string | undefined> {
  if (!(await isReachable(DOWNLOAD_HOST))) return `${DOWNLOAD_HOST} is out of reach`;
  report(`downloading the Temporal server ${VERSION}`);
  const server = { executable: { type: 'cached-download', downloadDir: directory, version: VERSION } };
  const program = `
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const environment = await TestWorkflowEnvironment.createLocal({ server: ${JSON.stringify(server)} });
    await environment.teardown();`;
  try {
    await runProgram({
      command: process.execPath,
      arguments: ['--input-type=module', '-e', program],
      directory: dirname(fileURLToPath(import.meta.url)),
      timeoutMs: DOWNLOAD_LIMIT_MS,
    });
  } catch (error) {
    return (error as Error).message;
  }
  const downloaded = readdirSync(directory).find((name) => isExecutable(join(directory, name)));
  if (downloaded === undefined) return `the download left no program in ${directory}`;
  renameSync(join(directory, downloaded), join(directory, 'temporal'));
  return undefined;
}

interface CompileRequest {
  directory: string;
  refusal: string;
  report: (line: string) => void;
}

async function compileWithGo({ directory, refusal, report }: CompileRequest): Promise<void> {
  const [reason = refusal] = refusal.split('\n');
  report(
    `no release of the Temporal server is to be had (${reason}); compiling ${VERSION} with Go, two to three minutes`,
  );
  const environment = { ...process.env, GOBIN: directory };
  try {
    await runProgram({
      command: 'go',
      arguments: ['install', `${MODULE}@${VERSION}`],
      environment,
      timeoutMs: COMPILE_LIMIT_MS,
    });
  } catch (error) {
    throw new TemporalServerMissingError(
      `no Temporal server: ${refusal}, and compiling one failed: ${(error as Error).message}\n` +
        'Install Go or the temporal program, name one in ASSAY_TEMPORAL_CLI, or a running server in TEMPORAL_ADDRESS',
    );
  }
}
