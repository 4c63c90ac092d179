import { useWords } from '../../i18n/words.ts'
import { bytePath } from './bytePath.ts'
import { PathDrawing } from './PathDrawing.tsx'

const SENDER = bytePath({
  technique: 'sendfile',
  security: 'clear',
  role: 'sender',
  copies: { cpu: 0, dma: 2, rule: 'sendfile-gather' },
})
const RECEIVER = bytePath({ technique: 'splice', security: 'clear', role: 'receiver', copies: null })

/** What the detail will show, where there is no transfer yet. */
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
