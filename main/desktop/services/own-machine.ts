import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'

/** The folder for downloads. Systems without one report the home folder. */
export function downloads(): string {
  const named = app.getPath('downloads')
  const home = app.getPath('home')
  return named === home ? join(home, 'Downloads') : named
}

/** Addresses for other devices: IPv4 first, no loopback or link-local ones. */
export function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .sort((a, b) => Number(a.family === 'IPv6') - Number(b.family === 'IPv6'))
    .map(({ address }) => address)
}
