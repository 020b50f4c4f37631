import { and, asc, eq, exists, isNotNull, ne, or } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { runs, steps } from '../schema.ts';

/** Runs of the experiment were computed by other sources of the program than this launch would use. */
export class MixedSourcesError extends Error {
  override readonly name = 'MixedSourcesError';
}

/** A run and the sources that computed it: one hash, or several in their order where it went on under others. */
export interface RunSources {
  readonly id: string;
  readonly sources: string;
}

/** Errors name this many runs. */
const NAMED_RUNS = 5;

/**
 * Notes the sources that compute a run from here on. A run that has recorded steps keeps the earlier ones before them, so
 * that it never passes for computed by one program. Call inside a write transaction.
 */
export function recordSources(db: Database, runId: string, sources: string): void {
  const row = db.select({ sources: runs.sources }).from(runs).where(eq(runs.id, runId)).get();
  const before = row?.sources?.split(' ') ?? [];
  if (before.at(-1) === sources) return;
  const hasSteps =
    db.select({ step: steps.step }).from(steps).where(eq(steps.runId, runId)).get() !== undefined;
  const kept = hasSteps ? [...before, sources] : [sources];
  db.update(runs)
    .set({ sources: kept.join(' ') })
    .where(eq(runs.id, runId))
    .run();
}

/**
 * Runs of the experiment that hold results (recorded steps, or their end) of other sources. Those of unknown sources, from
 * stores older than the hashes, are not among them; reports name them.
 */
export function findOtherSources(
  db: Database,
  query: { readonly experimentId: string; readonly sources: string },
): RunSources[] {
  const ofRun = db.select({ step: steps.step }).from(steps).where(eq(steps.runId, runs.id));
  return db
    .select({ id: runs.id, sources: runs.sources })
    .from(runs)
    .where(
      and(
        eq(runs.experimentId, query.experimentId),
        isNotNull(runs.sources),
        ne(runs.sources, query.sources),
        or(eq(runs.status, 'completed'), exists(ofRun)),
      ),
    )
    .orderBy(asc(runs.id))
    .all() as RunSources[];
}

/** @throws {MixedSourcesError} naming the runs and both hashes */
export function refuseOtherSources(
  db: Database,
  query: { readonly experimentId: string; readonly sources: string },
): void {
  const others = findOtherSources(db, query);
  if (others.length === 0) return;
  const shorten = (hashes: string): string =>
    hashes
      .split(' ')
      .map((hash) => hash.slice(0, 12))
      .join(' then ');
  const named = others.slice(0, NAMED_RUNS).map(({ id, sources }) => `${id} (${shorten(sources)})`);
  const more = others.length > NAMED_RUNS ? ` and ${others.length - NAMED_RUNS} more` : '';
  throw new MixedSourcesError(
    `runs of this experiment were computed by other sources of the program than these (${shorten(query.sources)}): ` +
      `${named.join(', ')}${more}. Compute all of it with the program that began it, or anew in another home (--home); ` +
      '--mixed-sources computes the rest nevertheless, and the report names the mixture',
  );
}
