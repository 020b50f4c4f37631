import { z } from 'zod';
import { layerHalves, singleLayers, type LayerGroup } from './layer-groups.ts';
import { WHOLE_RUN, type Probe, type ProbeScore } from './probe.ts';

const optionsSchema = z.strictObject({});

type Parameters = ReadonlyMap<string, Float32Array>;

/** Σ (after − before)² and Σ before² over the parameters that `has` takes. */
function sumSquares(
  before: Parameters,
  after: Parameters,
  has: (parameter: string) => boolean,
): { readonly change: number; readonly size: number } {
  let change = 0;
  let size = 0;
  for (const [name, values] of before) {
    if (!has(name)) continue;
    const changed = after.get(name)!;
    values.forEach((value, i) => {
      change += (changed[i]! - value) ** 2;
      size += value ** 2;
    });
  }
  return { change, size };
}

/**
 * ‖after − before‖ / ‖before‖ in the Frobenius norm over the parameters that `has` takes together; null where `before` is
 * all zeros.
 */
export function relativeChange(
  before: Parameters,
  after: Parameters,
  has: (parameter: string) => boolean,
): number | null {
  const { change, size } = sumSquares(before, after, has);
  return size === 0 ? null : Math.sqrt(change / size);
}

/** The upper half's share of the squared change of both halves; null where nothing changed. */
export function upperShare(before: Parameters, after: Parameters, layers: number): number | null {
  const { lower, upper } = layerHalves(layers);
  const [below, above] = [lower, upper].map(({ has }) => sumSquares(before, after, has).change) as [
    number,
    number,
  ];
  return below + above === 0 ? null : above / (below + above);
}

const OUTSIDE_LAYERS = ['embedding', 'norm', 'head'];

function groupsOf(layers: number): LayerGroup[] {
  const outside = OUTSIDE_LAYERS.map((name) => ({ name, has: (parameter: string) => parameter === name }));
  return [...singleLayers(layers), ...outside];
}

function runScore(metric: string, value: number): ProbeScore {
  return { metric, split: '', problemIndex: WHOLE_RUN, value };
}

/**
 * Which layers training changed: the Frobenius norm of each layer's change relative to its norm in the base model, for the
 * embedding, the final norm and the head (unless tied) too, and the upper half's share of the squared change.
 */
export const layerChange: Probe<z.infer<typeof optionsSchema>> = {
  name: 'layer-change',
  source: 'arXiv 2507.18178',
  optionsSchema,
  metrics: (_options, { layers }) =>
    [...groupsOf(layers).map(({ name }) => `change_${name}`), 'upper_half_share'].map((name) => ({
      name,
      splits: [''],
      isPerProblem: false,
    })),
  run: ({ policy, base, layers }) => {
    const [before, after] = [base.parameters(), policy.parameters()];
    const scores: ProbeScore[] = groupsOf(layers).flatMap(({ name, has }) => {
      const value = relativeChange(before, after, has);
      return value === null ? [] : [runScore(`change_${name}`, value)];
    });
    const share = upperShare(before, after, layers);
    return Promise.resolve(share === null ? scores : [...scores, runScore('upper_half_share', share)]);
  },
};
