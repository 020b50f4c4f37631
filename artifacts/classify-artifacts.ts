import { OWNER_FILE } from './artifact-owner.ts';
import { listArtifacts } from '../db/queries/artifacts.ts';
import { listBaseModelIds } from '../db/queries/base-models.ts';
import type { Database } from '../db/store/connection.ts';
import { listRunCursors, type RunCursor } from '../db/queries/progress.ts';

/**
 * Why a file of the artifact store is there.
 *
 * - `recorded`: a row promises it: checkpoints, base models, evaluations, probes.
 * - `needed`: no row, but a run that is under way may read it when it goes on, or it is a plan, or a failure's batch.
 * - `superseded`: its row says that it was to be deleted.
 * - `leftover`: nothing will read it: an attempt was killed, its step is recorded, its run is finished.
 * - `unknown`: of a run or base model that the database does not know; nothing of this store will read it.
 * - `partial`: the beginning of a write that never ended.
 * - `foreign`: not a name this program gives.
 */
export type ArtifactState = 'recorded' | 'needed' | GarbageState | 'foreign';

/** What `assay gc` removes; of `unknown` only what is old enough. */
export type GarbageState = 'superseded' | 'leftover' | 'unknown' | 'partial';

/** A write lasts seconds; what has not grown for so long belongs to a process that is gone, on whatever host. */
export const ABANDONED_MS = 10 * 60_000;

/** What no row knows may be of a database that was put back from a copy: it stays for a week. */
const UNKNOWN_AGE_MS = 7 * 24 * 3_600_000;

/**
 * Whether a file may go. What is unknown may go once it is a week old and was written after `sinceMs`, when the directory became
 * this store's: what was there before may be of any home.
 */
export function isRemovable(
  file: { readonly state: ArtifactState; readonly modifiedMs: number },
  times: { readonly sinceMs: number; readonly nowMs: number },
): boolean {
  const { state, modifiedMs } = file;
  if (state === 'unknown') return modifiedMs > times.sinceMs && times.nowMs - modifiedMs > UNKNOWN_AGE_MS;
  return state === 'superseded' || state === 'leftover' || state === 'partial';
}

const RUN_FILE =
  /^runs\/(.+)\/(?:(plan)-[0-9a-f]+\.json|(step|checkpoint|evaluation|probe|failures)(?:-(\d+))?(?:\/[^/]+)?)$/;
const BASE_FILE = /^bases\/([0-9a-f]{16})\/(?:(plan)-[0-9a-f]+\.json|step-(\d+)(?:\/[^/]+)?)$/;

/** Tells the state of a file, or of an empty directory, by its path below the artifact store. */
export type Classify = (path: string) => Exclude<ArtifactState, 'partial'>;

function classifyRunFile(
  run: RunCursor | undefined,
  [kind, number]: readonly [string, number],
): 'needed' | 'leftover' | 'unknown' {
  if (run === undefined) return 'unknown';
  if (kind === 'plan') return 'needed';
  if (kind === 'failures') return run.status === 'completed' ? 'leftover' : 'needed';
  if (run.status !== 'pending' && run.status !== 'running') return 'leftover';
  if (kind === 'step') return number < run.nextStep ? 'leftover' : 'needed';
  if (kind === 'checkpoint') return number <= run.nextStep ? 'leftover' : 'needed';
  return 'needed';
}

/** The two newest chunks of each base model: the next chunk starts from the last, or from the one before if that is not whole. */
function listNewestChunks(files: readonly { readonly path: string }[]): Map<string, readonly number[]> {
  const chunks = new Map<string, Set<number>>();
  for (const { path } of files) {
    const [, base, , step] = BASE_FILE.exec(path) ?? [];
    if (base !== undefined && step !== undefined)
      chunks.set(base, (chunks.get(base) ?? new Set()).add(Number(step)));
  }
  return new Map([...chunks].map(([base, steps]) => [base, [...steps].sort((a, b) => b - a).slice(0, 2)]));
}

/**
 * Reads the store once and tells of each path what it is there for. `files` must have been listed before: then a file that is
 * already useless by these rows was useless when it was listed.
 */
export function createClassifier(db: Database, files: readonly { readonly path: string }[]): Classify {
  const rows = new Map(listArtifacts(db).map((row) => [row.path, row]));
  const cursors = listRunCursors(db);
  const runs = new Map(cursors.map((run) => [run.runId, run]));
  const made = new Set(listBaseModelIds(db).map((id) => id.slice(0, 16)));
  const newestChunks = listNewestChunks(files);
  const isWorkLeft = cursors.some(({ status }) => status === 'pending' || status === 'running');
  return (path) => {
    const row = rows.get(path);
    if (row !== undefined) return row.isRetained ? 'recorded' : 'superseded';
    const [, runId, runPlan, part, number] = RUN_FILE.exec(path) ?? [];
    if (runId !== undefined) return classifyRunFile(runs.get(runId), [runPlan ?? part!, Number(number ?? 0)]);
    const [, base, basePlan, step] = BASE_FILE.exec(path) ?? [];
    if (base === undefined) return path === OWNER_FILE ? 'needed' : 'foreign';
    if (made.has(base)) return basePlan === undefined ? 'leftover' : 'needed';
    const isNext = basePlan !== undefined || newestChunks.get(base)?.includes(Number(step));
    return isWorkLeft && isNext ? 'needed' : 'unknown';
  };
}
