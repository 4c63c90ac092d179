import type { ErrorCode } from '../contract/errors.ts'

/** What happened, and what to do next. Optional parts in brackets are left out where a value is not known. */
export interface ErrorText {
  readonly say: string
  readonly next: string
}

export const errorsEn = {
  usage: {
    say: 'This was not understood[: {detail}].',
    next: 'Run “penstock help” to see what is possible.',
  },
  'no-such-path': {
    say: 'There is nothing to send at this path[: {path}].',
    next: 'Check the spelling of the path.',
  },
  'not-readable': {
    say: 'This cannot be read[: {path}][ ({errno})].',
    next: 'Check that you may open it, then send it again.',
  },
  'nothing-to-send': { say: 'There is nothing to send.', next: 'Choose at least one file or folder.' },
  'folder-into-itself': {
    say: 'A folder cannot be copied into itself[: {path}].',
    next: 'Choose a folder outside of it.',
  },
  'file-onto-itself': {
    say: 'It is in that folder already[: {path}].',
    next: 'Choose another folder.',
  },
  'peer-not-found': {
    say: 'No device[ named “{to}”] was found on this network.',
    next: 'Start Penstock or LocalSend there, or give its address as HOST:PORT.',
  },
  'peer-ambiguous': {
    say: 'Several devices[ are called “{to}”][: {fingerprints}].',
    next: 'Choose one by its fingerprint or its address.',
  },
  'peer-unreachable': {
    say: 'The device[ at {host}][, port {port},] does not answer[ ({errno})].',
    next: 'Check that it is on, on the same network, and that its firewall lets this port through.',
  },
  'peer-identity-mismatch': {
    say: 'The device[ at {host}] showed another certificate than the one it announced, so nothing was sent.',
    next: 'Search for devices again. If it happens again, another device may be posing as this one.',
  },
  'not-a-peer': {
    say: 'What answers[ at {host}][, port {port},] is neither Penstock nor LocalSend.',
    next: 'Check the address and the port.',
  },
  refused: {
    say: 'The transfer was not accepted[ by {peer}].',
    next: 'Ask the person there, and send again.',
  },
  'refused-unattended': {
    say: 'The receiver is unattended and does not always accept this device.',
    next: 'Run the receiver on a terminal and answer a once, or start it with --accept all.',
  },
  'nothing-selected': {
    say: 'The other device took none of the files.',
    next: 'Send again, and select the files there before you accept.',
  },
  'pin-needed': {
    say: 'The receiver asks for a PIN.',
    next: 'Send again with --pin and enter the PIN that is set there.',
  },
  'pin-wrong': { say: 'The PIN is not right.', next: 'Look at the PIN on the receiver and send again.' },
  'pin-needs-encryption': {
    say: 'This device is reached without encryption, and a PIN is never sent that way.',
    next: 'Turn encryption on in the settings of that device, or turn its PIN off, and send again.',
  },
  busy: { say: 'The receiver is busy with another transfer.', next: 'Send again when that one has ended.' },
  'too-many-attempts': {
    say: 'The receiver has stopped listening to us after too many attempts.',
    next: 'Wait a few minutes and send again.',
  },
  'not-encrypted': {
    say: 'This device is reached without encryption, so nothing was sent.',
    next: 'Turn encryption on in the settings of that device, or add --clear to send unencrypted.',
  },
  'cancelled-here': {
    say: 'The transfer was cancelled on this side.',
    next: 'Send it again when you like. Files that were not complete have been removed.',
  },
  'cancelled-by-peer': { say: 'The other side cancelled the transfer.', next: 'Ask there, and send again.' },
  'cancel-unconfirmed': {
    say: 'The transfer was cancelled after everything was sent, and the receiver did not confirm that.',
    next: 'Look at the receiver: the files may be there.',
  },
  'peer-gone': {
    say: 'The connection to the other side broke off.',
    next: 'Check the network on both sides and send again.',
  },
  'peer-failed': {
    say: 'The other device reported an error[ (status {status})].',
    next: 'Look at that device for the reason, and send again.',
  },
  'timed-out': {
    say: 'The other side did not answer[ within {seconds:seconds}].',
    next: 'Check the network on both sides and send again.',
  },
  protocol: {
    say: 'The other side said something that is against the protocol[: {detail}].',
    next: 'Use the same, newest version of the program on both sides.',
  },
  'version-unsupported': {
    say: 'The other side speaks another version of the protocol[ ({version})].',
    next: 'Update the program on both sides.',
  },
  'disk-full': {
    say: 'The receiver’s disk is full[: {needed:bytes} are needed and {free:bytes} are free].',
    next: 'Make room there, or choose a folder on another disk, and send again.',
  },
  'folder-full': {
    say: 'The disk of this folder is full[: {path}][ – {needed:bytes} are needed and {free:bytes} are free].',
    next: 'Make room on it, or choose a folder on another disk, and try again.',
  },
  'target-unusable': {
    say: 'The folder for received files[ on {peer}] cannot be used[: {path}][ ({errno})][. There is a file, not a folder: {file}].',
    next: 'Check[ on {peer}] that it is a folder on a disk that can be written to, or choose another one.',
  },
  'no-permission': {
    say: 'The system does not permit this[ on {peer}][: {path}][ ({syscall})].',
    next: 'Choose a folder[ on {peer}] that may be written to, or change its permissions.',
  },
  io: {
    say: 'Reading or writing failed[ on {peer}][: {path}][ ({syscall})][ ({errno})].',
    next: 'Check the disk[ of {peer}] and the connection, then try again.',
  },
  'file-changed': {
    say: 'The file changed while it was sent, so it was not delivered[: {path}].',
    next: 'Send it again when no program writes to it.',
  },
  'file-shrank': {
    say: 'The file became shorter while it was sent, so it was not delivered[: {path}].',
    next: 'Send it again when no program writes to it.',
  },
  'file-vanished': {
    say: 'The file disappeared before it was sent[: {path}].',
    next: 'Check whether it was moved or deleted.',
  },
  'check-failed': {
    say: 'Bytes arrived damaged several times[: {path}].',
    next: 'Check the cable and the memory of both machines, then send again.',
  },
  'unsafe-name': {
    say: 'This name is not safe on the receiver, so nothing was written under it[: {path}][: {name}].',
    next: 'Rename it and send it again.',
  },
  'name-too-long': {
    say: 'This name is too long for the receiver’s disk[: {path}].',
    next: 'Shorten it and send it again.',
  },
  'name-not-utf8': {
    say: 'This name is not valid UTF-8 and cannot be sent[: {path}].',
    next: 'Rename it and send it again. The other files are not affected.',
  },
  'name-collision': {
    say: 'Two names are the same on the receiver’s disk[: {path}][ and {other}].',
    next: 'Rename one of them and send it again.',
  },
  'name-taken': {
    say: 'Something of this name is already there[: {path}].',
    next: 'Choose with --on-conflict what is to become of it.',
  },
  'link-outside': {
    say: 'This link points outside of what is sent, so it was not made[: {path}][ → {target}].',
    next: 'Send what it points to as well, if it is needed.',
  },
  'size-unknown': {
    say: 'The system does not report the size of this file[: {path}]: its content is made when it is read.',
    next: 'Copy it to a normal file first, and send that.',
  },
  'not-regular': {
    say: 'This is neither a file, a folder nor a link, so it was not sent[: {path}].',
    next: 'Nothing needs to be done: sockets, pipes and devices have no content to send.',
  },
  'too-many-files': {
    say: 'There are too many files in one transfer[: {count:count}][, at most {limit:count} are possible].',
    next: 'Send them in several transfers.',
  },
  'offer-too-large': {
    say: 'The list of files is too long for one transfer.',
    next: 'Several transfers can carry the folders.',
  },
  'technique-unavailable': {
    say: 'The technique[ “{technique}”] cannot run here[: {detail}].',
    next: 'Run “penstock techniques” to see which can, or leave the choice to Penstock.',
  },
  'port-in-use': {
    say: 'The port[ {port}] is used by another program.',
    next: 'Choose another with --port, or --port 0 for any free one.',
  },
  'state-in-use': {
    say: 'Another receiver is already running with this state folder[: {path}].',
    next: 'Use that one, or give this one a folder of its own with --state DIR.',
  },
  'state-unreadable': {
    say: 'What Penstock keeps on this machine cannot be read[: {path}][ ({detail})].',
    next: 'Move the file away and start again, or choose another folder with --state DIR.',
  },
  'receiver-ended': {
    say: 'The receiver that was started on this computer did not run[: {message}].',
    next: 'Run “penstock receive” to see the reason.',
  },
  internal: {
    say: 'Something went wrong inside Penstock[: {message}].',
    next: 'Try again. If it happens again, please report it with this text.',
  },
} as const satisfies Record<ErrorCode, ErrorText>

/** What the receiver reads where a sender's sentence would not be true for it. */
export const receivingEn = {
  'timed-out': {
    say: 'The sender did not answer[ within {seconds:seconds}].',
    next: 'Check the network on both sides and have it sent again.',
  },
  'check-failed': {
    say: 'Bytes arrived damaged several times[: {path}].',
    next: 'Check the cable and the memory of both machines, then have it sent again.',
  },
  'unsafe-name': {
    say: 'This name is not safe here, so nothing was written under it[: {path}][: {name}].',
    next: 'Have it renamed and sent again.',
  },
  'name-collision': {
    say: 'Two names are the same on the disk for received files[: {path}][ and {other}].',
    next: 'Have one of them renamed and sent again.',
  },
  refused: { say: 'You declined the transfer.', next: 'Nothing needs to be done.' },
  'refused-unattended': {
    say: 'The transfer was declined, because no answer was given here.',
    next: 'Have it sent again, and answer while the sender waits.',
  },
  busy: {
    say: 'The transfer was declined, because another one was taken.',
    next: 'Have it sent again when that one has ended.',
  },
  'disk-full': {
    say: 'The disk for received files is full[: {path}][ – {needed:bytes} are needed and {free:bytes} are free].',
    next: 'Make room on it, or choose a folder on another disk, and have it sent again.',
  },
  'cancelled-here': {
    say: 'The transfer was cancelled on this side.',
    next: 'Have it sent again when you like. Files that were not complete have been removed.',
  },
  'cancelled-by-peer': {
    say: 'The sender cancelled the transfer.',
    next: 'Ask there, and have it sent again.',
  },
  'peer-gone': {
    say: 'The connection to the sender broke off.',
    next: 'Check the network on both sides and have it sent again.',
  },
  'name-too-long': {
    say: 'This name is too long for the disk for received files[: {path}].',
    next: 'Have it shortened and sent again.',
  },
} as const satisfies Partial<Record<ErrorCode, ErrorText>>

/** An address that is reached, where no program listens. */
export const notListeningEn = {
  say: 'No program listens[ at {host}][, port {port}]: the connection was refused.',
  next: 'Start Penstock or LocalSend there, and check the port.',
} as const satisfies ErrorText
