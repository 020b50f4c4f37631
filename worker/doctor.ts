import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { listBackends, SETUP_COMMAND } from '../model/backends/backend.ts';
import { findProgram } from '../setup/find-program.ts';
import {
  findTemporalServer,
  readTemporalVersion,
  TemporalServerMissingError,
} from '../setup/temporal-server.ts';
import { configuredTarget, hasConfiguredServer } from './server/temporal-connection.ts';

/** `missing` stops something the program needs, `optional` is absent and can be done without. */
export interface InspectionItem {
  name: string;
  status: 'ok' | 'missing' | 'optional';
  detail: string;
  /** The command or change that mends it. */
  mend?: string;
}

export interface InspectionRequest {
  cacheDirectory: string;
  databasePath?: string;
  environment?: NodeJS.ProcessEnv;
}

const PACKAGES = [
  '@temporalio/worker',
  '@temporalio/client',
  '@tensorflow/tfjs-core',
  'drizzle-orm',
  'better-sqlite3',
];

/** Programs of the machine, and what each is for. */
const PROGRAMS: readonly (readonly [name: string, purpose: string])[] = [
  ['python3', 'setup builds the native backend with the TensorFlow of a Python wheel'],
  ['go', 'setup compiles the Temporal server where it cannot be downloaded'],
  ['chromium', 'tests look at reports in a browser'],
];

/** What is installed on this machine and what is missing, as plain data. Starts no server and loads no backend. */
export async function inspectInstallation(request: InspectionRequest): Promise<InspectionItem[]> {
  const { cacheDirectory, databasePath, environment = process.env } = request;
  const sqlite = inspectSqlite();
  return [
    inspectNode(),
    ...PACKAGES.map(inspectPackage),
    sqlite,
    ...inspectBackends(cacheDirectory),
    await inspectTemporal(cacheDirectory, environment),
    ...(databasePath === undefined || sqlite.status === 'missing' ? [] : [inspectDatabase(databasePath)]),
    ...PROGRAMS.map(([name, purpose]) => inspectProgram(name, purpose)),
  ];
}

function inspectNode(): InspectionItem {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isSupported = major > 20 || (major === 20 && minor >= 11);
  const detail = `${process.version} on ${process.platform}-${process.arch}`;
  if (isSupported) return { name: 'node', status: 'ok', detail };
  return { name: 'node', status: 'missing', detail, mend: 'install Node 20.11 or newer' };
}

function inspectPackage(name: string): InspectionItem {
  const directories = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const file = directories
    .map((directory) => join(directory, name, 'package.json'))
    .find((path) => existsSync(path));
  if (file === undefined) return { name, status: 'missing', detail: 'not installed', mend: 'npm ci' };
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return { name, status: 'ok', detail: version };
}

function inspectSqlite(): InspectionItem {
  const name = 'sqlite';
  try {
    const database = new SqliteDatabase(':memory:');
    const version = database.prepare('select sqlite_version()').pluck().get() as string;
    database.close();
    return { name, status: 'ok', detail: version };
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n');
    const detail = `better-sqlite3's addon does not load in Node ${process.versions.node}: ${reason}`;
    return { name, status: 'missing', detail, mend: SETUP_COMMAND };
  }
}

function inspectBackends(cacheDirectory: string): InspectionItem[] {
  return listBackends(cacheDirectory).map(({ name, present, detail, mend }) => {
    const item = { name: `backend ${name}`, detail };
    if (present) return { ...item, status: 'ok' };
    if (name === 'gpu' && findProgram('nvidia-smi') === undefined) {
      return { ...item, status: 'optional', detail: 'this machine has no NVIDIA card (no nvidia-smi)' };
    }
    return { ...item, status: 'optional', ...(mend === undefined ? {} : { mend }) };
  });
}

async function inspectTemporal(
  cacheDirectory: string,
  environment: NodeJS.ProcessEnv,
): Promise<InspectionItem> {
  const name = 'temporal server';
  if (hasConfiguredServer(environment)) {
    const { connectionOptions, namespace } = configuredTarget(environment);
    const address = connectionOptions.address ?? 'the default address';
    return { name, status: 'ok', detail: `${address}, namespace ${namespace}, as TEMPORAL_* configures` };
  }
  try {
    const program = findTemporalServer(cacheDirectory, environment);
    if (program === undefined) {
      return { name, status: 'missing', detail: `no program in ${cacheDirectory}`, mend: SETUP_COMMAND };
    }
    const version = await readTemporalVersion(program.path);
    return { name, status: 'ok', detail: `${version}, ${program.path} (${program.source})` };
  } catch (error) {
    if (!(error instanceof TemporalServerMissingError)) throw error;
    return { name, status: 'missing', detail: error.message, mend: 'correct ASSAY_TEMPORAL_CLI or unset it' };
  }
}

function inspectDatabase(path: string): InspectionItem {
  const name = 'database';
  if (!existsSync(path)) {
    return {
      name,
      status: 'optional',
      detail: `${path} does not exist yet: the first run of a matrix makes it`,
    };
  }
  const megabytes = (statSync(path).size / 1e6).toFixed(1);
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    const migrations = database.prepare('select count(*) from __drizzle_migrations').pluck().get() as number;
    return {
      name,
      status: 'ok',
      detail: `${path}, ${megabytes} MB, ${String(migrations)} migrations applied`,
    };
  } catch (error) {
    if (!(error instanceof SqliteDatabase.SqliteError)) throw error;
    const detail = `${path} is not a database of assay (${error.code}: ${error.message})`;
    return { name, status: 'missing', detail, mend: 'put a whole copy in its place, with its -wal file' };
  } finally {
    database.close();
  }
}

function inspectProgram(name: string, purpose: string): InspectionItem {
  const path = findProgram(name);
  if (path !== undefined) return { name, status: 'ok', detail: path };
  return { name, status: 'optional', detail: `not on the search path (${purpose})` };
}
