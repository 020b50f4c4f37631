import { z } from 'zod';
import type { Part } from '../../config/part.ts';

/** How checks vary the options of a part. */

/** What an option is tried with, `PART.OPTION` → values beside its default, and options under which it has something to act on. */
export type OptionTable = Readonly<
  Record<string, { readonly values?: readonly unknown[]; readonly under?: object }>
>;

interface Variation {
  readonly option: string;
  /** Complete options, each with another value of it. @throws RangeError when the table has to name one */
  readonly list: () => readonly object[];
}

interface OptionSchema {
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly default?: unknown;
  readonly description?: string;
}

/** Options by name, as JSON schema. */
export function describeOptions(part: Part<object>): Readonly<Record<string, OptionSchema>> {
  const { properties = {} } = z.toJSONSchema(part.optionsSchema, { io: 'input' });
  return properties as Record<string, OptionSchema>;
}

/** Enumerations and switches are taken through all values, others through their default and what the table names. */
export function varyOptions(part: Part<object>, table: OptionTable = {}): readonly Variation[] {
  return Object.entries(describeOptions(part)).map(([option, schema]) => {
    const key = `${part.name}.${option}`;
    const { values: others = [], under = {} } = table[key] ?? {};
    const list = (): readonly object[] => {
      const listed = schema.enum ?? (schema.type === 'boolean' ? [true, false] : [schema.default, ...others]);
      const values = [...new Set(listed)];
      if (values.length < 2) throw new RangeError(`give ${key} another value in the table of this test`);
      return values.map((value) => part.optionsSchema.parse({ ...under, [option]: value }));
    };
    return { option, list };
  });
}

/** Default options, and every variation of them. */
export function listSettings(part: Part<object>, table: OptionTable = {}): readonly object[] {
  return [part.optionsSchema.parse({}), ...varyOptions(part, table).flatMap(({ list }) => list())];
}

/** Values beside the default that a number may take, as far as its schema allows them. */
function guessValues(part: Part<object>, option: string, { type, default: given }: OptionSchema): unknown[] {
  if ((type !== 'number' && type !== 'integer') || typeof given !== 'number') return [];
  return [given / 2, given * 2, given + 1].filter(
    (value) => part.optionsSchema.safeParse({ [option]: value }).success,
  );
}

/** As `listSettings`, with values that are guessed; an option for which none can be keeps its default. */
export function trySettings(part: Part<object>): readonly object[] {
  const table = Object.fromEntries(
    Object.entries(describeOptions(part)).map(([option, schema]) => [
      `${part.name}.${option}`,
      { values: guessValues(part, option, schema) },
    ]),
  );
  const varied = varyOptions(part, table).flatMap(({ option, list }) => {
    const { enum: listed, type } = describeOptions(part)[option]!;
    const isVaried =
      listed !== undefined || type === 'boolean' || table[`${part.name}.${option}`]!.values.length > 0;
    return isVaried ? list() : [];
  });
  return [part.optionsSchema.parse({}), ...varied];
}
