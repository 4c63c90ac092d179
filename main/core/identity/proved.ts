import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { fingerprintOf } from './identity.ts'

/**
 * Identity of the device at the other end of a TLS connection, which has proved that it holds the key of its certificate.
 * Only a finished handshake makes one, so code that takes a ProvedIdentity cannot be given a fingerprint that a message claims.
 */
export class ProvedIdentity {
  // A private field makes the type nominal: no object literal can stand in for it.
  readonly #fingerprint: string

  private constructor(fingerprint: string) {
    this.#fingerprint = fingerprint
  }

  /** SHA-256 of the certificate's DER, lower-case hexadecimal. */
  get fingerprint(): string {
    return this.#fingerprint
  }

  /** The peer of a connection; null without TLS, before the end of its handshake, and where the peer showed no certificate. */
  static of(socket: Duplex | null): ProvedIdentity | null {
    if (!(socket instanceof TLSSocket) || socket.getPeerFinished() === undefined) return null
    const certificate = socket.getPeerX509Certificate()
    return certificate === undefined ? null : new ProvedIdentity(fingerprintOf(certificate.raw))
  }

  /** Whether both are the same device. */
  equals(other: ProvedIdentity | null): boolean {
    return other !== null && other.fingerprint === this.fingerprint
  }
}
