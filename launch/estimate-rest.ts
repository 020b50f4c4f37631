import { kinds, mapWork, NO_WORK, sumWork, type Work, type WorkState } from './work-left.ts';

/**
 * What a text of each kind costs beside one document of pretraining, before any of its kind was seen: of a quickstart on two cores
 * (docs/reliability.md). Only until then: what a matrix itself took replaces it.
 */
const FIRST_COSTS: Work = { documents: 1, rollouts: 2.8, completions: 0.4 };

/** Texts of a kind after which its own cost weighs as much as what was expected of it. */
const TRUSTED_TEXTS = 256;

/** Of all texts of a kind: after so many more, what was seen before them weighs half. The first ones take longer, while workers warm up. */
const HALVING_SHARE = 0.2;

/** Less than this share of all work tells nothing yet. */
const FIRST_SHARE = 0.02;

/** How fast a matrix got on since it is watched. */
export interface Pace {
  /** When the last progress was seen. */
  readonly atMs: number;
  readonly done: Work;
  /** Workers that had something to do since then. */
  readonly busy: number;
  /** Runs had got on before it was watched, and none has since. */
  readonly isResumed: boolean;
  /** Texts by kind since it is watched. */
  readonly total: Work;
  /** Worker-milliseconds by kind, later ones weighing more. */
  readonly spent: Work;
  /** Texts by kind, in the same weights. */
  readonly seen: Work;
}

/** What one text of each kind takes a worker, in ms; before the first progress in units of FIRST_COSTS. */
function costsOf({ spent, seen }: Pick<Pace, 'spent' | 'seen'>): Work {
  const expected = sumWork(seen, FIRST_COSTS);
  const scale = expected === 0 ? 1 : kinds.reduce((sum, kind) => sum + spent[kind], 0) / expected;
  return mapWork(
    (kind) => (spent[kind] + FIRST_COSTS[kind] * scale * TRUSTED_TEXTS) / (seen[kind] + TRUSTED_TEXTS),
  );
}

/**
 * The pace after one more look; null until something has begun, so that the start of workers does not count as work; nor does the
 * time until a resumed matrix gets on, whose runs are under way from the first look. Time in which several kinds got on is shared among them as their costs so far say.
 */
export function updatePace(pace: Pace | null, state: WorkState, atMs: number): Pace | null {
  if (pace === null) {
    if (state.busy === 0) return null;
    const isResumed = state.done.rollouts + state.done.completions > 0;
    const { done, busy } = state;
    return { atMs, done, busy, isResumed, total: NO_WORK, spent: NO_WORK, seen: NO_WORK };
  }
  const gained = mapWork((kind) => Math.max(0, state.done[kind] - pace.done[kind]));
  const costs = costsOf(pace);
  const expected = sumWork(gained, costs);
  if (expected === 0) return { ...pace, busy: Math.max(pace.busy, state.busy) };
  if (pace.isResumed) return { ...pace, atMs, done: state.done, busy: state.busy, isResumed: false };
  const factor = ((atMs - pace.atMs) * Math.max(1, pace.busy)) / expected;
  const kept = mapWork((kind) => {
    const all = state.done[kind] + state.left[kind];
    return all === 0 ? 1 : 0.5 ** (gained[kind] / (HALVING_SHARE * all));
  });
  return {
    atMs,
    done: state.done,
    busy: state.busy,
    isResumed: false,
    total: mapWork((kind) => pace.total[kind] + gained[kind]),
    spent: mapWork((kind) => pace.spent[kind] * kept[kind] + gained[kind] * costs[kind] * factor),
    seen: mapWork((kind) => pace.seen[kind] * kept[kind] + gained[kind]),
  };
}

/** How far a matrix is and how long it will still take. */
export interface Outlook {
  /** Of all its work, by time. */
  readonly doneShare: number;
  /** Null: too little was seen. */
  readonly restMs: number | null;
}

/**
 * Base models first, since runs wait for theirs; then the runs, shared among the workers, but no sooner than the longest of them.
 */
export function estimateRest(
  pace: Pace | null,
  state: WorkState,
  now: { readonly atMs: number; readonly trainWorkers: number },
): Outlook {
  const costs = costsOf(pace ?? { spent: NO_WORK, seen: NO_WORK });
  const [done, left] = [sumWork(state.done, costs), sumWork(state.left, costs)];
  const doneShare = done + left === 0 ? 1 : done / (done + left);
  const seen = pace === null ? 0 : sumWork(pace.total, costs);
  if (pace === null || seen < FIRST_SHARE * (seen + left)) return { doneShare, restMs: null };
  const basesMs =
    (state.left.documents * costs.documents) / Math.max(1, Math.min(now.trainWorkers, state.bases));
  const runs = { ...state.left, documents: 0 };
  const runsMs = Math.max(sumWork(runs, costs) / now.trainWorkers, sumWork(state.longestRun, costs));
  return { doneShare, restMs: Math.max(0, basesMs + runsMs - (now.atMs - pace.atMs)) };
}
