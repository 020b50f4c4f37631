import type { z } from 'zod';
import type { baseRecipeSchema } from '../../config/base-recipe.ts';
import type { CardGate } from '../../config/card-gate.ts';
import type { Settings } from '../../config/merge.ts';

/** A named base model: the recipe and the task it is made for. What neither states takes its default. */
export interface DeclaredBase {
  /** What experiments and commands call it. */
  readonly name: string;
  /** What it is for, one sentence. */
  readonly purpose: string;
  readonly task: Settings & { readonly family: string };
  readonly recipe: Omit<z.input<typeof baseRecipeSchema>, 'name' | 'seed'>;
  /** What its card must show before a claim may use it; absent: nothing was fixed beforehand. */
  readonly gates?: readonly CardGate[];
}
