/** Pages of `penstock help`, by command; `overview` is the first one. */
export const helpEn = {
  overview: `
penstock – sends files and folders across a local network with as few copies of the bytes as the system allows

  penstock receive                   receive files from other devices
  penstock send PATH... --to DEVICE  send files and folders to a device
  penstock share PATH...             share files with browsers by a link
  penstock peers                     list the devices nearby
  penstock techniques [PATH]         list the techniques, and why one is not available
  penstock compare [PATH]            compare the techniques on the same file
  penstock demo                      send a real folder from this machine to itself
  penstock history                   list past transfers
  penstock pair DEVICE               trust a device, after you compared six digits on both screens
  penstock devices                   list the devices that you trust, and change what they may do
  penstock help [COMMAND]            show this page, or the page of a command

For every command:
  --json        write one JSON object per line to standard output, and nothing else
  --state DIR   folder of identity, settings and history (else PENSTOCK_STATE, else the default)
  --alias NAME  name of this device on other devices (else the host name)
  --help        show the page of the command
  --version     show the version

A PIN (1 to 64 characters) is never an argument, because other users can read arguments. Without
--pin and --pin-file, the environment variable PENSTOCK_PIN applies if it is set.

Exit codes: 0 done, 1 failed or not all delivered, 2 usage error, 3 declined by the other side,
70 internal error, 130 interrupted.
`,
  receive: `
penstock receive [OPTIONS] – receives files from other devices until Ctrl-C

  --dir DIR              target folder (the current folder); created if missing
  --accept ask           ask for every offer on the terminal (default), except from devices that
                         are always accepted; without a terminal, decline all others
  --accept always        accept devices set to be always accepted, decline others
  --accept all           accept everything, except what uses the name or address of a trusted
                         device under another key
  --only FINGERPRINT     admit only the device with this fingerprint, reject all others;
                         --accept decides about its offers
  --loopback             listen on this machine's loopback addresses only; implies --hidden
  --once                 exit after one transfer, whatever its result; declined offers do
                         not count
  --link                 let browsers send files as well: prints a link to a page for them,
                         and on a terminal its QR code; with --clear over HTTP
  --pin                  require a PIN from senders; prompt for it on the terminal
  --pin-file FILE        require the PIN in the first line of this file
  --clear                permit unencrypted transfers as well, not only from devices that may
                         send them (“penstock devices”)
  --port N               control port; 0 for any free one (53317, else any free pair)
  --data-port N          data port; 0 for any free one (the one after the control port)
  --hidden               do not announce this device; senders need the address
  --technique T          auto (default), readwrite, mmap, splice or direct for
                         unencrypted transfers, unseal or ktls for encrypted ones
  --dontcache            readwrite that leaves nothing in the page cache, where the file system
                         supports it; the report says for how many bytes. auto does so if the
                         transfer is larger than free memory
  --buffer BYTES         buffer of readwrite, 4k to 16M (1M)
  --check on|off         check every range with CRC-32C (on)
  --durability os        done when the bytes are in the page cache
  --durability everysec  and written back every second
  --durability commit    done when the bytes are on the disk (default)
  --durability through   every write goes through to the disk
  --on-conflict RULE     what happens if a name exists: keep-both (default), replace, skip
                         or newer

Lines of --json: {"event":"listening"} first, "link" with --link, then "text" for a message, "offer",
"progress" and, for the end of each transfer, one of "report", "refused", "cancelled" and "failed".
`,
  send: `
penstock send PATH... [--to DEVICE] [OPTIONS] – sends files and folders
penstock send PATH... --to-folder DIR [OPTIONS] – copies them to a folder on this machine

  --to DEVICE       HOST, HOST:PORT, the name of a device or its fingerprint;
                    without it, choose from the devices nearby on the terminal
  --exclude GLOB    leave out what matches, as in .gitignore: *.tmp (a name at any depth),
                    node_modules/ (only folders), 'build/**' (a path in a PATH); may be repeated.
                    * stands for any characters but /, ? for one, [a-z] for one of a set, ** for
                    any folders; case counts. The report counts what was left out
  --clear           send unencrypted if the receiver permits it; a device without encryption
                    gets files only with this option, and never a PIN
  --technique T     auto (default), seal or ktls; with --clear readwrite, mmap, gather, sendfile,
                    transmitfile, splice, direct or zerocopy; see “penstock techniques”
  --mmap MAP        options of each mapping of the technique mmap, separated by commas:
                    sequential (default; willneed on Windows), willneed (read ahead), populate
                    (load all pages at once, without a fault each), lock (keep them in memory,
                    up to the limit “ulimit -l”) or none; the report lists those that the
                    system applied
  --dontcache       readwrite that leaves nothing in the page cache, where the file system
                    supports it; the report says for how many bytes. auto does so if the
                    transfer is larger than free memory
  --streams N       connections for content, 1 to 16, or auto (default)
  --buffer BYTES    buffer of readwrite, 4k to 16M (1M)
  --check on|off    check every range with CRC-32C (on)
  --pin             prompt on the terminal for the receiver's PIN
  --pin-file FILE   the PIN is the first line of this file

With --to-folder DIR (created if missing) nothing is sent over the network, and of the above only
--exclude and --technique apply:
  --technique T        auto (default), clone (shares the blocks, copies nothing), copyrange
                       (copy_file_range), copyfile (sendfile from file to file) or readwrite; if one
                       is not supported here, the next is used
  --durability D       os, everysec, commit (default) or through, as for “penstock receive”
  --on-conflict RULE   keep-both (default), replace, skip or newer

Put a PATH that begins with “-” after “--”.
Lines of --json: "progress", then one of "report", "refused", "cancelled" and "failed".
`,
  share: `
penstock share PATH... [OPTIONS] – shares files with browsers by a link, until Ctrl-C

Prints the link, and on a terminal its QR code. The page lists the files: one can be downloaded and
resumed, or all as a ZIP archive. Without a PIN the link holds a secret, so pass it on whole.

  --pin             require a PIN from browsers; prompt for it on the terminal
  --pin-file FILE   require the PIN in the first line of this file
  --for SECONDS     end after this time
  --clear           HTTP: not encrypted, and no warning of the browser about the certificate
  --exclude GLOB    leave out what matches, as for “penstock send”
  --port N          port; 0 for any free one (53319, else any free one)
  --loopback        for browsers on this machine only

Lines of --json: {"event":"sharing"}, then "shared" for each download and "expired" at the end of
the time.
`,
  peers: `
penstock peers [--for SECONDS] – lists the devices nearby

  --for SECONDS     how long to look (4)
`,
  techniques: `
penstock techniques [PATH] [--to HOST | --to-folder DIR] – lists the techniques, and why one is not available

  PATH              for this file or folder
  --to HOST         on the route to this host
  --to-folder DIR   to this folder on this machine; two small temporary files test whether blocks can
                    be shared there
`,
  compare: `
penstock compare [PATH] [OPTIONS] – sends the same files with each technique and compares them

  PATH               what to send in each round; without it, a temporary file
  --size BYTES       of that file, 1M to 64G (1G)
  --to DEVICE        to this device; without it, to a separate receiver on this machine
  --preset NAME      techniques (all that run here, the default), textbook (read and write with
                     4 KiB and with 1 MiB, mmap and sendfile, next to the textbook’s counts),
                     log (one long file in order, as a log broker reads it), scattered
                     (thousands of messages of 256 bytes to 1 KiB from one file, those of one of
                     its eight queues, in order; each arrives as a separate file), mapping
                     (mmap with each option), buffer (readwrite with buffers of 4 KiB to 16 MiB),
                     durability (seconds until receivers of each durability have delivered; on
                     this machine only), or queues (log, then scattered, and whether the best
                     technique differs between them)
  --techniques A,B   these techniques instead of the preset's
  --runs N           measured rounds, 1 to 100 (5); one warm-up round runs first
  --check on|off     check every range with CRC-32C (off: the check is an extra pass)
  --dir DIR          folder for the receiver’s files (the folder for temporary files)
  --csv FILE         write the table as comma-separated values
  --pin              prompt on the terminal for the receiver's PIN
  --pin-file FILE    the PIN is the first line of this file

The presets compare unencrypted transfers. To a device that accepts only encrypted ones, techniques
compares seal and ktls; --techniques can name both kinds. Each round reverses the order of the one
before. Rates and CPU time are medians; the bytes count as delivered once they are in the
receiver’s page cache.
Lines of --json: one {"event":"report"} for each technique, the sender’s of the round with the
median rate, whose "compare" has the medians, and {"event":"comparison"} with the verdict.
`,
  demo: `
penstock demo – sends a real folder from this machine to itself

Creates a folder of a few hundred megabytes in a temporary place, starts a separate receiver,
sends the folder to it, compares both trees byte for byte, prints both reports and removes
everything. The identity and history of this device are not changed.
The last line of --json is {"event":"demo","equal":true}; exit code 1 if the trees differ.
`,
  history: `
penstock history [--limit N] – lists past transfers, newest first

  --limit N         how many (20)
`,
  pair: `
penstock pair DEVICE – trusts a device, and lets it trust this one

  DEVICE            HOST, HOST:PORT, the name of a device or its fingerprint

The other device shows the request in its window, or where “penstock receive” runs in a terminal.
Both then show six digits. If they are the same, answer y on both, within 2 minutes; else another
device is between the two. Nothing is stored before both have confirmed. Three pairings that fail
within ten minutes lock it. “penstock devices” lists what the device may do.
Lines of --json: {"event":"pairing"} with the digits, then "paired" or "failed".
`,
  devices: `
penstock devices – lists the devices that you trust
penstock devices trust DEVICE [OPTIONS] – trusts a device, or changes what a trusted one may do
penstock devices rename DEVICE NAME – changes the name under which you know it
penstock devices forget DEVICE – no longer trusts it

  DEVICE                  the name of a trusted device, its fingerprint, or the first 8 digits of it;
                          for a device that is not trusted yet, the whole fingerprint, which the
                          device shows: compare it there, for example over the telephone
  --always-accept on|off  accept its encrypted transfers without a question
  --unencrypted on|off    let it send unencrypted, and with --always-accept without a question;
                          others on the network can then read and change what it sends
  --name NAME             the name under which you know it (else its own)

A trusted device is recognised by its key. Its name and its last addresses are bound to that key:
“penstock send” refuses another device that uses them, and “penstock receive” asks about it.
Changes apply at once, also to a receiver that is running.
Lines of --json: {"event":"device"} for each device listed or changed, {"event":"forgotten"}.
`,
  help: `
penstock help [COMMAND] – explains the commands
`,
} as const
