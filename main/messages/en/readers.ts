// Sentences that depend on who reads them. `errors.ts` has the sentence of every code, for the user who sends.
import type { ErrorCode } from '../../contract/errors.ts'
import type { ErrorText } from './errors.ts'

/** For the user who receives, in place of the sentence for the user who sends. */
export const receivingEn = {
  'timed-out': {
    summary: 'The sender did not answer[ within {seconds:seconds}].',
    next: 'Check the network on both sides and ask the sender to send it again.',
  },
  'check-failed': {
    summary: 'Data arrived corrupted[: {path}].',
    next: 'Check the cable, and the memory of both machines, then ask the sender to send it again.',
  },
  'unsafe-name': {
    summary: 'This name is not safe here, so nothing was written under it[: {path}][: {name}].',
    next: 'Ask the sender to rename it and try again.',
  },
  'name-collision': {
    summary: 'Two names are the same on the disk for received files[: {path}][ and {other}].',
    next: 'Ask the sender to rename one of them and try again.',
  },
  refused: { summary: 'You declined the transfer.', next: 'No action is needed.' },
  'refused-unattended': {
    summary: 'The transfer was declined because it was not answered here.',
    next: 'Ask the sender to send it again, and answer while the sender waits.',
  },
  busy: {
    summary: 'The transfer was declined because another one had been accepted.',
    next: 'Ask the sender to send it again when that one has finished.',
  },
  'disk-full': {
    summary: 'The disk for received files is full[: {path}][ – {needed:bytes} needed, {free:bytes} free].',
    next: 'Free some space on it, or choose a folder on another disk, and ask the sender to send it again.',
  },
  'too-large': {
    summary: 'The file is larger than the file system here or its limits permit[: {path}].',
    next: 'Choose a folder on another disk, and ask the sender to send it again.',
  },
  'cancelled-here': {
    summary: 'The transfer was cancelled on this side.',
    next: 'Ask the sender to send it again if you need it. Incomplete files were removed.',
  },
  'cancelled-by-peer': {
    summary: 'The sender cancelled the transfer.',
    next: 'Ask the sender to send it again.',
  },
  'peer-gone': {
    summary: 'The connection to the sender was lost.',
    next: 'Check the network on both sides and ask the sender to send it again.',
  },
  'name-too-long': {
    summary: 'This name is too long for the disk for received files[: {path}].',
    next: 'Ask the sender to shorten the name.',
  },
  'not-readable': {
    summary: 'The sender cannot read this file[: {path}][ ({errno})].',
    next: 'Ask the sender to check its permissions, and to send it again.',
  },
  'file-changed': {
    summary: 'The file changed while it was being sent, so it was not delivered[: {path}].',
    next: 'Ask the sender to send it again when no program writes to it.',
  },
  'file-shrank': {
    summary: 'The file was truncated while it was being sent, so it was not delivered[: {path}].',
    next: 'Ask the sender to send it again when no program writes to it.',
  },
  'file-vanished': {
    summary: 'The file disappeared before it was sent[: {path}].',
    next: 'Ask the sender whether it was moved or deleted.',
  },
  'link-outside': {
    summary: 'This link points outside the files being sent, so it was not created[: {path}][ → {target}].',
    next: 'Ask the sender to send its target as well, if you need it.',
  },
  'links-unsupported': {
    summary: 'The file system of the target folder has no links, so this one was not created[: {path}].',
    next: 'Choose a folder on another disk, or ask the sender to send the file that it points to.',
  },
  'name-taken': {
    summary: 'This name already exists[: {path}].',
    next: 'Use --on-conflict to choose what happens to it.',
  },
  'peer-failed': {
    summary: 'The sender reported an error[ (status {status})].',
    next: 'Check that device for the reason, and ask the sender to send it again.',
  },
  'too-many-files': {
    summary: 'One transfer has too many files[: {count:count}][; the limit is {limit:count}].',
    next: 'Ask the sender to send them in several transfers.',
  },
  'offer-too-large': {
    summary: 'The list of files is too long for one transfer.',
    next: 'Ask the sender to send the folders in several transfers.',
  },
  'nothing-selected': { summary: 'You selected none of the files.', next: 'No action is needed.' },
} as const satisfies Partial<Record<ErrorCode, ErrorText>>

/** For the user who copies to a folder on this machine. */
export const copyingEn = {
  'not-readable': {
    summary: 'This cannot be read[: {path}][ ({errno})].',
    next: 'Check its permissions, then copy it again.',
  },
  'nothing-to-send': {
    summary: 'There is nothing to copy[: none of the {count:count} items can be used].',
    next: 'Choose at least one file or folder.',
  },
  'cancelled-here': {
    summary: 'The copy was cancelled.',
    next: 'You can start it again. Incomplete files were removed.',
  },
  'disk-full': {
    summary: 'The disk of the target folder is full[: {path}][ – {needed:bytes} needed, {free:bytes} free].',
    next: 'Free some space on it, or choose a folder on another disk, and copy again.',
  },
  'too-large': {
    summary: 'The file is larger than the file system of the target folder or its limits permit[: {path}].',
    next: 'Split it, or choose a folder on another disk.',
  },
  'target-unusable': {
    summary:
      'The target folder cannot be used[: {path}][ ({errno})][. This is a file, not a folder: {file}].',
    next: 'Check that it is a folder on a writable disk, or choose another one.',
  },
  'file-changed': {
    summary: 'The file changed while it was being copied, so the copy was removed[: {path}].',
    next: 'Copy it again when no program writes to it.',
  },
  'file-shrank': {
    summary: 'The file was truncated while it was being copied, so the copy was removed[: {path}].',
    next: 'Copy it again when no program writes to it.',
  },
  'file-vanished': {
    summary: 'The file disappeared before it was copied[: {path}].',
    next: 'Check whether it was moved or deleted.',
  },
  'check-failed': {
    summary: 'The copy differs from its source[: {path}].',
    next: 'Check the disks and the memory of this computer, then copy it again.',
  },
  'unsafe-name': {
    summary:
      'This name is not safe in the target folder, so nothing was written under it[: {path}][: {name}].',
    next: 'Rename it and copy it again.',
  },
  'name-too-long': {
    summary: 'This name is too long for the disk of the target folder[: {path}].',
    next: 'Shorten it and copy it again.',
  },
  'name-not-utf8': {
    summary: 'This name is not valid UTF-8 and cannot be copied[: {path}].',
    next: 'Rename it and copy it again. The other files are not affected.',
  },
  'name-collision': {
    summary: 'Two names are the same on the disk of the target folder[: {path}][ and {other}].',
    next: 'Rename one of them and copy it again.',
  },
  'name-taken': {
    summary: 'This name already exists[: {path}].',
    next: 'Use --on-conflict to choose what happens to it.',
  },
  'link-outside': {
    summary: 'This link points outside the files being copied, so it was not created[: {path}][ → {target}].',
    next: 'Copy its target as well, if you need it.',
  },
  'links-unsupported': {
    summary: 'The file system of the target folder has no links, so this one was not created[: {path}].',
    next: 'Copy the file that it points to instead, or choose a folder on another disk.',
  },
  'size-unknown': {
    summary:
      'The system does not report the size of this file[: {path}]: its content is generated when it is read.',
    next: 'Use another program to copy it.',
  },
  'not-regular': {
    summary: 'This is not a file, folder or link, so it was not copied[: {path}].',
    next: 'No action is needed: sockets, pipes and devices have no content to copy.',
  },
  'too-many-files': {
    summary: 'One copy has too many files[: {count:count}][; the limit is {limit:count}].',
    next: 'Copy them in several steps.',
  },
} as const satisfies Partial<Record<ErrorCode, ErrorText>>
