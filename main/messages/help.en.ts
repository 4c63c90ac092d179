/** Pages of `penstock help`, by command; `overview` is the first one. */
export const helpEn = {
  overview: `
penstock – sends files and folders across a local network with as few copies of the bytes as the system allows

  penstock receive                   take files from other devices
  penstock send PATH... --to DEVICE  send files and folders to a device
  penstock peers                     who is nearby
  penstock techniques [PATH]         how bytes can be moved here, and why not otherwise
  penstock compare [PATH]            the same file by one technique after the other, side by side
  penstock demo                      a receiver and a sender on this machine, with a real folder
  penstock history                   what was sent and received
  penstock help [COMMAND]            this page, or that of a command

For every command:
  --json        one JSON object a line on standard output, and nothing else there
  --state DIR   folder of identity, settings and history (else PENSTOCK_STATE, else the usual folder)
  --alias NAME  what others see as the name of this device (else the host name)
  --help        the page of the command
  --version     the version

A PIN (1 to 64 characters) is never an argument, where other users can read it. Without --pin and
--pin-file it is the environment variable PENSTOCK_PIN where that is set.

Exit codes: 0 done, 1 failed or not all delivered, 2 wrong use, 3 refused by the other side,
70 an error of Penstock itself, 130 interrupted.
`,
  receive: `
penstock receive [OPTIONS] – takes files from other devices until Ctrl-C

  --dir DIR              where files go (the current folder); made if it is missing
  --accept ask           ask for every offer on the terminal (default); without a terminal
                         devices that you always accept are accepted, others refused
  --accept always        accept devices that you always accept, refuse all others
  --accept all           accept everything
  --only FINGERPRINT     admit only the device with this fingerprint, turn all others away;
                         --accept says what becomes of its offers
  --loopback             listen on this machine's loopback addresses only; implies --hidden
  --once                 take one transfer and end with it, however it ends; offers that are not
                         accepted do not count
  --pin                  senders have to give a PIN, which is asked for on the terminal
  --pin-file FILE        senders have to give the PIN in the first line of this file
  --clear                permit transfers that are not encrypted; they are faster
  --port N               control port; 0 for any free one (53317, else any free pair)
  --data-port N          data port; 0 for any free one (the one after the control port)
  --hidden               do not show this device to others; senders need the address
  --technique T          auto (default), readwrite, mmap, splice, direct or unseal
  --buffer BYTES         buffer of readwrite, 4k to 16M (1M)
  --check on|off         check every range with CRC-32C (on)
  --durability os        done when the system has the bytes in its cache
  --durability everysec  and written back every second
  --durability commit    done when they are on the disk (default)
  --durability through   every single write goes to the disk
  --on-conflict RULE     what becomes of a name that is taken: keep-both (default), replace,
                         skip or newer

Lines of --json: {"event":"listening"} first, then "offer", "progress" and, for the end of each
transfer, one of "report", "refused", "cancelled" and "failed".
`,
  send: `
penstock send PATH... [--to DEVICE] [OPTIONS] – sends files and folders
penstock send PATH... --to-folder DIR [OPTIONS] – copies them to a folder on this machine

  --to DEVICE       HOST, HOST:PORT, the name of a device or its fingerprint;
                    without it, on a terminal, pick from the devices nearby
  --clear           do without encryption where the receiver permits it: the bytes can then
                    go from the page cache to the network card untouched; a device that
                    offers no encryption gets files only with this option, and never a PIN
  --technique T     auto (default), readwrite, mmap, gather, sendfile, transmitfile, splice,
                    direct, zerocopy, seal or ktls; see “penstock techniques”
  --mmap MAP        what the technique mmap does to each piece of a file in memory, one or several
                    with commas: sequential (usual; willneed on Windows), willneed (begin to
                    read), populate (all pages at once, not by a fault each), lock (keep them in
                    memory, as far as the limit “ulimit -l” goes) or none; the report says
                    which of them the system did
  --streams N       connections for content, 1 to 16, or auto (default)
  --buffer BYTES    buffer of readwrite, 4k to 16M (1M)
  --check on|off    check every range with CRC-32C (on)
  --pin             ask on the terminal for the PIN that the receiver wants
  --pin-file FILE   the PIN is the first line of this file

With --to-folder DIR (made if it is missing) nothing goes over the network, and of the above only
--technique counts:
  --technique T        auto (default), clone (shares the blocks, copies nothing), copyrange
                       (copy_file_range) or copyfile (sendfile from file to file); what the file
                       system cannot do falls to the next
  --durability D       os, everysec, commit (default) or through, as for “penstock receive”
  --on-conflict RULE   keep-both (default), replace, skip or newer

A PATH that begins with “-” goes after “--”.
Lines of --json: "progress", then one of "report", "refused", "cancelled" and "failed".
`,
  peers: `
penstock peers [--for SECONDS] – lists the devices nearby

  --for SECONDS     how long to look (4)
`,
  techniques: `
penstock techniques [PATH] [--to HOST | --to-folder DIR] – lists how bytes can be moved, and why not otherwise

  PATH              for this file or folder
  --to HOST         on the route to this host
  --to-folder DIR   to this folder on this machine; whether blocks can be shared there is tried with
                    two small files, which are gone again
`,
  compare: `
penstock compare [PATH] [OPTIONS] – sends the same by one technique after the other, and compares

  PATH               what is sent in each round; without it a file is made, and removed again
  --size BYTES       of that file, 1M to 64G (1G)
  --to DEVICE        to this device; without it to a receiver of its own on this machine
  --preset NAME      techniques (all that run here, the default), textbook (read and write with
                     4 KiB and with 1 MiB, mmap, sendfile, beside the textbook’s counts),
                     log (one long file in order, as a log broker serves it), scattered
                     (thousands of messages of 256 bytes to 1 KiB out of one file, those of one of
                     eight queues in it, in order; each arrives as a file of its own), mapping
                     (mmap by its options), or queues (log, then scattered, and whether the best
                     technique differs between them)
  --techniques A,B   these instead of those of the preset
  --runs N           measured rounds, 1 to 100 (5); one more before them warms up
  --check on|off     check every range with CRC-32C (off: the check is a pass of its own)
  --dir DIR          where the receiver’s files go meanwhile (the place for temporary files)
  --csv FILE         writes the table as comma-separated values
  --pin              ask on the terminal for the PIN that the receiver wants
  --pin-file FILE    the PIN is the first line of this file

The transfers are not encrypted: the techniques differ only there. The order is turned round in
each round. Rates and CPU time are medians; the bytes count as delivered once they are in the
receiver’s page cache.
Lines of --json: one {"event":"report"} for each technique, the sender’s of the round with the
median rate, whose "compare" has the medians, and {"event":"comparison"} with the verdict.
`,
  demo: `
penstock demo – sends a real folder from this machine to itself

Makes a folder of a few hundred megabytes in a temporary place, starts a receiver of its own,
sends the folder to it, compares both trees byte for byte, prints both reports and removes
everything again. Identity and history of this device are not touched.
The last line of --json is {"event":"demo","equal":true}; exit code 1 where the trees differ.
`,
  history: `
penstock history [--limit N] – lists what was sent and received, newest first

  --limit N         how many (20)
`,
  help: `
penstock help [COMMAND] – explains the commands
`,
} as const
