import { errorsEn, noSuchZoneEn, notListeningEn } from './errors.ts'
import { copyingEn, receivingEn } from './readers.ts'

/** The English catalogue; it defines the keys. format.ts describes the placeholders. */
export const en = {
  errors: errorsEn,
  receiving: receivingEn,
  copying: copyingEn,
  notListening: notListeningEn,
  noSuchZone: noSuchZoneEn,
  /** Deviations of a delivered transfer. */
  notes: {
    'staging-left':
      'The temporary folder {path} could not be removed[ ({errno})]. The next receiver that uses this folder tries again.',
    'names-not-durable':
      'New names in {path} may be lost on power failure: a folder could not be synced to disk[ ({errno})].',
    'attributes-not-kept':
      'Not kept:[ {owners#owner|owners};][ {hardLinks#hard link|hard links} (each becomes a file of its own);][ {accessLists#access control list|access control lists};][ {capabilities#file capability|file capabilities};][ extended attributes of {attributes#entry|entries};] in {path}.',
    excluded: '{count#entry was|entries were} left out, as chosen: {path}.',
    'other-name':
      '{path} was saved under another name[, {name}]: the disk for received files does not take its own name, or it is reserved.',
    'time-clamped':
      '{path} has the nearest modification time that can be stored: its own is outside the range of the file system, or of the transfer.',
    'time-not-kept': 'The modification time of {path} could not be set[ ({errno})].',
    'mode-not-kept': 'The permissions of {path} could not be set[ ({errno})].',
    changed: '{path} was delivered with a change that this version of Penstock cannot name.',
  },
  /** Why the plan chose or rejected a technique, by code. */
  reasons: {
    'whole-files-in-order':
      'whole files go in order and user space does not need the bytes[ ({files#file|files}, {bytes:bytes})][; {cached} % of it is in the page cache]',
    'socket-to-this-machine':
      'whole files in order; the other end is this computer, where “Copy to folder” copies less or nothing',
    'no-scatter-gather':
      'whole files in order; but the interface[ {interface}] has no scatter-gather, so the kernel still copies each byte once and it saves little',
    'scattered-pieces':
      'many small pieces are scattered[ ({pieces:count} of {mean:bytes} on average)], and one call sends several of them from mappings',
    'many-small-files':
      'many small files[ ({files#file|files} of {mean:bytes} on average)] are read into one buffer, and one call sends many of them',
    'call-for-each-file':
      'needs a call and small segments for each file, which costs more than copying so few bytes',
    'mapping-for-each-file': 'maps and unmaps each file, which costs more than copying so few bytes',
    'larger-than-memory':
      'the transfer is larger than memory[ ({bytes:bytes}, {memory:bytes})], so the page cache would not keep it',
    'larger-than-free-memory':
      'the transfer is larger than free memory[ ({bytes:bytes}, {memory:bytes})], so it leaves nothing in the page cache (dontcache)',
    'nothing-better-here': 'no technique with fewer copies runs here',
    'pieces-by-calls':
      'pieces of one file go in order, one call each ({pieces:count} of {mean:bytes} on average), and user space does not need the bytes',
    'pieces-too-long':
      'it copies the bytes to save calls, which pays off up to {limit:bytes} per piece on average; these are longer',
    'not-scattered': 'for many small scattered pieces; these are whole files in order',
    'through-a-pipe':
      'makes as many copies as the chosen technique, and needs two calls and a pipe instead of one call',
    'kernel-would-copy': 'the interface[ {interface}] is virtual, so the kernel copies the bytes anyway',
    'pages-to-be-pinned':
      'makes as many copies as the chosen technique, and must pin pages and read completions',
    'nothing-to-encrypt': 'for encrypted transfers only',
    'no-disk-below': 'the file system keeps its files in memory, so there is no cache to bypass',
    'cached-already':
      '[{cached} % of ]the bytes are already in the page cache, and it would read them from disk again',
    'would-stay-cached': 'the bytes fit in the page cache, where the next reader finds them',
    'would-fill-cache': 'would fill the page cache and push the files of other programs out of it',
    'direct-not-faster':
      'bypassing the page cache costs a copy to user space that the chosen technique avoids',
    'no-read-ahead': 'the disk stands still while each part is sent, because nothing is read ahead',
    'faults-for-each-page':
      'each new page of a mapping costs a page fault; measurements show slower receiving',
    'waits-for-the-disk':
      'each write waits for the disk, and the data is not in the page cache for the next reader',
    'chosen-by-user': 'chosen by you',
    'engine-encrypts': 'Penstock encrypts each part while it is in the processor’s cache',
    'kernel-encrypts':
      'the kernel encrypts straight from the page cache, so no bytes pass through user space',
    'engine-decrypts': 'Penstock decrypts each part while it is in the processor’s cache',
    'kernel-decrypts': 'the kernel decrypts straight into the buffer that is written to the file',
    'engine-has-keys': 'Penstock encrypts on these connections; select it before the transfer starts',
    'kernel-has-keys':
      'the kernel encrypts on these connections and copies less; select it before the transfer starts',
    'no-cipher-library': 'needs a cipher library (libcrypto), and none was found',
    'no-kernel-tls': 'needs the tls module of the kernel, which is not loaded (modprobe tls)',
    'encrypted-in-node': 'the bytes are encrypted in user space',
    'body-in-node': 'the bytes travel in a request body, so they pass through user space',
    'receiver-encrypts': 'the receiver requires encryption',
    'receiver-without-sealing':
      'the receiver has no port or cipher library for sealed streams, so the bytes travel in a request body',
    'cannot-seal':
      'this device has no cipher library for sealed streams, so the bytes travel in a request body',
    'too-many-records': 'it is more than sealed streams may carry, so the bytes travel in a request body',
    'data-port-silent': 'the receiver’s data port[ {port}] did not answer, so the bytes go in a request body',
    'data-port-broke':
      'the connection to the receiver’s data port[ {port}] broke, so the bytes go in a request body',
    'other-chosen': 'you chose another',
    'same-machine': 'sender and receiver are this machine, so no socket is needed',
    'shares-blocks': 'the copy shares the blocks of the file, so no data is read or written',
    'copies-in-kernel': 'both are on one file system, which makes the copy; no bytes pass through user space',
    'copies-between-file-systems':
      'they are on different file systems, so the kernel copies from one page cache to the other',
    'other-file-system': 'the folder is on another file system',
    'blocks-not-shared': 'a test showed that files in that folder cannot share blocks',
    'next-in-order': 'it does not copy less; used only if the previous one cannot run',
    'receiving-no-touch': 'user space does not need the bytes between socket and disk',
    'not-supported-here': 'not supported here[ on {platform}]',
    'not-built-yet': 'not in this version yet',
    'copies-more': 'the CPU would copy each byte more often[ ({cpu#time|times})]',
    'only-by-choice': 'makes as many copies as the chosen technique; runs only if you select it',
    'needs-clear': 'for unencrypted transfers only',
    'map-option-unknown-here': 'not available on this system',
    'map-populate-too-old': 'needs Linux 5.14[ ({syscall}: {code})], so each page was faulted in',
    'map-lock-limit':
      'more than this process may lock in memory[ ({syscall}: {code}; see “ulimit -l”)], so the windows were sent unlocked',
    'map-option-refused': '[{syscall} ]failed[ ({code})], so the windows were sent without it',
    'dontcache-refused':
      '[{syscall} is ]not supported by this file system or kernel[ ({code})], so the bytes stayed in the page cache',
    'fell-back': '[{syscall} is ]not supported here[: {code}]',
  },
  /** Instead of `fell-back`, by the error of the call that shares blocks. */
  cloneRefused: {
    EXDEV: 'source and target are on different file systems, which cannot share blocks[: {syscall} {code}]',
    EOPNOTSUPP: 'the file system cannot share blocks between files[: {syscall} {code}]',
    ENOTSUP: 'the file system cannot share blocks between files[: {syscall} {code}]',
    EINVAL: 'the file system cannot share the blocks of this file[: {syscall} {code}]',
  },
  usage: {
    'command-missing': 'A command is required.',
    'command-unknown': 'There is no command “{command}”.',
    'option-unknown': 'There is no option {option}.',
    'option-elsewhere': '{option} is not an option of “penstock {command}”.',
    'option-needs-value': '{option} needs a value: {option} {metavar}.',
    'option-takes-no-value': '{option} takes no value.',
    'option-twice': '{option} was given twice, but takes one value.',
    'not-an-alias':
      '{option} is a name of 1 to {max} characters without blanks around it, but “{value}” was given.',
    'not-an-address':
      '“{value}” is not an address. Write HOST or HOST:PORT, IPv6 addresses in brackets, with a port from 1 to 65535.',
    'no-home':
      'There is no home folder to keep the state in[: HOME is “{value}”, which is not an absolute path]. Set HOME or XDG_STATE_HOME, or name a folder with --state DIR.',
    'option-empty': '{option} must not be empty.',
    'not-a-choice': '{option} is one of {choices}, but “{value}” was given.',
    'not-an-integer': '{option} is a whole number from {min} to {max}, but “{value}” was given.',
    'name-in-use': 'Another trusted device is called “{value}”, or it is not a name.',
    'device-missing': 'Name the device to pair with.',
    'pair-needs-terminal':
      'Pairing needs a terminal on which you compare the digits. Without one, use “penstock devices trust FINGERPRINT”.',
    'devices-action': '“penstock devices” is followed by rename, trust or forget, but “{value}” was given.',
    'devices-words': '“penstock devices {action}” needs {needs}.',
    'not-a-fingerprint':
      '{option} is a whole fingerprint, 64 hexadecimal digits as the other device shows them, but “{value}” was given.',
    'not-a-size': '{option} is a size from {least} to {most} such as 64k or 1M, but “{value}” was given.',
    'not-seconds': '{option} is a number of seconds from {min} to {max}, but “{value}” was given.',
    'too-many-words': '“penstock {command}” does not take “{value}”.',
    'paths-missing': 'At least one file or folder is required.',
    'to-missing': 'Without a terminal, --to DEVICE is required.',
    'technique-unknown': '“penstock {command}” has no technique “{value}”. Choose one of {choices}.',
    'only-to-folder': '{option} applies only to --to-folder; a receiver has its own setting.',
    'link-not-only': '--link and --only exclude each other: a browser has no fingerprint.',
    'only-for-readwrite':
      '--dontcache is an option of the technique readwrite: it needs --technique readwrite or none.',
    'only-for-mmap': '--mmap configures the technique mmap: it needs --technique mmap.',
    'not-to-folder': '{option} cannot be used with --to-folder: nothing is sent over the network.',
    'argument-not-utf8':
      'The argument “{value}” is not valid UTF-8, so it would select another file or folder. Rename that file or folder, or use a path without such characters.',
    'variable-not-utf8':
      'The environment variable {name} is not valid UTF-8: “{value}”. It would select another folder. Change it, or name a folder on the command line.',
    'folder-not-utf8':
      'The name of the current folder is not valid UTF-8: “{value}”. Use absolute paths, or run this in another folder.',
    'pin-argument':
      'A PIN cannot be an argument, because other users of this machine can read arguments. --pin prompts for it, --pin-file FILE reads it from a file, and PENSTOCK_PIN is its environment variable. Paths go before --pin or after “--”.',
    'pin-needs-terminal':
      '--pin prompts on the terminal, and there is none. Use --pin-file FILE or the environment variable PENSTOCK_PIN.',
    'pin-twice': '--pin and --pin-file are mutually exclusive.',
    'pin-not-possible': '{option} does not contain a PIN. A PIN is one line of 1 to 64 printable characters.',
    'pin-file-unreadable': 'The PIN cannot be read from {path} ({errno}).',
    'durability-here':
      '--preset durability cannot be used with --to: it starts receivers of each durability on this machine.',
    'pin-needs-to': '{option} needs --to: the local receiver has no PIN.',
    'technique-needs-clear':
      'The technique “{technique}” carries unencrypted transfers only. Omit --technique to use the best one that encrypts, or add --clear.',
    'technique-needs-encryption':
      'The technique “{technique}” encrypts, and --clear turns encryption off. Omit --clear, or choose another technique.',
  },
  output: {
    failed: 'Cannot write to standard output: {why}.',
    noSpace: 'no space left on the device',
  },
  pin: {
    readableByOthers:
      'Warning: other users of this machine can read {path}. Make it private with “chmod 600”.',
    notPossible: 'A PIN has 1 to 64 printable characters.',
  },
  usageHint: 'See “penstock help[ {about}]”.',
  directions: { send: 'sending', receive: 'receiving', copy: 'copying' },
  securities: { encrypted: 'encrypted', clear: 'not encrypted' },
  states: {
    preparing: 'preparing',
    offered: 'waiting for an answer',
    running: 'running',
    committing: 'saving to disk',
    done: 'done',
    refused: 'declined',
    cancelled: 'cancelled',
    failed: 'failed',
  },
  notSent: 'not sent',
  roles: { sender: 'sent', receiver: 'received' },
  ciphers: { none: 'not encrypted', tls: 'encrypted', sealed: 'encrypted' },
  limits: {
    sender: {
      source: 'Limited by this device’s disk',
      'sender-cpu': 'Limited by this device’s processor',
      network: 'Limited by the network',
      'receiver-cpu': 'Limited by the other device’s processor',
      target: 'Limited by the other device’s disk',
    },
    receiver: {
      source: 'Limited by the other device’s disk',
      'sender-cpu': 'Limited by the other device’s processor',
      network: 'Limited by the network',
      'receiver-cpu': 'Limited by this device’s processor',
      target: 'Limited by this device’s disk',
    },
  },
  notOverNetwork: 'on this machine, not over a network',
  copyRules: {
    ways: {
      'read-then-write': 'read into a buffer, then written to the socket',
      'mapped-then-write': 'written to the socket from mapped pages',
      'direct-then-write': 'read bypassing the page cache, then written to the socket',
      'direct-buffered-then-write': 'a file system in memory cannot bypass the page cache',
      'sendfile-gather': 'sendfile; the interface gathers the pages',
      'sendfile-linearised': 'sendfile; the interface cannot gather, so the kernel copies',
      'splice-gather': 'splice; the interface gathers the pages',
      'splice-linearised': 'splice; the interface cannot gather, so the kernel copies',
      'zerocopy-gather': 'MSG_ZEROCOPY; the interface gathers the pages',
      'zerocopy-linearised': 'MSG_ZEROCOPY; the interface cannot gather, so the kernel copies',
      'zerocopy-copied': 'MSG_ZEROCOPY; the kernel reported that it copied',
      'receive-then-write': 'received into a buffer, then written to the file',
      'socket-to-page-cache': 'spliced from the socket into the page cache',
      'receive-into-mapping': 'received into mapped pages of the file',
      'receive-then-direct': 'received into a buffer, then written bypassing the page cache',
      'receive-then-direct-buffered': 'a file system in memory cannot bypass the page cache',
      'read-then-seal': 'read into a buffer, encrypted there, then written to the socket',
      'kernel-seals-pages': 'sendfile; the kernel encrypts the pages of the file into new ones',
      'kernel-seals-linearised':
        'sendfile; the kernel encrypts, and the interface cannot gather, so it copies',
      'read-then-kernel-seals': 'read into a buffer, then written to the socket, where the kernel encrypts',
      'unseal-then-write': 'received into a buffer, decrypted there, then written to the file',
      'kernel-unseals-in-place': 'decrypted by the kernel straight into a buffer, then written to the file',
      'kernel-unseals-then-write':
        'decrypted by the kernel, received into a buffer, then written to the file',
      'clone-shares-blocks': 'the files share blocks',
      'copyrange-shares-blocks': 'copy_file_range shares blocks',
      'copyrange-in-kernel': 'copy_file_range copies in the kernel',
      'sendfile-file-to-file': 'sendfile copies from file to file',
      'read-write-file-to-file': 'read and write copy through a buffer',
    },
    beside: 'partly by {techniques}',
    cached: '{percent} % from the page cache',
    sourceInMemory: 'source in memory',
    targetInMemory: 'target in memory',
    noCard: 'no network card',
  },
  durability: {
    os: 'in the page cache; the kernel writes it back',
    everysec: 'written back every second',
    commit: 'written to the disk before “done”',
    through: 'every write went through to the disk',
  },
  yes: 'yes',
  no: 'no',
  none: '–',
  progress: {
    left: '{seconds:seconds} left',
    almostDone: 'almost done',
    line: '{title}: {percent}, {bytes:bytes} of {total:bytes}, {rate:rate}',
    preparing: 'Preparing “{title}” …',
    waiting: 'Waiting for {peer} to accept {what} …',
    committing: 'Saving “{title}” to disk …',
  },
  totals: {
    what: '“{title}”[ and {more} more]: {files#file|files}, {bytes:bytes}',
  },
  report: {
    sent: 'Sent “{title}” to {peer}: {entries#entry|entries}, {bytes:bytes} in {seconds:seconds} ({rate:rate}).',
    copied:
      'Copied “{title}” to {peer}: {entries#entry|entries}, {bytes:bytes} in {seconds:seconds} ({rate:rate}).',
    received:
      'Received “{title}” from {peer}: {entries#entry|entries}, {bytes:bytes} in {seconds:seconds} ({rate:rate}).',
    savedIn: 'Saved as {path}',
    how: 'How: {cipher}[, technique {technique} ({reason})][, {streams#stream|streams}]',
    fellBack: 'Tried first: {technique} ({reason})',
    mapOption: 'mmap, {option}: {windows:count} of {of#window|windows}[ – {reason}]',
    dontcache: 'Not left in the page cache: {bytes:bytes} of {of:bytes}[ – {reason}]',
    pagesLeft: 'Left in the page cache: {pages#page|pages}',
    checked: 'Checked: every byte',
    notChecked: 'Checked: no',
    durable: 'Durability: {durability}',
    copies:
      'Copies of each byte: {cpu} by the CPU[ and {check} for the check], {dma} by DMA[, {passes#cipher pass|cipher passes}] (derived: {rule})',
    userCopy: 'Through user space: {bytes:bytes}',
    kernelCopied: 'Copied by the kernel despite zerocopy: {bytes:bytes}',
    syscalls: 'System calls: {list}',
    cpu: 'CPU: {user} s user, {system} s system; switches: {voluntary:count} voluntary, {involuntary:count} involuntary',
    delivered: 'Delivered: {path}',
    notDelivered: 'Not delivered: {path} – {why}',
    note: 'Note: {text}',
  },
  receive: {
    listening: 'Ready as “{alias}” on port {port}[ (data on {dataPort})]. Files go to {dir}.',
    fingerprint: 'Fingerprint of this device: {fingerprint}',
    stop: 'Press Ctrl-C to stop.',
    pinQuestion: 'PIN that senders must enter: ',
    text: 'Message from {peer} ({host}):',
    offerFrom: 'Offer {number}: {peer} ({host}) wants to send:',
    offerFingerprint: '  fingerprint  {fingerprint}[ – {recent}]',
    offerTrusted: 'trusted',
    offerRecent: 'seen before',
    offerUnknown: 'not seen before',
    offerNamesake:
      '  WARNING      this is not “{name}”, which you trust: it uses that name or address with another key',
    offerUnproved: 'none: this device did not prove its identity',
    offerWhat: '  what         {what}',
    offerWhere: '  where to     {folder}',
    offerRoom: '  room         {needed:bytes} needed, {free:bytes} free',
    offerNoRoom: '  room         not enough: {needed:bytes} needed, {free:bytes} free',
    offerCipher: '  encryption   {cipher}',
    offerQuestion: 'Accept offer {number}? (y, or Enter for no) ',
    offerQuestionAlways:
      'Accept offer {number}? (y; a to trust this device and always accept it; or Enter for no) ',
    offerAlways: 'This device is now trusted and always accepted. “penstock devices” revokes it.',
    offerAlwaysFailed: 'Accepted, but this device could not be set to always accept: {why}',
    offerGone: 'Offer {number} was withdrawn.',
    refusedNamesake:
      'Declined “{title}” from {peer} ({host}): it uses the name or address of “{name}”, which you trust, with another key.',
    refusedUnattended:
      'Declined “{title}” from {peer} ({host}): this device is not set to be always accepted, and there is no terminal to ask on. Run “penstock receive” in a terminal and answer “a”, or use --accept all to accept everything.',
    refusedNotAlways:
      'Declined “{title}” from {peer} ({host}): only devices set to be always accepted may send (--accept always).',
    accepted: 'Receiving “{title}” from {peer} …',
  },
  link: {
    sharing: 'Sharing {files#file|files}, {bytes:bytes}.',
    open: 'Open in a browser: {link}',
    or: '               or: {link}',
    receiving: 'Browsers can send files as well:',
    secure:
      'The browser warns because the certificate is this device’s own. Its SHA-256 fingerprint is\n{fingerprint}',
    clear: 'Not encrypted: anyone on this network can read what is transferred.',
    shared: '{address} received {path} ({bytes:bytes}).',
    all: 'all files',
    expired: 'The time is over: the link no longer works.',
    pinQuestion: 'PIN that browsers must enter: ',
  },
  send: {
    searching: 'Looking for devices …',
    pick: 'Number of the device (r to search again, Enter to cancel): ',
    noneFound: 'No devices found yet.',
    pinQuestion: 'PIN of the receiver: ',
    otherDevice:
      '{peer} ({host}) is not “{name}”, which you trust: it uses that name or address with another key.\nFingerprint: {fingerprint}\nSend to it nevertheless? (y, or Enter for no) ',
  },
  interrupted: 'Stopping … (Ctrl-C again to quit at once)',
  demo: {
    making: 'Creating a folder with {files#file|files}, {bytes:bytes} …',
    senderTitle: 'The sender’s report:',
    receiverTitle: 'The receiver’s report:',
    equal: 'Both folders are identical: bytes, modes, times and links.',
    unequal: 'The folders differ: {list}',
  },
  history: { empty: 'No transfers yet.' },
  compare: {
    staysThere:
      'The files of each round stay on {peer}: they cannot be removed from here, and {peer} does not report its own figures.',
    warmUp: 'Warming up ({number} of {total}): {technique} …',
    round: 'Round {round} of {rounds} ({number} of {total}): {technique} …',
    title:
      'Sent in each round: “{title}”, {files#file|files}, {bytes:bytes}. Medians, with lowest and highest:',
    toHere:
      'Measured against a separate receiver on this computer (loopback only: no network card or cable involved).',
    toPeer: 'Measured against {peer}, which does not report its own figures.',
    inMemory:
      'The received files were in memory (tmpfs), so none of them waited for a disk. Use a folder on a disk (--dir).',
    headers: {
      technique: 'TECHNIQUE',
      rate: 'RATE',
      seconds: 'SECONDS TO DELIVERED',
      senderCpu: 'CPU s/GiB',
      receiverCpu: 'RECEIVER CPU s/GiB',
      copies: 'COPIES CPU + DMA',
      textbook: 'TEXTBOOK',
      calls: 'SYSTEM CALLS',
      switches: 'SWITCHES',
      faults: 'PAGE FAULTS',
      userSpace: 'USER SPACE',
    },
    couldNot: '{technique} could not be measured: {why}',
    rules: 'Copies are derived by these rules: {list}',
    rateLead: {
      clear:
        'Fastest: {winner}, {timesNext} times as fast as {next}[ and {timesWorst} times as fast as {worst}].',
      overlap:
        'No clear winner in rate: {winner} has the best median, but its rounds overlap with those of {next} ({timesNext} times).',
      few: 'No clear winner in rate: {winner} has the best median ({timesNext} times that of {next}), but with so few rounds this may be chance. Run four or more.',
    },
    cpuLead: {
      clear:
        'Least processor time at the sender: {winner}. {next} takes {timesNext} times as much[, {worst} {timesWorst} times].',
      overlap:
        'No clear winner in processor time at the sender: {winner} has the best median, but its rounds overlap with those of {next} ({timesNext} times[; {worst} {timesWorst} times]).',
      few: 'No clear winner in processor time at the sender: {winner} has the best median ({next} takes {timesNext} times as much), but with so few rounds this may be chance. Run four or more.',
    },
    queues: {
      rate: 'rate',
      cpu: 'the sender’s processor time',
      differ:
        'By {measure} the best technique differs on this machine: {log} for one long log, {scattered} for scattered messages.',
      same: 'By {measure} this machine does not show a difference between the two: {winner} is best for one long log and for scattered messages.',
      unclear:
        'By {measure} this machine does not show a difference between one long log and scattered messages: no technique clearly leads in both.',
    },
    because:
      'With {winner}, the sender’s CPU copies each byte {cpu#time|times}[, encrypts it {passes#time|times}], and {bytes:bytes} pass through user space.',
  },
  pair: {
    waiting: 'Waiting for {peer} ({host}) to open the request …',
    request: '{peer} ({host}) wants to pair with this device.',
    open: 'Open the request of {peer}? (y, or Enter for no) ',
    digits: 'Digits: {digits}. Compare them with the screen of {peer}.',
    compare: 'Are the digits the same on both screens? (y, or Enter for no) ',
    theirs: 'Waiting for {peer} to confirm …',
    paired: '{peer} is now trusted. “penstock devices” lists what it may do.',
  },
  devices: {
    empty: 'No trusted devices. “penstock pair DEVICE” makes one.',
    trusted: '“{name}” is trusted. Always accept: {alwaysAccept}. Unencrypted: {mayClear}.',
    clearWarning: 'What “{name}” sends unencrypted can be read and changed by others on the network.',
    renamed: 'It is now called “{name}” here.',
    forgotten: '“{name}” is no longer trusted.',
    trust: { trusted: 'trusted', changed: 'not “{name}”', recent: 'seen before', none: '–' },
  },
  peers: {
    twin: 'Another device at {host} uses the identity of this one, so neither lists the other. Delete the copied state folder there.',
    empty: 'No devices found. Is Penstock or LocalSend running on another device on this network?',
  },
  headers: {
    number: '#',
    alias: 'NAME',
    kind: 'PROGRAM',
    address: 'ADDRESS',
    fingerprint: 'FINGERPRINT',
    foundBy: 'FOUND BY',
    trust: 'TRUST',
    alwaysAccept: 'ALWAYS ACCEPT',
    mayClear: 'UNENCRYPTED',
    since: 'SINCE',
    direction: 'DIRECTION',
    encryption: 'TRANSFERS',
    technique: 'TECHNIQUE',
    available: 'RUNS HERE',
    chosen: 'CHOSEN',
    reason: 'WHY',
    at: 'WHEN',
    role: 'WHAT',
    title: 'TITLE',
    peer: 'DEVICE',
    size: 'SIZE',
    took: 'TOOK',
    outcome: 'OUTCOME',
  },
  facts: {
    source: 'Source: {files#file|files}, {bytes:bytes}[, on {fileSystem}][, {cached} % in the page cache]',
    route:
      'Route: {interface}[ (driver {driver})][, {virtual}][, {speed} Mbit/s][, MTU {mtu}]; {features}[; {here}]',
    feature: '{name}: {state}',
    target: 'Target: {folder}[, on {fileSystem}]; {sharing}',
    sharing: 'files there can share blocks',
    notSharing: 'files there cannot share blocks',
    sharingUnknown: 'could not test whether files there can share blocks',
    scatterGather: 'scatter-gather',
    tso: 'segmentation by the card',
    tlsOffload: 'TLS by the card',
    on: 'on',
    off: 'off',
    unknown: 'unknown',
    and: ', ',
    virtual: 'virtual',
    sameMachine: 'the other end is this computer',
    cipherLibrary: 'Cipher library: {library}',
    noCipherLibrary:
      'Cipher library: none found; HTTPS carries encrypted transfers, at more processor time. Install libcrypto (OpenSSL 3).',
  },
  kinds: { penstock: 'Penstock', localsend: 'LocalSend', folder: 'Folder' },
  foundBy: { multicast: 'multicast', scan: 'scan', address: 'address' },
} as const
