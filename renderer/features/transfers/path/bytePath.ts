import type { Conveyance, CopyCount, TransferReport } from '../../../../main/contract/report.ts'
import type { Technique } from '../../../../main/contract/technique.ts'
import type { Network } from '../../../../main/contract/transfer.ts'
import type { UiWords } from '../../../../main/messages/en/ui.ts'

/** Where bytes rest. `mapping` and `mappings` are views of the page cache, not places of their own. */
export type BoxId = keyof UiWords['path']['boxes']

/** How bytes move on. `memory`: passed within this machine; `unknown`: not reported. */
export type ArrowKind = keyof UiWords['path']['words']

export interface Arrow {
  readonly from: BoxId
  readonly to: BoxId
  readonly kind: ArrowKind
}

/** The path of the bytes through one machine. */
export interface BytePath {
  readonly role: 'sender' | 'receiver'
  /** In path order: for a sender from the disk to the network, for a receiver from the network to the disk. */
  readonly kernel: readonly BoxId[]
  /** Above the line, in path order; empty if no bytes pass there. */
  readonly user: readonly BoxId[]
  readonly arrows: readonly Arrow[]
  readonly caption: keyof UiWords['path']['captions'] | null
  /** CPU and DMA copies of each byte; null if they are not known. */
  readonly copies: CopyCount | null
  readonly cipherPasses: number
}

export interface PathFacts {
  /** Null: the machine does not report it. */
  readonly technique: Technique | null
  readonly cipher: Conveyance['cipher']
  readonly carrier: Conveyance['carrier']
  readonly role: 'sender' | 'receiver'
  readonly copies: CopyCount | null
  /** Between the two machines; null if the route is not known. */
  readonly network: Network | null
}

type Way = Pick<BytePath, 'kernel' | 'user' | 'arrows' | 'caption'>

const SEND_KERNEL: readonly BoxId[] = ['disk', 'cache', 'socket', 'card']
const RECEIVE_KERNEL: readonly BoxId[] = ['card', 'socket', 'cache', 'disk']

function arrow(from: BoxId, kind: ArrowKind, to: BoxId): Arrow {
  return { from, kind, to }
}

/** From the network to the disk by way of one place, into which the CPU copies the bytes. */
function receivedThrough(place: BoxId, card: ArrowKind): Arrow[] {
  return [arrow('card', card, 'socket'), arrow('socket', 'cpu', place), arrow(place, 'dma', 'disk')]
}

/** A system that passes packets in memory has no card between the socket and the network. */
function cardKind({ network, copies }: PathFacts): 'dma' | 'memory' {
  if (network !== null) return network === 'card' ? 'dma' : 'memory'
  return copies !== null && copies.rule.kind !== 'copy' && !copies.rule.card ? 'memory' : 'dma'
}

function sealed(card: ArrowKind, caption: Way['caption']): Way {
  return {
    kernel: SEND_KERNEL,
    user: ['buffer', 'sealed'],
    arrows: [
      arrow('disk', 'dma', 'cache'),
      arrow('cache', 'cpu', 'buffer'),
      arrow('buffer', 'encryption', 'sealed'),
      arrow('sealed', 'cpu', 'socket'),
      arrow('socket', card, 'card'),
    ],
    caption,
  }
}

function throughBuffer(card: ArrowKind, caption: Way['caption']): Way {
  return {
    kernel: SEND_KERNEL,
    user: ['buffer'],
    arrows: [
      arrow('disk', 'dma', 'cache'),
      arrow('cache', 'cpu', 'buffer'),
      arrow('buffer', 'cpu', 'socket'),
      arrow('socket', card, 'card'),
    ],
    caption,
  }
}

function mapped(
  window: 'mapping' | 'mappings',
  hop: ArrowKind,
  card: ArrowKind,
  caption: Way['caption'],
): Way {
  return {
    kernel: SEND_KERNEL,
    user: [window],
    arrows: [
      arrow('disk', 'dma', 'cache'),
      arrow('cache', 'mapped', window),
      arrow('cache', hop, 'socket'),
      arrow('socket', card, 'card'),
    ],
    caption,
  }
}

function below(hop: ArrowKind, card: ArrowKind, caption: Way['caption']): Way {
  return {
    kernel: SEND_KERNEL,
    user: [],
    arrows: [arrow('disk', 'dma', 'cache'), arrow('cache', hop, 'socket'), arrow('socket', card, 'card')],
    caption,
  }
}

/** Whether the kernel copies because the interface does not gather. */
function isLinearised({ rule }: CopyCount): boolean {
  return rule.kind === 'send' && rule.way.endsWith('-linearised')
}

/** The path that stays in the kernel: by reference if the interface gathers, otherwise one copy. */
function inKernel(copies: CopyCount | null, card: 'dma' | 'memory'): Way {
  if (copies === null) return below('unknown', card, 'unknownGather')
  // Not by the count: small files that use a buffer raise the mean but do not change the path of the others.
  if (isLinearised(copies)) return below('cpu', card, 'linearised')
  return below('reference', card === 'dma' ? 'gather' : card, 'reference')
}

/** Whether the socket holds pages of the file, not copies of them. */
function isByReference({ rule }: CopyCount): boolean {
  return rule.kind === 'send' && rule.way === 'zerocopy-gather'
}

/** The kernel encrypts pages into new ones, which the interface gathers, or which it has copied. */
function encryptedInKernel(copies: CopyCount | null, card: 'dma' | 'memory'): Way {
  if (copies === null) return below('encryption', card, 'ktls')
  if (isLinearised(copies)) return below('encryption', card, 'ktlsLinearised')
  return below('encryption', card === 'dma' ? 'gather' : card, 'ktls')
}

/** The same way with a cipher pass of the kernel at the socket. */
function withKernelCipher(way: Way, kind: 'encryption' | 'decryption', caption: Way['caption']): Way {
  return { ...way, arrows: [...way.arrows, arrow('socket', kind, 'socket')], caption }
}

function sending(technique: Technique, facts: PathFacts): Way {
  const { copies } = facts
  const card = cardKind(facts)
  switch (technique) {
    case 'mmap':
      return mapped('mapping', 'cpu', card, 'mapped')
    case 'gather':
      return mapped('mappings', 'cpu', card, 'mapped')
    case 'zerocopy':
      if (copies === null) return mapped('mapping', 'unknown', card, 'zerocopy')
      return mapped('mapping', isByReference(copies) ? 'reference' : 'cpu', card, 'zerocopy')
    case 'sendfile':
    case 'splice':
    case 'transmitfile':
      return inKernel(copies, card)
    case 'direct':
      return {
        kernel: ['disk', 'socket', 'card'],
        user: ['buffer'],
        arrows: [
          arrow('disk', 'dma', 'buffer'),
          arrow('buffer', 'cpu', 'socket'),
          arrow('socket', card, 'card'),
        ],
        caption: 'direct',
      }
    case 'seal':
      return sealed(card, 'seal')
    case 'ktls':
      return encryptedInKernel(copies, card)
    default:
      return facts.cipher === 'sealed'
        ? withKernelCipher(throughBuffer(card, null), 'encryption', 'ktlsBuffer')
        : throughBuffer(card, 'readwrite')
  }
}

function openedInUserSpace(card: ArrowKind, caption: Way['caption']): Way {
  return {
    kernel: RECEIVE_KERNEL,
    user: ['sealed', 'buffer'],
    arrows: [
      arrow('card', card, 'socket'),
      arrow('socket', 'cpu', 'sealed'),
      arrow('sealed', 'decryption', 'buffer'),
      arrow('buffer', 'cpu', 'cache'),
      arrow('cache', 'dma', 'disk'),
    ],
    caption,
  }
}

function receivedThroughBuffer(card: ArrowKind, caption: Way['caption'], up: ArrowKind = 'cpu'): Way {
  return {
    kernel: RECEIVE_KERNEL,
    user: ['buffer'],
    arrows: [
      arrow('card', card, 'socket'),
      arrow('socket', up, 'buffer'),
      arrow('buffer', 'cpu', 'cache'),
      arrow('cache', 'dma', 'disk'),
    ],
    caption,
  }
}

function receiving(technique: Technique, facts: PathFacts): Way {
  const card = cardKind(facts)
  switch (technique) {
    case 'splice':
      return {
        kernel: RECEIVE_KERNEL,
        user: [],
        arrows: receivedThrough('cache', card),
        caption: 'receiveSplice',
      }
    case 'ktls':
      return receivedThroughBuffer(card, 'receiveKtls', 'decryption')
    case 'mmap':
      return {
        kernel: RECEIVE_KERNEL,
        user: ['mapping'],
        arrows: [...receivedThrough('cache', card), arrow('cache', 'mapped', 'mapping')],
        caption: 'receiveMapped',
      }
    case 'direct':
      return {
        kernel: ['card', 'socket', 'disk'],
        user: ['buffer'],
        arrows: receivedThrough('buffer', card),
        caption: 'receiveDirect',
      }
    case 'unseal':
      return openedInUserSpace(card, 'unseal')
    default:
      return facts.cipher === 'sealed'
        ? withKernelCipher(receivedThroughBuffer(card, null), 'decryption', 'receiveKtlsBuffer')
        : receivedThroughBuffer(card, 'receiveReadwrite')
  }
}

function silent({ role, network }: PathFacts): Way {
  const kernel = role === 'sender' ? SEND_KERNEL : RECEIVE_KERNEL
  const kindOf = (ends: readonly (BoxId | undefined)[]): ArrowKind =>
    ends.includes('card') && network !== null && network !== 'card' ? 'memory' : 'unknown'
  const arrows = kernel
    .slice(1)
    .map((to, index) => arrow(kernel[index] ?? to, kindOf([kernel[index], to]), to))
  return { kernel, user: [], arrows, caption: null }
}

/** Whether the bytes pass a disk: those of a file in memory, or entirely in the page cache, do not. */
function meetsDisk(copies: CopyCount | null): boolean {
  if (copies === null) return true
  const { rule } = copies
  if (rule.kind === 'send') return rule.source === 'disk' && rule.cachedShare < 1
  return rule.target === 'disk'
}

/** Bytes that were to bypass the page cache pass through it. */
function withoutDisk(way: Way): Way {
  const stored = (id: BoxId): BoxId => (id === 'disk' ? 'cache' : id)
  const arrows = way.arrows
    .filter(({ from, to }) => from === to || stored(from) !== stored(to))
    .map(({ from, kind, to }) =>
      from === 'disk' || to === 'disk' ? arrow(stored(from), 'cpu', stored(to)) : arrow(from, kind, to),
    )
  const caption = way.kernel.includes('cache') ? way.caption : null
  return { ...way, kernel: [...new Set(way.kernel.map(stored))], arrows, caption }
}

/** The check reads pages that nothing else brings to user space. Beside other boxes there, only the count shows it. */
function withCheck(way: Way, copies: CopyCount | null): Way {
  if (copies?.check === undefined || way.user.length > 0 || !way.kernel.includes('cache')) return way
  return { ...way, user: ['check'], arrows: [...way.arrows, arrow('cache', 'cpu', 'check')] }
}

/**
 * The path through one machine, from its known facts. In an HTTPS body the cipher runs in user space with every technique;
 * without a copy rule the drawing claims nothing that depends on the interface.
 */
export function bytePath(facts: PathFacts): BytePath {
  const { role, copies, network } = facts
  const way = wayOf(facts)
  const { kernel, user, arrows, caption } = withCheck(meetsDisk(copies) ? way : withoutDisk(way), copies)
  // A system that passes packets in memory has no card to draw.
  const end = network === 'loopback' ? 'loopback' : cardKind(facts) === 'memory' ? 'virtual' : 'card'
  const named = (id: BoxId): BoxId => (id === 'card' ? end : id)
  return {
    role,
    kernel: kernel.map(named),
    user,
    arrows: arrows.map(({ from, to, kind }) => arrow(named(from), kind, named(to))),
    caption,
    copies,
    cipherPasses: arrows.filter(({ kind }) => kind === 'encryption' || kind === 'decryption').length,
  }
}

function wayOf(facts: PathFacts): Way {
  const { technique, cipher, carrier, role } = facts
  const sends = role === 'sender'
  if (carrier === 'body') {
    const card = cardKind(facts)
    if (cipher !== 'none') return sends ? sealed(card, 'inNode') : openedInUserSpace(card, 'inNode')
    return sends ? throughBuffer(card, 'bodyInNode') : receivedThroughBuffer(card, 'bodyInNode')
  }
  if (technique === null) return silent(facts)
  return sends ? sending(technique, facts) : receiving(technique, facts)
}

/** Bytes of a transfer that bypassed user space of this machine; null if not measured. */
export function notCopied({
  bytes,
  userCopyBytes,
}: Pick<TransferReport, 'bytes' | 'userCopyBytes'>): number | null {
  if (userCopyBytes === null) return null
  return Math.max(0, bytes - userCopyBytes)
}
