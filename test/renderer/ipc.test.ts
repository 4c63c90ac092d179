// Invariant: every message between the window and the main process is checked; one of another form does not pass.
import { expect, test } from 'vitest'
import { batchSchema, CHANNELS, REQUEST_NAMES, REQUESTS, snapshotSchema } from '../../main/contract/ipc.ts'
import { sendRule } from '../support/copy-rules.ts'
import { doneSnapshot, manyStates, whole } from './fixtures.ts'

test('every request of the map is listed', () => {
  expect([...REQUEST_NAMES].sort()).toEqual(Object.keys(REQUESTS).sort())
})

test('views of every state pass', () => {
  for (const one of manyStates()) expect(snapshotSchema.parse(one)).toEqual(one)
  expect(batchSchema.parse({ transfers: manyStates() }).transfers).toHaveLength(6)
  expect(CHANNELS.open.answer.parse(whole()).devices).toHaveLength(3)
})

test('a report with a figure that is none does not pass', () => {
  const done = doneSnapshot()
  const wrong = {
    ...done.view,
    copies: { cpu: -1, dma: 0, cipherPasses: 0, rule: sendRule('sendfile-gather') },
  }
  expect(snapshotSchema.safeParse({ ...done, view: wrong }).success).toBe(false)
  expect(snapshotSchema.safeParse({ ...done, view: { ...done.view, bytes: Number.NaN } }).success).toBe(false)
})

test('requests with wrong values are refused', () => {
  const good = {
    paths: ['/a'],
    to: 'aa',
    security: 'clear',
    technique: 'auto',
    dontcache: true,
    bufferBytes: 65_536,
    pin: null,
    otherDevice: false,
  }
  const { request } = CHANNELS.send
  expect(request.safeParse(good).success).toBe(true)
  for (const wrong of [
    { ...good, paths: [] },
    { ...good, to: '' },
    { ...good, security: 'plain' },
    { ...good, technique: 'carrier-pigeon' },
    { ...good, bufferBytes: 1 },
    { ...good, pin: '' },
    null,
  ]) {
    expect(request.safeParse(wrong).success).toBe(false)
  }
  expect(CHANNELS.changeSettings.request.safeParse({ theme: 'purple' }).success).toBe(false)
})
