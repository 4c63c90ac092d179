/** Port that a device is looked for on where none is named. */
const USUAL_PORT = 53317

/** An address as another device's "By address" takes it: with the port where that is not the usual one. */
export function addressWithPort(address: string, port: number | null): string {
  if (port === null || port === USUAL_PORT) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
