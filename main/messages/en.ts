import { errorsEn, notListeningEn, receivingEn } from './errors.en.ts'

/** The English catalogue: the measure of which keys exist. Placeholders are described in format.ts. */
export const en = {
  errors: errorsEn,
  receiving: receivingEn,
  notListening: notListeningEn,
  /** What was not exact about a delivered transfer. */
  notes: {
    'staging-left':
      'The folder for temporary files {path} could not be removed[ ({errno})]. The next receiver that starts there tries again.',
    'names-not-durable':
      'New names in {path} may be lost in a power cut: a folder could not be written to the disk at once[ ({errno})].',
    'other-name': '{path} was saved as {name}: names like .penstock-… are kept for temporary folders.',
  },
  /** Why a technique was chosen or not, by the codes of the plan. */
  reasons: {
    'whole-files-in-order':
      'whole files go in order and nothing has to touch their bytes[ ({files#file|files}, {bytes:bytes})][; {cached} % of it is in the page cache]',
    'socket-to-this-machine':
      'whole files in order; the other end is this computer, where “Copy to folder” would copy less or nothing',
    'no-scatter-gather':
      'whole files in order; but the interface[ {interface}] has no scatter-gather, so the kernel copies each byte once all the same and it saves little',
    'scattered-pieces':
      'many small pieces lie scattered[ ({pieces:count} of {mean:bytes} on average)], and one call takes several of them from mappings',
    'many-small-files':
      'many small files[ ({files#file|files} of {mean:bytes} on average)] are read into one buffer, and one call sends many of them',
    'call-for-each-file':
      'makes a call and small segments for each file, which costs more than one copy of so little',
    'mapping-for-each-file':
      'makes and removes a mapping for each file, which costs more than one copy of so little',
    'larger-than-memory':
      'more comes than this machine has memory[ ({bytes:bytes}, {memory:bytes})], so that the page cache would not keep it',
    'nothing-better-here': 'nothing that copies less runs here',
    'pieces-by-calls':
      'pieces of one file go in order, each by a call of its own ({pieces:count} of {mean:bytes} on average), and nothing has to touch their bytes',
    'pieces-too-long':
      'it copies the bytes to save calls, which pays for pieces of up to {limit:bytes} on average; these are longer',
    'not-scattered': 'it is for many small pieces that lie scattered; these are whole files in order',
    'through-a-pipe':
      'copies no less than what was taken, and takes two calls and a pipe where that takes one',
    'kernel-would-copy':
      'behind the interface[ {interface}] there is no card, so the kernel copies the bytes after all',
    'pages-to-be-pinned': 'copies no less than what was taken, and has to pin pages and to read completions',
    'nothing-to-encrypt': 'is for encrypted transfers',
    'no-disk-below': 'the file system keeps its files in memory, so there is no cache to go past',
    'cached-already':
      '[{cached} % of ]the bytes are in the page cache already, and it would read them from the disk again',
    'would-stay-cached': 'the bytes fit in the page cache, where the next reader finds them',
    'direct-not-faster': 'reading past the page cache costs a copy to user space that the taken one does not',
    'faults-for-each-page':
      'each new page of a mapping costs a page fault; receiving so was measured to be slower',
    'waits-for-the-disk':
      'each write waits for the disk, and what arrived is not in the page cache for its next reader',
    'chosen-by-user': 'chosen by you',
    'encrypted-in-node': 'the bytes are encrypted in user space, so they have to pass through it',
    'body-in-node': 'the bytes travel in the body of a request, so they have to pass through user space',
    'receiver-encrypts':
      'the receiver wants an encrypted transfer, so the bytes have to pass through user space',
    'data-port-silent':
      'the receiver’s data port[ {port}] did not answer, so the bytes go in the body of a request',
    'data-port-broke':
      'the connection to the receiver’s data port[ {port}] broke, so the bytes go in the body of a request',
    'other-chosen': 'you chose another',
    'same-machine': 'sender and receiver are this machine, so no socket is needed',
    'shares-blocks': 'the copy shares the blocks of the file, so that none of its bytes is read or written',
    'copies-in-kernel':
      'both are on one file system, which copies by itself; none of the bytes passes through user space',
    'copies-between-file-systems':
      'they are on different file systems, so the kernel copies from one page cache to the other',
    'other-file-system': 'the folder is on another file system',
    'blocks-not-shared': 'files in that folder cannot share blocks; it was tried',
    'next-in-order': 'it copies no less; its turn comes where the one before it cannot run',
    'receiving-no-touch': 'nothing has to touch the bytes on their way from the socket to the disk',
    'not-supported-here': 'not supported here[ on {platform}]',
    'not-built-yet': 'not in this version yet',
    'copies-more': 'the CPU would copy each byte more often[ ({cpu#time|times})]',
    'only-by-choice': 'copies no less than what was taken; it runs when you choose it',
    'needs-clear': 'needs a transfer that is not encrypted (--clear)',
    'map-option-unknown-here': 'this system has nothing like it',
    'map-populate-too-old': 'it takes Linux 5.14[ ({syscall}: {code})], so the pages came by a fault each',
    'map-lock-limit':
      'more than this process may keep in memory[ ({syscall}: {code}; the limit is that of “ulimit -l”)], so the windows were sent without a lock',
    'map-option-refused': 'the system refused[ {syscall}][ ({code})], so they were sent without it',
    'fell-back': 'the system did not support[ {syscall}][ ({code})] here',
  },
  usage: {
    'command-missing': 'Please say what to do.',
    'command-unknown': 'There is no command “{command}”.',
    'option-unknown': 'There is no option {option}.',
    'option-elsewhere': '{option} does not belong to “penstock {command}”.',
    'option-needs-value': '{option} needs a value: {option} {metavar}.',
    'option-takes-no-value': '{option} takes no value.',
    'option-twice': '{option} was given twice, and takes one value.',
    'not-an-alias':
      '{option} is a name of 1 to {max} characters without blanks around it, but “{value}” was given.',
    'not-an-address':
      '“{value}” is not an address. Write HOST or HOST:PORT, IPv6 addresses in brackets, with a port from 1 to 65535.',
    'no-home':
      'There is no home folder to keep the state in[: HOME is “{value}”, which is not an absolute path]. Set HOME or XDG_STATE_HOME, or name a folder with --state DIR.',
    'option-empty': '{option} must not be empty.',
    'not-a-choice': '{option} is one of {choices}, but “{value}” was given.',
    'not-an-integer': '{option} is a whole number from {min} to {max}, but “{value}” was given.',
    'not-a-fingerprint':
      '{option} is a whole fingerprint, 64 hexadecimal digits as the other device shows them, but “{value}” was given.',
    'not-a-size': '{option} is a size from {least} to {most} such as 64k or 1M, but “{value}” was given.',
    'not-seconds': '{option} is a number of seconds from {min} to {max}, but “{value}” was given.',
    'too-many-words': '“penstock {command}” does not take “{value}”.',
    'paths-missing': 'Please say which files or folders to send.',
    'to-missing': 'Please say with --to where to send. Without a terminal there is nobody to ask.',
    'technique-unknown': 'There is no technique “{value}” for “penstock {command}”. There are {choices}.',
    'only-to-folder': '{option} belongs to --to-folder; a receiver has its own.',
    'only-for-mmap': '--mmap says how the technique mmap works: it needs --technique mmap.',
    'not-to-folder': '{option} does not go with --to-folder: nothing is sent over the network.',
    'argument-not-utf8':
      'The argument “{value}” is not valid UTF-8, and another file or folder would be used in its place. Rename what it names, or use a path without such characters.',
    'variable-not-utf8':
      'The environment variable {name} is not valid UTF-8: “{value}”. Another folder would be used in its place. Change it, or name a folder on the command line.',
    'folder-not-utf8':
      'The name of the current folder is not valid UTF-8: “{value}”. Give absolute paths, or run this in another folder.',
    'pin-argument':
      'A PIN is not an argument: other users of this machine can read those. --pin asks for it on the terminal, --pin-file FILE reads it from a file, and PENSTOCK_PIN is its environment variable. Paths go before --pin or after “--”.',
    'pin-needs-terminal':
      '--pin asks on the terminal, and there is none. Use --pin-file FILE or the environment variable PENSTOCK_PIN.',
    'pin-twice': '--pin and --pin-file exclude each other.',
    'pin-not-possible': '{option} gives no PIN. A PIN is one line of 1 to 64 printable characters.',
    'pin-file-unreadable': 'The PIN cannot be read from {path} ({errno}).',
    'pin-needs-to': '{option} needs --to: the receiver that is started here has no PIN.',
    'technique-needs-clear':
      'The technique “{technique}” cannot carry an encrypted transfer. Add --clear to do without encryption, or leave out --technique.',
  },
  output: {
    failed: 'Cannot write to standard output: {why}.',
    noSpace: 'no space left on the device',
  },
  pin: {
    readableByOthers: 'Warning: other users of this machine can read {path}. “chmod 600” makes it private.',
    notPossible: 'A PIN has 1 to 64 printable characters.',
  },
  usageHint: 'See “penstock help[ {about}]”.',
  directions: { send: 'sending', receive: 'receiving', copy: 'copying' },
  states: {
    preparing: 'preparing',
    offered: 'waiting for the answer',
    running: 'running',
    committing: 'making it safe on disk',
    done: 'done',
    refused: 'refused',
    cancelled: 'cancelled',
    failed: 'failed',
  },
  roles: { sender: 'sent', receiver: 'received' },
  ciphers: { none: 'not encrypted', tls: 'encrypted', sealed: 'encrypted' },
  notOverNetwork: 'on this machine, not over a network',
  copyRules: {
    ways: {
      'read-then-write': 'read into a buffer, then written to the socket',
      'mapped-then-write': 'written to the socket from mapped pages',
      'direct-then-write': 'read past the page cache, then written to the socket',
      'direct-buffered-then-write': 'a file system in memory has no way past the page cache',
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
      'receive-then-direct': 'received into a buffer, then written past the page cache',
      'receive-then-direct-buffered': 'a file system in memory has no way past the page cache',
      'clone-shares-blocks': 'the files share blocks',
      'copyrange-shares-blocks': 'copy_file_range shares blocks',
      'copyrange-in-kernel': 'copy_file_range copies in the kernel',
      'sendfile-file-to-file': 'sendfile copies from file to file',
    },
    beside: 'part by {techniques}',
    cached: '{percent} % from the page cache',
    sourceInMemory: 'source in memory',
    targetInMemory: 'target in memory',
    noCard: 'no network card',
  },
  durability: {
    os: 'in the page cache; the system writes it back',
    everysec: 'written back every second',
    commit: 'written to the disk before “done”',
    through: 'every write went to the disk',
  },
  yes: 'yes',
  no: 'no',
  none: '–',
  progress: {
    left: '{seconds:seconds} left',
    line: '{title}: {percent}, {bytes:bytes} of {total:bytes}, {rate:rate}',
    preparing: 'Preparing “{title}” …',
    waiting: 'Waiting for {peer} to accept {what} …',
    committing: 'All bytes are there; making “{title}” safe on disk …',
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
    checked: 'Checked: every byte',
    notChecked: 'Checked: no',
    durable: 'On the disk: {durability}',
    copies: 'Copies of each byte: {cpu} by the CPU, {dma} by DMA (derived: {rule})',
    userCopy: 'Through user space: {bytes:bytes}',
    kernelCopied: 'Copied by the kernel in spite of zerocopy: {bytes:bytes}',
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
    pinQuestion: 'PIN that senders have to enter: ',
    offerFrom: 'Offer {number}: {peer} ({host}) wants to send:',
    offerFingerprint: '  fingerprint  {fingerprint}[ – {recent}]',
    offerRecent: 'seen before',
    offerUnknown: 'not seen before',
    offerUnproved: 'none: this device did not prove who it is',
    offerWhat: '  what         {what}',
    offerWhere: '  where to     {folder}',
    offerCipher: '  encryption   {cipher}',
    offerQuestion: 'Accept offer {number}? (y, or Enter for no) ',
    offerQuestionAlways: 'Accept offer {number}? (y; a to always accept this device; or Enter for no) ',
    offerAlways: 'This device is always accepted from now on.',
    offerAlwaysFailed: 'Accepted, but this device is not always accepted: {why}',
    offerGone: 'Offer {number} no longer waits for an answer.',
    refusedUnattended:
      'Refused “{title}” from {peer} ({host}): this device is not one that you always accept, and without a terminal there is no way to ask. Run “penstock receive” on a terminal and answer a, or start with --accept all to take everything.',
    refusedNotAlways:
      'Refused “{title}” from {peer} ({host}): only devices that you always accept are accepted (--accept always).',
    accepted: 'Receiving “{title}” from {peer} …',
  },
  send: {
    searching: 'Looking for devices …',
    pick: 'Number of the device (r to search again, Enter to give up): ',
    noneFound: 'No devices found yet.',
    pinQuestion: 'PIN of the receiver: ',
  },
  interrupted: 'Stopping … (Ctrl-C again to end at once)',
  demo: {
    making: 'Making a folder with {files#file|files}, {bytes:bytes} …',
    senderTitle: 'The sender’s report:',
    receiverTitle: 'The receiver’s report:',
    equal: 'Both folders are equal, byte for byte, with modes, times and links.',
    unequal: 'The folders differ: {list}',
  },
  history: { empty: 'No transfers yet.' },
  compare: {
    staysThere:
      'Each round’s files stay at {peer}: they cannot be removed from here, and {peer} does not tell its own figures.',
    warmUp: 'Warming up ({number} of {total}): {technique} …',
    round: 'Round {round} of {rounds} ({number} of {total}): {technique} …',
    title:
      'Sent in each round: “{title}”, {files#file|files}, {bytes:bytes}. Medians, with lowest and highest:',
    toHere:
      'Measured against a receiver of its own on this computer, over loopback: no network card and no cable have a part in it.',
    toPeer: 'Measured against {peer}, which does not tell its own figures.',
    headers: {
      technique: 'TECHNIQUE',
      rate: 'RATE',
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
    rules: 'Copies are derived, by these rules: {list}',
    rateLead: {
      clear:
        'Fastest: {winner}, {timesNext} times as fast as {next} and {timesWorst} times as fast as {worst}.',
      overlap:
        'No clear winner in rate: {winner} has the best median, but its rounds overlap with those of {next} ({timesNext} times).',
      few: 'No clear winner in rate: {winner} has the best median ({timesNext} times that of {next}), but so few rounds could lie apart by chance. Four or more would tell.',
    },
    cpuLead: {
      clear:
        'Least processor time at the sender: {winner}. {next} takes {timesNext} times as much, {worst} {timesWorst} times.',
      overlap:
        'No clear winner in processor time at the sender: {winner} has the best median, but its rounds overlap with those of {next} ({timesNext} times; {worst} {timesWorst} times).',
      few: 'No clear winner in processor time at the sender: {winner} has the best median ({next} takes {timesNext} times as much), but so few rounds could lie apart by chance. Four or more would tell.',
    },
    queues: {
      rate: 'rate',
      cpu: 'the sender’s processor time',
      differ:
        'By {measure} the best technique differs on this machine: {log} for one long log, {scattered} for scattered messages.',
      same: 'By {measure} this machine does not show a difference between the two: {winner} is best for one long log and for scattered messages.',
      unclear:
        'By {measure} this machine does not show a difference between one long log and scattered messages: no technique stands clear of the others in both.',
    },
    because:
      'With {winner} the sender’s CPU copies each byte {cpu#time|times}, and {bytes:bytes} pass through user space.',
  },
  peers: { empty: 'No devices found. Is Penstock or LocalSend running there, on this network?' },
  headers: {
    number: '#',
    alias: 'NAME',
    kind: 'PROGRAM',
    address: 'ADDRESS',
    fingerprint: 'FINGERPRINT',
    foundBy: 'FOUND BY',
    recent: 'SEEN BEFORE',
    direction: 'DIRECTION',
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
    source:
      'What would be sent: {files#file|files}, {bytes:bytes}[, on {fileSystem}][, {cached} % in the page cache]',
    route:
      'The way there: {interface}[ (driver {driver})][, {virtual}][, {speed} Mbit/s][, MTU {mtu}]; {features}[; {here}]',
    feature: '{name}: {state}',
    target: 'Where it would go: {folder}[, on {fileSystem}]; {sharing}',
    sharing: 'files there can share blocks',
    notSharing: 'files there cannot share blocks',
    sharingUnknown: 'whether files there can share blocks could not be tried',
    scatterGather: 'scatter-gather',
    tso: 'segmentation by the card',
    tlsOffload: 'TLS by the card',
    on: 'on',
    off: 'off',
    unknown: 'unknown',
    and: ', ',
    virtual: 'no card behind it',
    sameMachine: 'the other end is this computer',
  },
  kinds: { penstock: 'Penstock', localsend: 'LocalSend', folder: 'Folder' },
  foundBy: { multicast: 'multicast', scan: 'scan', address: 'address' },
} as const
