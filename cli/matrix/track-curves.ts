import type { Database } from '../../db/store/connection.ts';
import type { MatrixView } from '../../launch/follow-matrix.ts';
import type { CurveReader } from '../../reports/export/curve-points.ts';
import type { Trackio } from '../../reports/export/trackio/open-trackio.ts';
import { stderrTeller, type RunOptions } from './run-options.ts';

/** Logs learning curves beside the view of a matrix. */
export interface Tracking {
  /** The same view; whenever it shows a state, what was recorded since then is logged. */
  watch(view: MatrixView): MatrixView;
  /** Logs the rest and waits until it is written. */
  end(): Promise<void>;
}

const UNTRACKED: Tracking = { watch: (view) => view, end: () => Promise.resolve() };

/** A tracker that fails costs the matrix nothing: it is told once, and what is missing can be exported later. */
function trackWith(trackio: Trackio, readers: ReadonlyMap<string, CurveReader>): Tracking {
  let pending: Promise<void> | null = null;
  let hasFailed = false;
  const giveUp = (error: unknown): void => {
    if (!hasFailed) stderrTeller.line(`curves are no longer tracked: ${(error as Error).message}`);
    hasFailed = true;
  };
  const logNew = async (): Promise<void> => {
    for (const [project, read] of readers)
      for (const point of read()) await trackio.log([{ ...point, project }]);
  };
  const poll = (): void => {
    if (hasFailed) return;
    pending ??= logNew()
      .catch(giveUp)
      .finally(() => (pending = null));
  };
  const finish = async (): Promise<void> => {
    await pending;
    if (!hasFailed) await logNew();
    const added = await trackio.close();
    stderrTeller.line(`trackio: ${added} points added to ${[...readers.keys()].join(', ')}`);
  };
  return {
    watch: (view) => ({
      ...view,
      show: (state) => {
        view.show(state);
        poll();
      },
    }),
    end: () => finish().catch(giveUp),
  };
}

/**
 * Opens the tracker that the command names, before anything is computed.
 *
 * @throws {TrackerMissingError}
 */
export async function openTracking(
  db: Database,
  experiments: readonly { readonly id: string; readonly name: string }[],
  { track, python }: RunOptions,
): Promise<Tracking> {
  if (track === undefined) return UNTRACKED;
  const { openTrackio } = await import('../../reports/export/trackio/open-trackio.ts');
  const { createCurveReader } = await import('../../reports/export/curve-points.ts');
  const trackio = await openTrackio(python);
  stderrTeller.line(
    `curves: trackio ${trackio.version} in ${trackio.directory}; \`trackio show\` opens them`,
  );
  return trackWith(trackio, new Map(experiments.map(({ id, name }) => [name, createCurveReader(db, id)])));
}
