import { Transform } from 'node:stream';
import { Decompress } from 'fzstd';

/** Decompresses zstd; Node 20 has none of its own. */
export function createUnzstd(): Transform {
  let decompress: Decompress;
  return new Transform({
    construct(done) {
      decompress = new Decompress((bytes) => void this.push(Buffer.from(bytes)));
      done();
    },
    transform(bytes: Buffer, _, done) {
      try {
        decompress.push(bytes);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      try {
        decompress.push(new Uint8Array(0), true);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}
