import { Notification } from 'electron'
import type { Notify } from './offer-notices.ts'

/** The notifications of the system. On Linux Electron passes no buttons on: a press opens the window. */
export const notify: Notify = ({ title, body, buttons }, pressed) => {
  if (!Notification.isSupported()) return () => undefined
  const notification = new Notification({
    title,
    body,
    actions: buttons.map((text) => ({ type: 'button', text })),
  })
  notification.on('action', (_event, index) => {
    pressed(index)
  })
  notification.on('click', () => {
    pressed('notice')
  })
  notification.show()
  return () => {
    notification.close()
  }
}
