import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { buildEnvironment, copyPackage, currentAbi, packageDirectory } from './addon-build.ts';
import { ProgramFailedError, runProgram } from './run-program.ts';

export interface SqliteBindingRequest {
  cacheDirectory: string;
  report: (line: string) => void;
}

/** better-sqlite3's addon could be neither downloaded nor compiled: install a C++ toolchain, or let the machine reach what the message names. */
export class SqliteBuildError extends Error {
  override readonly name = 'SqliteBuildError';
}

const PACKAGE = 'better-sqlite3';
const BINDING = join('build', 'Release', 'better_sqlite3.node');
const BUILD_LIMIT_MS = 900_000;

/**
 * Makes better-sqlite3 usable by the Node of this process: takes the addon from the cache, else lets the package's own script download
 * or compile it (about a minute) and keeps it there, since every `npm ci` takes it out of node_modules again.
 * There is no lock, because the other steps' lock is itself a database: two at once each build in a directory of their own.
 *
 * @throws SqliteBuildError when it can be neither downloaded nor compiled
 */
export async function provideSqliteBinding(request: SqliteBindingRequest): Promise<void> {
  if (bindingFault() === undefined) return;
  const cached = join(request.cacheDirectory, `${PACKAGE}-${installedVersion()}-${currentAbi()}.node`);
  if (existsSync(cached)) {
    installBinding(cached);
    if (bindingFault() === undefined) return;
  }
  await buildBinding(cached, request.report);
  installBinding(cached);
  const fault = bindingFault();
  if (fault !== undefined) throw new SqliteBuildError(`${PACKAGE} was built but does not load: ${fault}`);
  request.report(`${PACKAGE} ${installedVersion()} is in place`);
}

/** Why no database can be opened, or undefined. */
function bindingFault(): string | undefined {
  try {
    new Database(':memory:').close();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function installedVersion(): string {
  const text = readFileSync(join(packageDirectory(PACKAGE), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function buildBinding(target: string, report: (line: string) => void): Promise<void> {
  report(`building ${PACKAGE} for Node ${process.versions.node}, about a minute`);
  const directory = `${target}.unfinished-${String(process.pid)}`;
  const copy = copyPackage(PACKAGE, directory);
  rmSync(join(copy, 'build'), { recursive: true, force: true });
  // npm 12 runs no script of a package that the project does not name here.
  const manifest = { private: true, allowScripts: { [PACKAGE]: true } };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  try {
    await runProgram({
      command: 'npm',
      arguments: ['rebuild', PACKAGE, '--ignore-scripts=false'],
      directory,
      environment: buildEnvironment(PACKAGE),
      timeoutMs: BUILD_LIMIT_MS,
    });
    renameSync(join(copy, BINDING), target);
  } catch (error) {
    if (!(error instanceof ProgramFailedError)) throw error;
    throw new SqliteBuildError(
      `${PACKAGE} could be neither downloaded nor compiled; expected its release to be in reach, or Python 3, a C++ toolchain and Node's ` +
        `headers (beside Node, in reach, or under the prefix that npm_config_nodedir names). ${error.message}`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Puts a built addon where better-sqlite3 looks for it; renamed into place, because another process may have the old one open. */
function installBinding(source: string): void {
  const target = join(packageDirectory(PACKAGE), BINDING);
  const unfinished = `${target}.${String(process.pid)}`;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, unfinished);
  renameSync(unfinished, target);
}
