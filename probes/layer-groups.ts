/** A part of the network by the end of its metrics' names, with its parameters' names told by a test. */
export interface LayerGroup {
  readonly name: string;
  has(parameter: string): boolean;
}

function layerGroup(name: string, layers: readonly number[]): LayerGroup {
  const prefixes = layers.map((layer) => `layers.${layer}.`);
  return { name, has: (parameter) => prefixes.some((prefix) => parameter.startsWith(prefix)) };
}

/** One group per layer: `layer_0`, `layer_1`, … */
export function singleLayers(count: number): LayerGroup[] {
  return Array.from({ length: count }, (_, layer) => layerGroup(`layer_${layer}`, [layer]));
}

/** The first and the last ⌊L/2⌋ layers (of one layer: that one), so that both halves are of one size. */
export function layerHalves(count: number): { readonly lower: LayerGroup; readonly upper: LayerGroup } {
  const size = Math.max(1, Math.floor(count / 2));
  const from = (first: number): number[] => Array.from({ length: size }, (_, i) => first + i);
  return { lower: layerGroup('lower', from(0)), upper: layerGroup('upper', from(count - size)) };
}
