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
 * Node sets one of the two when the handshake has ended, and neither before: the certificates are
 * self-signed, so it is usually the error. The TLS library of Electron has no Finished message to ask for with TLS 1.3.
 */
function isHandshakeOver({ authorized, authorizationError }: TLSSocket): boolean {
  // Typed as always there; it is null, or undefined, until a check has failed.
  const failed: unknown = authorizationError
  return authorized || (failed !== null && failed !== undefined)
}
