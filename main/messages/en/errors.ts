import type { ErrorCode } from '../../contract/errors.ts'

/** What happened, and what to do next. A part in brackets is omitted if one of its values is missing. */
export interface ErrorText {
  readonly summary: string
  readonly next: string
}

export const errorsEn = {
  usage: {
    summary: 'The command was not understood[: {detail}].',
    next: 'Run “penstock help” for the list of commands.',
  },
  'no-such-path': {
    summary: 'There is nothing to send at this path[: {path}].',
    next: 'Check the spelling of the path.',
  },
  'not-readable': {
    summary: 'This cannot be read[: {path}][ ({errno})].',
    next: 'Check its permissions, then send it again.',
  },
  'nothing-to-send': {
    summary: 'There is nothing to send[: none of the {count:count} items can be used].',
    next: 'Choose at least one file or folder.',
  },
  'folder-into-itself': {
    summary: 'A folder cannot be copied into itself[: {path}].',
    next: 'Choose a folder outside it.',
  },
  'file-onto-itself': {
    summary: 'The file is already in that folder[: {path}].',
    next: 'Choose another folder.',
  },
  'peer-not-found': {
    summary: 'No device[ named “{to}”] was found on this network.',
    next: 'Start Penstock or LocalSend on it, or give its address as HOST:PORT.',
  },
  'peer-ambiguous': {
    summary: 'Several devices[ are called “{to}”][: {fingerprints}].',
    next: 'Choose one by its fingerprint or its address.',
  },
  'peer-unreachable': {
    summary: 'The device[ at {host}][, port {port},] does not answer[ ({errno})].',
    next: 'Check that it is on and connected to the same network, and that its firewall allows this port.',
  },
  'peer-identity-mismatch': {
    summary:
      'The device[ at {host}] presented a certificate other than the one it announced, so nothing was sent.',
    next: 'Search for devices again. If it happens again, another device may be posing as this one.',
  },
  'device-changed': {
    summary:
      'The device[ at {host}] uses the name or address of a device that you trust[, “{name}”,] but has another key, so nothing was sent.',
    next: 'If the trusted device was replaced or set up again, remove it with “penstock devices forget”, and pair again. To send to another device, use its fingerprint.',
  },
  'not-trusted': {
    summary: 'No trusted device[ is called “{to}”].',
    next: 'Run “penstock devices” for the list.',
  },
  'pairing-declined': {
    summary: 'The pairing was declined[ by {peer}].',
    next: 'If the digits differed, another device may be between the two: do not trust it. Else start again.',
  },
  'pairing-broken': {
    summary: 'The pairing broke off before both sides had confirmed, so neither device is trusted.',
    next: 'Start again and compare the digits. If it happens again, another device may be between the two.',
  },
  'pairing-late': {
    summary: 'The pairing took longer than 2 minutes, so neither device is trusted.',
    next: 'Start again, with both screens in view.',
  },
  'pairing-locked': {
    summary: 'Pairing is locked[ at {peer}], because three attempts failed within ten minutes.',
    next: 'Try again later[: in {minutes#minute|minutes}].',
  },
  'pairing-busy': {
    summary: 'Another pairing is in progress[ at {peer}].',
    next: 'Wait until it has ended, and start again.',
  },
  'pairing-unattended': {
    summary: 'The device[ {peer}] does not show requests to pair now.',
    next: 'Open the Penstock window there, or run “penstock receive” in a terminal there.',
  },
  'pairing-unsupported': {
    summary: 'The device[ {peer}] cannot pair: only another Penstock can.',
    next: 'To trust a LocalSend device, compare its fingerprint and run “penstock devices trust FINGERPRINT”. A device without encryption cannot be trusted; an update of its program helps.',
  },
  'not-a-peer': {
    summary: 'The program that answers[ at {host}][, port {port},] is neither Penstock nor LocalSend.',
    next: 'Check the address and the port.',
  },
  refused: {
    summary: 'The transfer was declined[ by {peer}].',
    next: 'Ask the recipient, and send again.',
  },
  'refused-unattended': {
    summary: 'The receiver is unattended and is not set to always accept this device.',
    next: 'Run the receiver in a terminal and answer “a” once, or start it with --accept all.',
  },
  'nothing-selected': {
    summary: 'The other device accepted none of the files.',
    next: 'Send again, and select the files there before you accept.',
  },
  'pin-needed': {
    summary: 'The receiver asks for a PIN.',
    next: 'Send again with --pin and enter the receiver’s PIN.',
  },
  'pin-wrong': { summary: 'The PIN is wrong.', next: 'Check the PIN on the receiver and send again.' },
  'pin-needs-encryption': {
    summary: 'The connection to this device is not encrypted, and a PIN is never sent unencrypted.',
    next: 'Turn on encryption in that device’s settings, or turn off its PIN, and send again.',
  },
  busy: {
    summary: 'The receiver is busy with another transfer.',
    next: 'Send again when that one has finished.',
  },
  'too-many-attempts': {
    summary: 'The receiver rejects requests from this device after too many attempts.',
    next: 'Wait a few minutes and send again.',
  },
  'not-encrypted': {
    summary: 'The connection to this device is not encrypted, so nothing was sent.',
    next: 'Turn on encryption in that device’s settings, or add --clear to send unencrypted.',
  },
  'cancelled-here': {
    summary: 'The transfer was cancelled on this side.',
    next: 'You can send it again. Incomplete files were removed.',
  },
  'cancelled-by-peer': {
    summary: 'The other device cancelled the transfer.',
    next: 'Ask the recipient, and send again.',
  },
  'cancel-unconfirmed': {
    summary:
      'The transfer was cancelled after everything was sent, and the receiver did not confirm the cancellation.',
    next: 'Check the receiver: the files may have been saved.',
  },
  'peer-gone': {
    summary: 'The connection to the other device was lost.',
    next: 'Check the network on both sides and send again.',
  },
  'peer-failed': {
    summary: 'The other device reported an error[ (status {status})].',
    next: 'Check that device for the reason, and send again.',
  },
  'timed-out': {
    summary: 'The other device did not answer[ within {seconds:seconds}].',
    next: 'Check the network on both sides and send again.',
  },
  protocol: {
    summary: 'The other device sent something unexpected[: {detail}].',
    next: 'Update the program on both devices to the latest version.',
  },
  'version-unsupported': {
    summary: 'The other device uses another version of the protocol[ ({version})].',
    next: 'Update the program on both devices.',
  },
  'disk-full': {
    summary: 'The receiver’s disk is full[: {needed:bytes} needed, {free:bytes} free].',
    next: 'Free some space there, or choose a folder on another disk, and send again.',
  },
  'folder-full': {
    summary: 'The disk of this folder is full[: {path}][ – {needed:bytes} needed, {free:bytes} free].',
    next: 'Free some space on it, or choose a folder on another disk, and try again.',
  },
  'too-large': {
    summary: 'The file is larger than the receiver’s file system or its limits permit[: {path}].',
    next: 'Split it, or choose a folder on another disk there, and send it again.',
  },
  'target-unusable': {
    summary:
      'The folder for received files[ on {peer}] cannot be used[: {path}][ ({errno})][. This is a file, not a folder: {file}].',
    next: 'Check[ on {peer}] that it is a folder on a writable disk, or choose another one.',
  },
  'no-permission': {
    summary: 'Permission denied[ on {peer}][: {path}][ ({syscall})].',
    next: 'Choose a writable folder[ on {peer}], or change its permissions.',
  },
  io: {
    summary: 'Reading or writing failed[ on {peer}][: {path}][ ({syscall})][ ({errno})].',
    next: 'Check the disk[ of {peer}] and its connection, then try again.',
  },
  'file-changed': {
    summary: 'The file changed while it was being sent, so it was not delivered[: {path}].',
    next: 'Send it again when no program writes to it.',
  },
  'file-shrank': {
    summary: 'The file was truncated while it was being sent, so it was not delivered[: {path}].',
    next: 'Send it again when no program writes to it.',
  },
  'file-vanished': {
    summary: 'The file disappeared before it was sent[: {path}].',
    next: 'Check whether it was moved or deleted.',
  },
  'check-failed': {
    summary: 'Data arrived corrupted[: {path}].',
    next: 'Check the cable, and the memory of both machines, then send again.',
  },
  'unsafe-name': {
    summary: 'This name is not safe on the receiver, so nothing was written under it[: {path}][: {name}].',
    next: 'Rename it and send it again.',
  },
  'name-too-long': {
    summary: 'This name is too long for the receiver’s disk[: {path}].',
    next: 'Shorten it and send it again.',
  },
  'name-not-utf8': {
    summary: 'This name is not valid UTF-8 and cannot be sent[: {path}].',
    next: 'Rename it and send it again. The other files are not affected.',
  },
  'name-collision': {
    summary: 'Two names are the same on the receiver’s disk[: {path}][ and {other}].',
    next: 'Rename one of them and send it again.',
  },
  'name-taken': {
    summary: 'This name already exists[: {path}].',
    next: 'Rename it on either device, and send it again.',
  },
  'link-outside': {
    summary: 'This link points outside the files being sent, so it was not created[: {path}][ → {target}].',
    next: 'Send its target as well, if you need it.',
  },
  'links-unsupported': {
    summary: 'The file system of the target folder has no links, so this one was not created[: {path}].',
    next: 'Send the file that it points to instead, or receive into a folder on another disk.',
  },
  'size-unknown': {
    summary:
      'The system does not report the size of this file[: {path}]: its content is generated when it is read.',
    next: 'Copy it to a regular file first, and send that.',
  },
  'not-regular': {
    summary: 'This is not a file, folder or link, so it was not sent[: {path}].',
    next: 'No action is needed: sockets, pipes and devices have no content to send.',
  },
  'files-only': {
    summary: 'LocalSend transfers files only, so this link or empty folder was not sent[: {path}].',
    next: 'Pack it into an archive first, or run Penstock on that device as well.',
  },
  'link-not-shared': {
    summary: 'This is a link, which a browser cannot follow, so it was not shared[: {path}].',
    next: 'Share the file that it points to.',
  },
  'too-many-files': {
    summary: 'One transfer has too many files[: {count:count}][; the limit is {limit:count}].',
    next: 'Send them in several transfers.',
  },
  'offer-too-large': {
    summary: 'The list of files is too long for one transfer.',
    next: 'Send the folders in several transfers.',
  },
  'technique-unavailable': {
    summary: 'The technique[ “{technique}”] cannot run here[: {detail}].',
    next: 'Run “penstock techniques” to see which can, or leave the choice to Penstock.',
  },
  'port-in-use': {
    summary: 'The port[ {port}] is in use by another program.',
    next: 'Choose another one with --port, or use --port 0 for any free port.',
  },
  'state-in-use': {
    summary: 'Another receiver already uses this state folder[: {path}].',
    next: 'Use that one, or give this one its own folder with --state DIR.',
  },
  'state-unreadable': {
    summary: 'Penstock cannot read its saved state[: {path}][ ({detail})].',
    next: 'Move the file away and start again, or choose another folder with --state DIR.',
  },
  'receiver-ended': {
    summary: 'The receiver started on this computer exited[: {message}].',
    next: 'Run “penstock receive” to find out why.',
  },
  internal: {
    summary: 'Something went wrong inside Penstock[: {message}].',
    next: 'Try again. If it happens again, please report it with this text.',
  },
} as const satisfies Record<ErrorCode, ErrorText>

/** The host is reachable, but no program listens on the port. */
export const notListeningEn = {
  summary: 'No program listens[ at {host}][, port {port}]: the connection was refused.',
  next: 'Start Penstock or LocalSend there, and check the port.',
} as const satisfies ErrorText

/** The address is link-local, and its zone names no interface of this computer. */
export const noSuchZoneEn = {
  summary: 'No network interface of this computer matches the address[ {host}].',
  next: 'End a link-local address with % and an interface of this computer, such as fe80::1%eth0.',
} as const satisfies ErrorText
