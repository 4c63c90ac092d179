// Invariant: an offer that arrives while the window is not in front gets one notification, which answers that offer only, once
// and only while it waits; one that needs a look at its dialog has no buttons.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uiEn } from '../../main/messages/en/ui.ts'
import { OfferNotices, type Notice, type Pressed } from '../../main/desktop/window/offer-notices.ts'
import type { IncomingOffer } from '../../main/contract/transfer.ts'
import { OFFER } from '../cli/fake.ts'

function setUp(isInFront: () => boolean = () => false) {
  const shown: { readonly notice: Notice; readonly press: (what: Pressed) => void; closed: number }[] = []
  const log: string[] = []
  const notices = new OfferNotices({
    isInFront,
    notify: (notice, press) => {
      const one = { notice, press, closed: 0 }
      shown.push(one)
      return () => void (one.closed += 1)
    },
    answer: (offerId, accept) => log.push(`${offerId} ${accept}`),
    show: () => log.push('show'),
  })
  const update = (...offers: readonly IncomingOffer[]): void => notices.update(offers, uiEn, 'en')
  return { update, shown, log }
}

const named = (offerId: string, change: Partial<IncomingOffer> = {}): IncomingOffer => ({
  ...OFFER,
  offerId,
  ...change,
})

test('names the sender, the files and the folder, and each button answers its own offer', () => {
  const { update, shown, log } = setUp()
  update(named('a'))
  update(named('a'), named('b'))
  assert.equal(shown.length, 2)
  assert.deepEqual(shown[0]?.notice, {
    title: 'Laptop wants to send you something',
    body: '照片 · 5.00\u00a0GB → /home/me/in',
    buttons: ['Accept', 'Decline'],
  })
  shown[1]?.press(0)
  shown[0]?.press(1)
  shown[0]?.press('notice')
  assert.deepEqual(log, ['b true', 'a false', 'show'])
})

test('closes with its offer, and a press that comes later answers nothing', () => {
  const { update, shown, log } = setUp()
  update(named('a'))
  update()
  assert.equal(shown[0]?.closed, 1)
  shown[0]?.press(0)
  shown[0]?.press('notice')
  assert.deepEqual(log, [])
})

test('does not appear while the window is in front, also when the window goes to the back later', () => {
  let inFront = true
  const { update, shown } = setUp(() => inFront)
  update(named('a'))
  inFront = false
  update(named('a'))
  assert.equal(shown.length, 0)
  update(named('a'), named('b'))
  assert.equal(shown.length, 1)
})

test('a device that uses the name of a trusted one cannot be accepted from the notification, and marks are visible', () => {
  const { update, shown } = setUp()
  update(named('a', { title: 'invoice\u202efdp.exe', peer: { ...OFFER.peer, namesake: 'Office' } }))
  assert.deepEqual(shown[0]?.notice.buttons, [])
  assert.match(shown[0]?.notice.body ?? '', /This is not “Office”/u)
  assert.match(shown[0]?.notice.body ?? '', /invoice‹U\+202E›fdp\.exe/u)
})
