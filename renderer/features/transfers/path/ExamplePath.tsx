import { PLAIN_STREAMS } from '../../../../main/contract/report.ts'
import { useWords } from '../../../i18n/words.ts'
import { bytePath } from './bytePath.ts'
import { PathDrawing } from './PathDrawing.tsx'

const SENDER = bytePath({
  technique: 'sendfile',
  ...PLAIN_STREAMS,
  role: 'sender',
  network: 'card',
  copies: {
    cpu: 0,
    dma: 2,
    cipherPasses: 0,
    rule: { kind: 'send', way: 'sendfile-gather', beside: [], source: 'disk', cachedShare: 0, card: true },
  },
})
const RECEIVER = bytePath({
  technique: 'splice',
  ...PLAIN_STREAMS,
  role: 'receiver',
  network: 'card',
  copies: null,
})

/** An example of the detail, shown before the first transfer. */
export function ExamplePath() {
  const { words } = useWords()
  return (
    <div className="flex h-full flex-col justify-center gap-4 px-6 py-4">
      <div>
        <h2 className="text-base font-semibold">{words.detail.emptyTitle}</h2>
        <p className="max-w-[60ch] text-ink-2">{words.detail.emptyText}</p>
      </div>
      <p className="text-xs text-ink-3">{words.path.example}</p>
      <PathDrawing
        sender={{ name: words.path.exampleHere, path: SENDER, silent: false }}
        receiver={{ name: words.path.exampleThere, path: RECEIVER, silent: false }}
        sameMachine={false}
        level={null}
      />
    </div>
  )
}
