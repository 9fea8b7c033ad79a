import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../lib/failure.ts';
import { problemOf } from './problem.ts';

test('a failure keeps its code, message and params', () => {
  const failure = new Failure('conflict', 'slug-taken', 'There is a profile with this slug.', { slug: 'wifi' });
  assert.deepEqual(problemOf(failure, 'r1'), {
    type: 'urn:scepward:problem:slug-taken',
    title: 'Conflict',
    status: 409,
    detail: 'There is a profile with this slug.',
    code: 'slug-taken',
    params: { slug: 'wifi' },
    requestId: 'r1',
  });
});

test('an unexpected error says nothing about itself', () => {
  const document = problemOf(new Error('password=hunter2'), 'r2');
  assert.equal(document.status, 500);
  assert.equal(document.code, 'internal');
  assert.ok(!JSON.stringify(document).includes('hunter2'));
});

test('a 4xx of the framework keeps its status', () => {
  const error = Object.assign(new Error('Request body is too large'), {
    statusCode: 413,
    code: 'FST_ERR_CTP_BODY_TOO_LARGE',
  });
  const document = problemOf(error, 'r3');
  assert.equal(document.status, 413);
  assert.equal(document.code, 'body-too-large');
  assert.match(problemOf(error, 'r3', 262144).detail, /larger than the 262144 bytes/);
});
