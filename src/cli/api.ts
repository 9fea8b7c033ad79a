import { readEnvironment } from '../config/env.ts';
import { type ApiClient, createApiClient } from './api-client.ts';

/** The server that the environment names. */
export function openApi(): ApiClient {
  return createApiClient(readEnvironment());
}

/** A name as a part of a path. */
export function segment(name: unknown): string {
  return encodeURIComponent(String(name));
}
