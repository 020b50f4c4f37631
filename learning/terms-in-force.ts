import type { OpenScheme } from '../schemes/open-scheme.ts';
import type { WeightedTerm } from './gradients/policy-loss.ts';

/** A part's name as metrics spell it, without the mark of a declaration's own parts. */
function toMetricWord(name: string): string {
  return name.replace(/@.*$/, '').replaceAll('-', '_');
}

/** The terms in force with their weights of this step; an adaptive one, of which there is one at most, is remembered. */
export function adaptTerms(
  { objective }: Pick<OpenScheme, 'objective'>,
  call: { readonly remembered: number | null; readonly entropy: number | null },
): {
  readonly terms: readonly WeightedTerm[];
  readonly next: number | null;
  readonly metrics: Record<string, number>;
} {
  let next: number | null = null;
  const metrics: Record<string, number> = {};
  const adapted = objective.map((term): WeightedTerm => {
    const found = term.part.adapt?.(term.options, { ...call, weight: term.weight });
    if (found === undefined) return term;
    next = found.next ?? next;
    const word = toMetricWord(term.part.name);
    metrics[`${word}/coefficient`] = found.weight;
    metrics[`${word}/acted`] = Number(found.weight !== 0);
    return { ...term, weight: found.weight };
  });
  return { terms: adapted.filter(({ weight }) => weight !== 0), next, metrics };
}

/** `loss/NAME` of each term that is no surrogate: its mean per token, before its weight. */
export function measureTerms(
  terms: readonly WeightedTerm[],
  { terms: sums, tokens }: { readonly terms: readonly number[]; readonly tokens: number },
): Record<string, number> {
  const plain = terms.filter(({ part }) => part.surrogate === undefined);
  return Object.fromEntries(
    plain.map(({ part }, at) => [`loss/${toMetricWord(part.name)}`, sums[at]! / Math.max(tokens, 1)]),
  );
}
