import type { Translated } from '../catalogue.ts'
import { compareEn } from './ui/compare.ts'
import { devicesEn } from './ui/devices.ts'
import { transfersEn } from './ui/transfers.ts'
import { pathEn } from './ui/path.ts'
import { sendEn } from './ui/send.ts'
import { settingsEn } from './ui/settings.ts'

/** English text of the window. format.ts describes the placeholders. */
export const uiEn = {
  app: 'Penstock',
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  views: { label: 'View', transfers: 'Transfers', compare: 'Compare' },
  ...compareEn,
  ...devicesEn,
  ...transfersEn,
  ...pathEn,
  ...sendEn,
  pairing: {
    title: 'Pair with {peer}',
    request: '{peer} wants to pair with this device. Open the request if you started it there.',
    open: 'Show the digits',
    preparing: 'Waiting for {peer} …',
    waiting: 'Open the request on {peer}. Both screens then show six digits.',
    compare: 'Does {peer} show the same digits?',
    digits: 'Digits',
    same: 'They are the same',
    differ: 'They differ',
    theirs: 'Now confirm on {peer}.',
    paired: '{peer} is trusted. Settings shows what it may do.',
    details: 'Details',
    address: 'Address: {host}',
  },
  trust: {
    title: 'Trusted devices',
    empty: 'None yet. Pair with a device: both screens show six digits that you compare.',
    alwaysAccept: 'Always accept',
    asks: 'Asks each time',
    name: 'Name on this device',
    mayClear: 'May send unencrypted',
    mayClearText: 'Others on the network can read and change what it sends unencrypted.',
    since: 'Trusted since {date}',
    forget: 'Forget',
    forgetSure: 'Forget it',
    forgetText: '{name} is then a stranger: it is asked about, and its name is free for others.',
    pairWith: 'A Penstock nearby',
    pair: 'Pair…',
    nobodyNearby: 'A Penstock that is not trusted yet and is open nearby can be paired here.',
    trusted: 'Trusted: recognised by its key.',
    notTrusted: 'Not trusted yet.',
    notTrustedLocalSend: 'Not trusted yet. Tick “Trust this device” when it sends you something.',
    unproved: 'It cannot be trusted, because it does not encrypt. An update of its program helps.',
    otherDevice: 'This is another device, not “{name}”',
  },
  ...settingsEn,
  notices: { label: 'Messages', sentTo: 'Offered “{title}” to {peer}.', dismiss: 'Dismiss' },
  /** The window's next step for errors whose usual one names a command or an option. */
  nextSteps: {
    'peer-not-found': 'Start Penstock or LocalSend on it, or use “By address”.',
    'peer-ambiguous': 'Choose it in the list of devices.',
    'device-changed':
      'If the trusted device was replaced or set up again, remove it in Settings, and pair again.',
    'refused-unattended': 'Ask the recipient to accept, and send it again.',
    'pin-needed': 'Send it again and enter the receiver’s PIN.',
    'not-encrypted':
      'Turn on encryption in that device’s settings, or choose “Not encrypted” for this transfer.',
    'technique-unavailable': 'Choose another technique, or Automatic.',
    'port-in-use': 'Close the other program that uses this port, then start Penstock again.',
    'state-in-use': 'Another Penstock or “penstock receive” is running. Close it, then start this one again.',
    'state-unreadable': 'Move the file away and start Penstock again.',
    usage: 'Check what you entered.',
  },
  nextStepsReceiving: {
    'name-taken': 'Rename the one that is here, and ask the sender to send it again.',
  },
  nextStepsCopying: { 'name-taken': 'Rename one of them, or choose another folder.' },
} as const

export type UiWords = Translated<typeof uiEn>
