import { readFileSync } from 'node:fs';
import {
  connect,
  constants,
  createSecureServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Certificates } from './certificates.ts';

/** A TLS endpoint before a Temporal server that has none; it asks every caller for a certificate and every call for the key. */
export interface SecureProxy {
  /** host:port */
  readonly address: string;
  /** `TEMPORAL_*` variables of a caller that is let through, and of no configuration file. */
  readonly environment: NodeJS.ProcessEnv;
  /** gRPC calls let through, by program (`user-agent` up to the first slash or space). */
  readonly calls: ReadonlyMap<string, number>;
  /** Calls refused for their key. */
  refused(): number;
  close(): void;
}

const GRPC_UNAUTHENTICATED = '16';

function refuse(stream: ServerHttp2Stream): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': GRPC_UNAUTHENTICATED,
      'grpc-message': 'wrong API key',
    },
    { endStream: true },
  );
}

function forward(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  upstream: ClientHttp2Session,
): void {
  const request = upstream.request({ ...headers, ':scheme': 'http' });
  let trailers: IncomingHttpHeaders = {};
  request.on('trailers', (received) => (trailers = received));
  request.on('response', (response, flags) => {
    if (stream.destroyed) return;
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(response, { endStream, waitForTrailers: !endStream });
    if (!endStream) request.pipe(stream);
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  request.on('error', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.on('error', () => request.close(constants.NGHTTP2_CANCEL));
  stream.on('close', () => request.close(constants.NGHTTP2_CANCEL));
  stream.pipe(request);
}

/** Listens with `certificates` before the plain server at `upstream` (host:port) and lets calls with `apiKey` through. */
export async function startSecureProxy(settings: {
  readonly certificates: Certificates;
  readonly upstream: string;
  readonly apiKey: string;
}): Promise<SecureProxy> {
  const { certificates, apiKey } = settings;
  const calls = new Map<string, number>();
  let refused = 0;
  const sessions = new Set<{ destroy(): void }>();
  const server = createSecureServer({
    cert: readFileSync(certificates.server.certificate),
    key: readFileSync(certificates.server.key),
    ca: readFileSync(certificates.authority),
    requestCert: true,
    rejectUnauthorized: true,
  });
  server.on('sessionError', () => undefined);
  server.on('session', (session) => {
    const upstream = connect(`http://${settings.upstream}`);
    upstream.on('error', () => session.destroy());
    for (const side of [session, upstream]) sessions.add(side);
    session.on('close', () => upstream.close());
    session.on('stream', (stream, headers) => {
      if (headers.authorization !== `Bearer ${apiKey}`) {
        refused += 1;
        refuse(stream);
        return;
      }
      const program = String(headers['user-agent']).split(/[/ ]/)[0]!;
      calls.set(program, (calls.get(program) ?? 0) + 1);
      forward(stream, headers, upstream);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    environment: {
      TEMPORAL_CONFIG_FILE: '',
      TEMPORAL_ADDRESS: address,
      TEMPORAL_API_KEY: apiKey,
      TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.authority,
      TEMPORAL_TLS_CLIENT_CERT_PATH: certificates.client.certificate,
      TEMPORAL_TLS_CLIENT_KEY_PATH: certificates.client.key,
    },
    calls,
    refused: () => refused,
    close: () => {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
}
