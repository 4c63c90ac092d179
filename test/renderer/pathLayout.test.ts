// Invariant: no box of the drawing is narrower than its label plus 24 px, overlaps another, or leaves the drawing, for every
// technique, both roles, both languages and every width.
import { PLAIN_STREAMS, SEALED_STREAMS } from '../../main/contract/report.ts'
import { expect, test } from 'vitest'
import { RECEIVE_TECHNIQUES, SEND_TECHNIQUES } from '../../main/contract/technique.ts'
import { uiEn } from '../../main/messages/en/ui.ts'
import { uiZh } from '../../main/messages/zh/ui.ts'
import { type BoxId, bytePath, type BytePath } from '../../renderer/features/transfers/path/bytePath.ts'
import { layOut, type PlacedBox, textWidth } from '../../renderer/features/transfers/path/pathLayout.ts'

function paths(): BytePath[] {
  const paths: BytePath[] = []
  for (const conveyance of [PLAIN_STREAMS, SEALED_STREAMS]) {
    for (const network of ['card', 'loopback'] as const) {
      const facts = { ...conveyance, network, copies: null }
      for (const technique of SEND_TECHNIQUES) paths.push(bytePath({ ...facts, technique, role: 'sender' }))
      for (const technique of RECEIVE_TECHNIQUES)
        paths.push(bytePath({ ...facts, technique, role: 'receiver' }))
    }
  }
  return paths
}

function overlap(a: PlacedBox, b: PlacedBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

test('boxes hold their labels, beside each other', () => {
  for (const words of [uiEn, uiZh]) {
    const box = (id: BoxId): string => words.path.boxes[id]
    for (const path of paths()) {
      for (const width of [430, 560, 632, 900]) {
        for (const down of [true, false]) {
          const { boxes, height } = layOut(path, width, { box }, down)
          for (const one of boxes) {
            expect(one.width).toBeGreaterThanOrEqual(textWidth(box(one.id)) + 24)
            expect(one.x).toBeGreaterThanOrEqual(0)
            expect(one.x + one.width).toBeLessThanOrEqual(width)
            expect(one.y + one.height).toBeLessThanOrEqual(height)
            for (const other of boxes) if (other !== one) expect(overlap(one, other)).toBe(false)
          }
        }
      }
    }
  }
})

test('every hop of the path is drawn', () => {
  for (const path of paths()) {
    const { arrows } = layOut(path, 632, { box: (id) => uiEn.path.boxes[id] }, true)
    expect(arrows).toHaveLength(path.arrows.length)
    for (const { d } of arrows) expect(d).not.toMatch(/NaN|undefined/)
  }
})

test('the receiving machine is the mirror image: its card lies where the sender’s does', () => {
  const box = (id: BoxId): string => uiEn.path.boxes[id]
  const sent = layOut(
    bytePath({ technique: 'sendfile', ...PLAIN_STREAMS, role: 'sender', network: null, copies: null }),
    632,
    { box },
    true,
  )
  const got = layOut(
    bytePath({ technique: 'splice', ...PLAIN_STREAMS, role: 'receiver', network: null, copies: null }),
    632,
    { box },
    false,
  )
  const card = ({ boxes }: typeof sent): number | undefined => boxes.find(({ id }) => id === 'card')?.x
  expect(card(got)).toBe(card(sent))
})
