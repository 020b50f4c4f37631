/*
 * What a declaration imports from the package:
 *   import { defineExperiment } from 'assay';
 *   export const experiment = defineExperiment({ … });
 */
export { defineExperiment, type ExperimentInput } from '../config/experiment.ts';
export { defineScheme, type Scheme, type SchemeInput } from '../config/scheme.ts';
export { defineClaim, type ClaimInput } from './claim.ts';
