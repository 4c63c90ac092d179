/** English text of the window: this device and the others. */
export const devicesEn = {
  self: {
    label: 'This device',
    ready: 'Ready[ · {address}]',
    notReady: 'Not receiving',
    fingerprint: 'Fingerprint of this device',
  },
  devices: {
    nearby: 'Nearby',
    list: 'Devices nearby',
    recent: 'Seen before',
    trusted: 'Trusted',
    namesake: 'Not “{name}”: another key',
    notEncrypted: 'Not encrypted',
    notEncryptedText: 'it cannot receive encrypted files',
    dropToSend: 'Drop to send',
    penstock: 'Penstock',
    localsend: 'LocalSend',
    demo: 'Demo receiver',
    demoName: 'This computer (demo)',
    sendTo: 'Send to {name}',
    foundBy: { multicast: 'announced itself', scan: 'found on the network', address: 'by its address' },
    about: '{kind} · {host} · {found}[ · {open}]',
    emptyTitle: 'Looking for devices …',
    emptyText:
      'Start Penstock or LocalSend on another device on this network; it appears here automatically.',
    tryHere: 'Try it on this computer',
    tryHereText: 'Starts a second receiver here, with a real connection and real files.',
    byAddress: 'By address',
    cantSee: 'Can’t see a device?',
    settings: 'Settings',
  },
  address: {
    title: 'Send by address',
    text: 'Penstock on the other device shows its address below its name; so do its network settings.',
    label: 'Address, with the port if it is not 53317',
    example: '192.168.1.20 or 192.168.1.20:53317',
    find: 'Find the device',
    finding: 'Searching …',
    found: 'Found {name}.',
  },
  help: {
    title: 'Can’t see a device?',
    lead: 'Devices on the same network find each other automatically. Check the following, most likely cause first:',
    steps: {
      running: {
        title: 'The device is on and the program is open',
        text: 'Penstock or LocalSend must be open on the other device. On a phone, keep the app open on screen.',
      },
      network: {
        title: 'Both are on the same network',
        text: 'The same Wi-Fi or wired network. Guest networks, some office networks and VPNs isolate devices from each other.',
      },
      firewall: {
        title: 'The firewall allows it',
        text: 'TCP and UDP port 53317 and TCP port 53318 must be open on the receiving device.',
      },
      address: {
        title: 'Use the address',
        text: 'This device is reachable at {addresses}. “By address” finds a device even where announcements are blocked.',
      },
    },
    noAddress: 'no address: not connected to a network',
    again: 'Look again',
    looking: 'Looking …',
    tryHere: 'Try it on this computer instead',
  },
} as const
