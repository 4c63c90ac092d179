import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { fingerprintOf } from './identity.ts'

/**
 * Identity of the device at the other end of a TLS connection, which has proved that it holds the key of its certificate.
 * Only a finished handshake creates one, so code that takes a ProvedIdentity cannot receive a fingerprint that a message
 * merely claims.
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

  /**
   * The peer of a connection; null without TLS, before the end of the handshake, and if the peer presented no certificate.
   */
  static of(socket: Duplex | null): ProvedIdentity | null {
    if (!(socket instanceof TLSSocket) || !isHandshakeOver(socket)) return null
    const certificate = socket.getPeerX509Certificate()
    return certificate === undefined ? null : new ProvedIdentity(fingerprintOf(certificate.raw))
  }

  /** Whether both are the same device. */
  equals(other: ProvedIdentity | null): boolean {
    return other !== null && other.fingerprint === this.fingerprint
  }
}

/**
 * Node sets one of the two at the end of the handshake and neither before. The certificates are self-signed, so it is
 * usually the error. Electron's TLS library does not expose the Finished message of TLS 1.3.
 */
function isHandshakeOver({ authorized, authorizationError }: TLSSocket): boolean {
  // Typed as always present; it is null or undefined until a check fails.
  const failed: unknown = authorizationError
  return authorized || (failed !== null && failed !== undefined)
}
