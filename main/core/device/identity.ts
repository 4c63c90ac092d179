import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, link, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PenstockError } from '../../contract/errors.ts'
import { errnoOf } from '../errors/errno.ts'
import { writeDurably } from '../store/atomic-file.ts'
import { readStateFile } from '../store/state-file.ts'
import { makeFolders } from '../target/make-folder.ts'

/** This device's identity: a key pair. The fingerprint of its certificate is the device's name on the network. */
export interface Identity {
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** SHA-256 of the certificate's DER, lower-case hexadecimal. */
  readonly fingerprint: string
}

const FILE_NAME = 'identity.json'
const VALID_YEARS = 20
const DAY_MS = 24 * 60 * 60 * 1000

const storedSchema = z.object({
  version: z.literal(1),
  certificatePem: z.string().max(16_384),
  privateKeyPem: z.string().max(16_384),
})

/** SHA-256 of a certificate's DER in lower-case hexadecimal. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

function decode(text: string): Identity {
  const { certificatePem, privateKeyPem } = storedSchema.parse(JSON.parse(text))
  const certificate = new X509Certificate(certificatePem)
  if (!certificate.checkPrivateKey(createPrivateKey(privateKeyPem))) {
    throw new Error('Expected a private key that belongs to the certificate')
  }
  return { certificatePem, privateKeyPem, fingerprint: fingerprintOf(certificate.raw) }
}

/** Null if there is none yet. Anything else that cannot be used is an error, so that an identity is never lost silently. */
async function read(path: string): Promise<Identity | null> {
  try {
    const text = await readStateFile(path)
    if (text === null) return null
    const identity = decode(text)
    await chmod(path, 0o600)
    return identity
  } catch (cause) {
    throw new PenstockError('state-unreadable', { path }, { cause })
  }
}

async function make(): Promise<string> {
  // Loaded here only: it is needed once, and takes a third of the time in which the core loads.
  const { generate } = await import('selfsigned')
  const now = new Date().getTime()
  // Valid from a day ago, because the clock of a peer that checks the dates may be behind.
  const made = await generate([{ name: 'commonName', value: 'Penstock' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + VALID_YEARS * 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
    ],
  })
  return `${JSON.stringify({ version: 1, certificatePem: made.cert, privateKeyPem: made.private })}\n`
}

/** Gives the finished file its name unless another process was first. File systems without hard links get a copy. */
async function publish(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return
    try {
      await copyFile(temporary, path, constants.COPYFILE_EXCL)
    } catch (second) {
      if (errnoOf(second) !== 'EEXIST') throw second
    }
  }
}

/**
 * This device's identity from `stateDir` (made with mode 0700 if missing). It is created once, at the first call: of several
 * processes that start together one wins, and all return the same. Throws `state-unreadable` if the file exists and cannot
 * be used; it is never replaced.
 */
export async function loadIdentity(stateDir: string): Promise<Identity> {
  const path = join(stateDir, FILE_NAME)
  const present = await read(path)
  if (present !== null) return present
  const temporary = join(stateDir, `.${FILE_NAME}.${randomBytes(8).toString('hex')}`)
  try {
    await makeFolders(stateDir, 0o700)
    try {
      await writeDurably(temporary, await make())
      await publish(temporary, path)
    } finally {
      await unlink(temporary).catch(() => undefined)
    }
  } catch (cause) {
    throw new PenstockError('state-unreadable', { path: stateDir }, { cause })
  }
  const identity = await read(path)
  if (identity === null) throw new PenstockError('state-unreadable', { path })
  return identity
}
