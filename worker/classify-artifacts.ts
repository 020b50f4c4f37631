import { listArtifacts } from '../db/artifacts.ts';
import { listBaseModelIds } from '../db/base-models.ts';
import type { Database } from '../db/connection.ts';
import { listRunCursors, type RunCursor } from '../db/progress.ts';
import type { FoundFile } from './list-files.ts';

/**
 * Why a file of the artifact store is there.
 *
 * - `recorded`: a row promises it: checkpoints, base models, evaluations, probes.
 * - `needed`: no row, but a run that is under way may read it when it goes on, or it is a plan, or a failure's batch.
 * - `superseded`: its row says that it was to be deleted.
 * - `leftover`: nothing will read it: an attempt was killed, its step is recorded, its run is finished or unknown.
 * - `partial`: the beginning of a write that never ended.
 * - `foreign`: not a name this program gives.
 */
export type ArtifactState = 'recorded' | 'needed' | 'superseded' | 'leftover' | 'partial' | 'foreign';

/** A write lasts seconds; what has not grown for so long belongs to a process that is gone, on whatever host. */
export const ABANDONED_MS = 10 * 60_000;

const RUN_FILE =
  /^runs\/(.+)\/(?:(plan)-[0-9a-f]+\.json|(step|checkpoint|evaluation|probe|failures)(?:-(\d+))?(?:\/[^/]+)?)$/;
const BASE_FILE = /^bases\/([0-9a-f]{16})\/(?:(plan)-[0-9a-f]+\.json|step-(\d+)(?:\/[^/]+)?)$/;

/** Tells the state of a file, or of an empty directory, by its path below the artifact store. */
export type Classify = (path: string) => Exclude<ArtifactState, 'partial'>;

function classifyRunFile(
  run: RunCursor | undefined,
  [kind, number]: readonly [string, number],
): 'needed' | 'leftover' {
  if (run === undefined) return 'leftover';
  if (kind === 'plan') return 'needed';
  if (kind === 'failures') return run.status === 'completed' ? 'leftover' : 'needed';
  if (run.status !== 'pending' && run.status !== 'running') return 'leftover';
  if (kind === 'step') return number < run.nextStep ? 'leftover' : 'needed';
  if (kind === 'checkpoint') return number <= run.nextStep ? 'leftover' : 'needed';
  return 'needed';
}

/** The two newest chunks of each base model: the next chunk starts from the last, or from the one before if that is not whole. */
function listNewestChunks(files: readonly FoundFile[]): Map<string, readonly number[]> {
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
export function createClassifier(db: Database, files: readonly FoundFile[]): Classify {
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
    if (base === undefined) return 'foreign';
    if (basePlan !== undefined) return isWorkLeft || made.has(base) ? 'needed' : 'leftover';
    const isNext = isWorkLeft && (newestChunks.get(base)?.includes(Number(step)) ?? false);
    return !made.has(base) && isNext ? 'needed' : 'leftover';
  };
}
