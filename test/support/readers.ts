// Who reads which sentences, and what they must not contain for that reader.
import { ERROR_CODES, type ErrorCode } from '../../main/contract/errors.ts'
import type { Reader, ReadTransfer } from '../../main/messages/index.ts'

const peer = { alias: 'Edit bay' }
export const TRANSFERS: Readonly<Record<Reader, ReadTransfer>> = {
  sender: { role: 'sender', carrier: 'engine', peer },
  receiver: { role: 'receiver', carrier: 'engine', peer },
  copier: { role: 'sender', carrier: 'local', peer: { alias: '/copies' } },
}
export const READERS = ['sender', 'receiver', 'copier'] as const

/** Codes of commands that have no transfer yet. */
const OF_COMMANDS: readonly ErrorCode[] = [
  ...(['usage', 'no-such-path', 'folder-into-itself', 'file-onto-itself', 'not-trusted'] as const),
  ...(['port-in-use', 'state-in-use', 'state-unreadable', 'receiver-ended'] as const),
  ...ERROR_CODES.filter((code) => code.startsWith('pairing-')),
]
/** Codes with which a transfer ends at its sender alone, or that list what it does not send. */
const OF_SENDERS: readonly ErrorCode[] = [
  ...(['peer-not-found', 'peer-ambiguous', 'peer-unreachable', 'peer-identity-mismatch'] as const),
  ...(['device-changed', 'not-a-peer', 'not-encrypted', 'pin-needed', 'pin-wrong'] as const),
  ...(['pin-needs-encryption', 'too-many-attempts', 'nothing-to-send', 'cancel-unconfirmed'] as const),
  ...(['name-not-utf8', 'not-regular', 'files-only', 'size-unknown'] as const),
]
/** Codes that need another device. */
const OF_NETWORK: readonly ErrorCode[] = [
  ...([
    'refused',
    'refused-unattended',
    'nothing-selected',
    'busy',
    'cancelled-by-peer',
    'peer-gone',
  ] as const),
  ...(['peer-failed', 'timed-out', 'protocol', 'version-unsupported', 'offer-too-large'] as const),
]
/** What a copy on this machine shares with a sender. */
const OF_SOURCES: readonly ErrorCode[] = ['nothing-to-send', 'name-not-utf8', 'not-regular', 'size-unknown']

/** The codes whose sentences this reader can see. */
export function codesOf(reader: Reader): readonly ErrorCode[] {
  const without: Readonly<Record<Reader, readonly ErrorCode[]>> = {
    sender: OF_COMMANDS,
    receiver: [...OF_COMMANDS, ...OF_SENDERS],
    copier: [...OF_COMMANDS, ...OF_NETWORK, ...OF_SENDERS.filter((code) => !OF_SOURCES.includes(code))],
  }
  return ERROR_CODES.filter((code) => !without[reader].includes(code))
}

/** What a sentence for this reader does not contain, in the command line and in the window. */
export const WRONG: Readonly<Record<Reader, readonly RegExp[]>> = {
  sender: [
    /ask the sender|the sender|\bYou declined|files? (?:is |are )?here|--on-conflict/iu,
    /让对方(?:检查|缩短|改名|重新发送)|发送方|--on-conflict/u,
  ],
  receiver: [
    // "Ask the sender to send it again", in any form.
    /recipient|the receiver|(?<!sender to .*)\bsend (?:it |them )?again|space there|--(?!on-conflict)/iu,
    /接收方|在对方(?:腾出|选择)|(?<!让(?:对方|其).*)重新发送|--(?!on-conflict)/u,
  ],
  copier: [
    /recipient|receive|sender|\bsen[dt]\b|the other device|network|cable|there\b(?! is)/iu,
    /对方|接收|发送|网络|网线/u,
  ],
}
