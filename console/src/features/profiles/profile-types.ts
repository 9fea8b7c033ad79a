import type { Answer } from '../../api/call.ts';

export type Profile = Answer<'GET /api/v1/profiles/{profile}'>;
export type Platform = Profile['platform'];
