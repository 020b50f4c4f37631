import { answerMetrics } from './rewards/measure-answers.ts';
import { z } from 'zod';
import type { Need, Part, Sight, StepMetric } from '../config/part.ts';
import type { Scheme } from '../config/scheme.ts';
import { rolloutMetrics } from '../rollouts/measure-rollouts.ts';
import { schemes } from './named/index.ts';
import { families, listEntries, type Entry } from './open-scheme.ts';
import { judgementMetrics } from './judges/measure-judgements.ts';
import { settleScheme } from './settle-scheme.ts';
import { signals } from './signals/index.ts';
import { updateMetrics } from './update-metrics.ts';

export interface PartOption {
  readonly name: string;
  readonly default: unknown;
  readonly description: string;
}

/** A part as its declaration tells it; needs and sight are those under its default options. */
export interface PartDescription {
  /** e.g. `credit rule` */
  readonly kind: string;
  /** The key of a scheme that lists such parts; null for signals, which options name. */
  readonly list: keyof typeof families | null;
  readonly name: string;
  readonly description: string;
  readonly source: string | null;
  readonly needs: readonly Need[];
  readonly sees: Sight;
  readonly options: readonly PartOption[];
  readonly metrics: readonly StepMetric[];
}

function describeOptions({ optionsSchema }: Part<object>): PartOption[] {
  const { properties = {} } = z.toJSONSchema(optionsSchema, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => {
    const { default: value = null, description = '' } = schema as z.core.JSONSchema.BaseSchema;
    return { name, default: value, description };
  });
}

function describePart(
  part: Part<object>,
  { kind, list }: Pick<PartDescription, 'kind' | 'list'>,
): PartDescription {
  const options = part.optionsSchema.parse({});
  return {
    kind,
    list,
    name: part.name,
    description: part.description,
    source: part.source ?? null,
    needs: part.needs?.(options) ?? [],
    sees: part.sees?.(options) ?? 'nothing',
    options: describeOptions(part),
    metrics: part.metrics ?? [],
  };
}

/** Every part of the program, family by family in the order in which a scheme lists them, then the signals. */
export function describeParts(): PartDescription[] {
  const listed = (Object.keys(families) as (keyof typeof families)[]).flatMap((list) => {
    const { kind, parts } = families[list];
    return parts.map((part) => describePart(part, { kind, list }));
  });
  return [...listed, ...signals.parts.map((part) => describePart(part, { kind: signals.kind, list: null }))];
}

/** A metric that steps record, and what records it. */
export interface MetricDescription extends StepMetric {
  /** Every step, or those under a scheme with this part. */
  readonly recordedBy: string;
}

/** Every step metric, `format/NAME` left out. */
export function describeMetrics(): MetricDescription[] {
  const ofAll = (metrics: readonly StepMetric[], recordedBy: string): MetricDescription[] =>
    metrics.map((metric) => ({ ...metric, recordedBy }));
  const parts = describeParts().flatMap(({ kind, name, metrics }) => ofAll(metrics, `${kind} ${name}`));
  const byName = new Map<string, MetricDescription>();
  for (const metric of [
    ...ofAll(rolloutMetrics, 'every step'),
    ...ofAll(judgementMetrics, 'any judge'),
    ...ofAll(answerMetrics, 'any asked reward'),
    ...ofAll(updateMetrics, 'every update'),
    ...parts,
  ]) {
    const known = byName.get(metric.name);
    const recordedBy = known === undefined ? metric.recordedBy : `${known.recordedBy}, ${metric.recordedBy}`;
    byName.set(metric.name, { ...metric, recordedBy });
  }
  return [...byName.values()];
}

/** A named scheme as its lists stand, each part with the options that are not its defaults. */
export interface SchemeDescription {
  readonly scheme: Scheme;
  readonly lists: Readonly<Record<keyof typeof families, string>>;
}

function writeEntry(list: keyof typeof families, { name, options, weight = 1 }: Entry): string {
  const defaults = families[list].open(name).options;
  const changed = Object.entries(options as object).filter(
    ([option, value]) => JSON.stringify(value) !== JSON.stringify(defaults[option]),
  );
  const settings = changed.map(([option, value]) => `${option} ${JSON.stringify(value)}`).join(', ');
  return `${weight === 1 ? '' : `${weight} · `}${name}${settings === '' ? '' : ` (${settings})`}`;
}

export function describeSchemes(): SchemeDescription[] {
  return schemes.map((named) => {
    const { scheme } = settleScheme(named);
    const lists = (Object.keys(families) as (keyof typeof families)[]).map((list) => [
      list,
      listEntries(scheme, list)
        .map((entry) => writeEntry(list, entry))
        .join(', '),
    ]);
    return { scheme, lists: Object.fromEntries(lists) as SchemeDescription['lists'] };
  });
}
