/** The few functions used of jstat, which ships no types of its own. */
declare module 'jstat' {
  interface ContinuousDistribution {
    cdf(x: number, a: number, b: number): number;
    inv(probability: number, a: number, b: number): number;
  }
  interface DistributionByFreedom {
    cdf(x: number, degreesOfFreedom: number): number;
    inv(probability: number, degreesOfFreedom: number): number;
  }
  const library: {
    jStat: {
      normal: ContinuousDistribution;
      beta: ContinuousDistribution;
      studentt: DistributionByFreedom;
      chisquare: DistributionByFreedom;
    };
  };
  // jstat is CommonJS whose exports Node cannot name, so its default is the only way in.
  // eslint-disable-next-line import-x/no-default-export
  export default library;
}
