/*
 * What a declaration imports from the package:
 *   import { defineExperiment } from 'assay';
 *   export const experiment = defineExperiment({ … });
 */
export { defineExperiment, type ExperimentInput } from '../spec/experiment.ts';
export { defineScheme, type Scheme, type SchemeInput } from '../spec/scheme.ts';
export { defineClaim, type ClaimInput } from './claim.ts';
