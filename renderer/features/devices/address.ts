/** The port of an address that has none. */
const USUAL_PORT = 53317

/** An address as another device's "By address" accepts it: with the port if it is not the default. */
export function addressWithPort(address: string, port: number | null): string {
  if (port === null || port === USUAL_PORT) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
