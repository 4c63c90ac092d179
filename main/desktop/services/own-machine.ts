import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'

/** The folder for downloads; a system that names none is said to use the home folder itself. */
export function downloads(): string {
  const named = app.getPath('downloads')
  const home = app.getPath('home')
  return named === home ? join(home, 'Downloads') : named
}

/** Addresses that others may use: IPv4 first, none that means something on this machine or this link only. */
export function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .map(({ address }) => address)
}
