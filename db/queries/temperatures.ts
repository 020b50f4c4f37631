import { and, asc, eq } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import type { EvaluatedProblem } from './evaluations.ts';
import { upsertProblems } from './problems.ts';
import { recordedRunId } from './runs.ts';
import { chosenTemperatures, problems, temperatureGrid } from '../rollout-schema.ts';
import { runs } from '../schema.ts';

type GridRow = typeof temperatureGrid.$inferSelect;
type ChosenRow = typeof chosenTemperatures.$inferSelect;

/** Records counts of a grid at one temperature; a repeated record must agree. Call inside a write transaction. */
export function recordTemperatureGrid(
  db: Database,
  temperature: number,
  evaluated: readonly EvaluatedProblem[],
): void {
  const problemIds = upsertProblems(
    db,
    evaluated.map(({ problem }) => problem),
  );
  evaluated.forEach(({ counts: { runId, step, problemIndex, n, c, formats } }, i) => {
    const row = { runId, step, temperature, problemIndex, problemId: problemIds[i]!, n, c, formats };
    const inserted = db.insert(temperatureGrid).values(row).onConflictDoNothing().run();
    if (inserted.changes === 0) assertSameCounts(db, row);
  });
}

function assertSameCounts(db: Database, row: GridRow): void {
  const stored = db
    .select()
    .from(temperatureGrid)
    .where(
      and(
        eq(temperatureGrid.runId, row.runId),
        eq(temperatureGrid.step, row.step),
        eq(temperatureGrid.temperature, row.temperature),
        eq(temperatureGrid.problemIndex, row.problemIndex),
      ),
    )
    .get()!;
  const key = `${row.runId} step ${row.step} temperature ${row.temperature} problem ${row.problemIndex}`;
  assertSameRecord({ table: 'temperature_grid', key }, stored, row);
}

/** Records which temperature was chosen; a repeated choice must agree. Call inside a write transaction. */
export function recordChosenTemperature(db: Database, row: ChosenRow): void {
  const inserted = db.insert(chosenTemperatures).values(row).onConflictDoNothing().run();
  if (inserted.changes > 0) return;
  const { runId, step } = row;
  const stored = db
    .select()
    .from(chosenTemperatures)
    .where(and(eq(chosenTemperatures.runId, runId), eq(chosenTemperatures.step, step)))
    .get()!;
  assertSameRecord({ table: 'chosen_temperatures', key: `${runId} step ${step}` }, stored, row);
}

/** A run's counts on dev by temperature, temperatures ascending, problems in their order. */
export function listGridCounts(
  db: Database,
  { runId, step }: { readonly runId: string; readonly step: number },
): Map<number, Pick<GridRow, 'n' | 'c'>[]> {
  const rows = db
    .select()
    .from(temperatureGrid)
    .where(and(eq(temperatureGrid.runId, runId), eq(temperatureGrid.step, step)))
    .orderBy(asc(temperatureGrid.temperature), asc(temperatureGrid.problemIndex))
    .all();
  const byTemperature = new Map<number, Pick<GridRow, 'n' | 'c'>[]>();
  for (const { temperature, n, c } of rows)
    byTemperature.set(temperature, [...(byTemperature.get(temperature) ?? []), { n, c }]);
  return byTemperature;
}

/** The temperatures that were chosen for a run's final evaluations, by step. */
export function listChosenTemperatures(db: Database, runId: string): ChosenRow[] {
  return db
    .select()
    .from(chosenTemperatures)
    .where(eq(chosenTemperatures.runId, runId))
    .orderBy(asc(chosenTemperatures.step))
    .all();
}

/** One problem of the grid of a run of an experiment. */
interface GridCount extends Pick<GridRow, 'runId' | 'temperature' | 'n' | 'c'> {
  readonly problemKey: string;
  /** Whether the final evaluation has this temperature. */
  readonly isChosen: boolean;
}

/** The grids that an experiment's temperatures were chosen from, by run, temperature and problem. */
export function listTemperatureGrids(db: Database, experimentId: string): GridCount[] {
  const rows = db
    .select({
      runId: runs.id,
      temperature: temperatureGrid.temperature,
      problemKey: problems.key,
      n: temperatureGrid.n,
      c: temperatureGrid.c,
      chosen: chosenTemperatures.temperature,
    })
    .from(temperatureGrid)
    .innerJoin(runs, eq(recordedRunId, temperatureGrid.runId))
    .innerJoin(problems, eq(problems.id, temperatureGrid.problemId))
    .innerJoin(
      chosenTemperatures,
      and(
        eq(chosenTemperatures.runId, temperatureGrid.runId),
        eq(chosenTemperatures.step, temperatureGrid.step),
      ),
    )
    .where(eq(runs.experimentId, experimentId))
    .orderBy(asc(runs.id), asc(temperatureGrid.temperature), asc(temperatureGrid.problemIndex))
    .all();
  return rows.map(({ chosen, ...row }) => ({ ...row, isChosen: chosen === row.temperature }));
}
