import { z } from 'zod';

/** The option of surrogates that weigh tokens by an importance ratio. */
export const ratioLevel = z
  .enum(['token', 'sequence'])
  .default('token')
  .describe('Importance ratio per token or sequence (GSPO).');
