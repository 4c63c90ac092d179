import type { Snapshot } from '../../../main/contract/ipc.ts'
import { whyNotCarried } from '../../../main/contract/carries.ts'
import type { Technique } from '../../../main/contract/technique.ts'
import { useWords } from '../../i18n/words.ts'
import { changeSettings, useSettings } from '../../state/settings.ts'
import { chooseTechnique } from '../../state/transfers.ts'
import { Menu, type MenuGroup } from '../../ui/controls/Menu.tsx'
import { Pill } from '../../ui/marks/Pill.tsx'
import { Tooltip } from '../../ui/Tooltip.tsx'
import { useTechniqueItems, useTechniqueOptions } from '../settings/options.ts'
import { reportOf } from './words.ts'

/** The technique of this machine with a menu to change it, and that of the other machine if it is known. */
export function TechniqueMenus({ snapshot }: { readonly snapshot: Snapshot }) {
  const { words, fill } = useWords()
  const { technique: text } = words
  const techniques = useSettings((state) => state.techniques)
  const settings = useSettings((state) => state.settings)
  const { view, key, otherEnd } = snapshot
  const sends = view.role === 'sender'
  const rows = sends ? techniques.send : techniques.receive
  const items = useTechniqueItems<Technique>(rows, (one) => whyNotCarried(view, one))
  const options = useTechniqueOptions<Technique>(rows)
  const technique = reportOf(snapshot)?.technique ?? view.choice?.technique ?? null
  const setNext = (value: string): void => {
    const wanted = sends ? techniques.send.find((row) => row.technique === value)?.technique : undefined
    const wantedReceive = sends
      ? undefined
      : techniques.receive.find((row) => row.technique === value)?.technique
    if (value === 'auto') void changeSettings(sends ? { technique: 'auto' } : { receiveTechnique: 'auto' })
    else if (wanted !== undefined) void changeSettings({ technique: wanted })
    else if (wantedReceive !== undefined) void changeSettings({ receiveTechnique: wantedReceive })
  }
  const setThis = (value: string): void => {
    const wanted = items.find((item) => item.value === value)
    if (wanted) void chooseTechnique(key, wanted.value)
  }
  const changeable = view.state.kind === 'running' && view.carrier === 'engine'
  const groups: MenuGroup[] = [
    {
      title: text.next,
      value: sends ? settings.technique : settings.receiveTechnique,
      items: options,
      onChoose: setNext,
    },
  ]
  if (changeable)
    groups.unshift({ title: text.thisTransfer, value: technique ?? '', items, onChoose: setThis })
  const fixed =
    view.carrier === 'body' && view.cipher === 'none'
      ? text.inBody
      : view.cipher === 'tls'
        ? text.encrypted
        : text.done
  const footnote = changeable ? undefined : fixed
  const name = technique ?? text.auto
  const own = (
    <Menu
      label={fill(text.menu, { technique: name })}
      text={name}
      groups={groups}
      {...(footnote === undefined ? {} : { footnote })}
    />
  )
  const others = otherEnd?.technique ? (
    <Tooltip text={fill(text.otherEnd, { peer: view.peer.alias })}>
      <span data-testid="other-technique">
        <Pill tone="plain">{otherEnd.technique}</Pill>
      </span>
    </Tooltip>
  ) : null
  return (
    <div className="flex items-center gap-2" data-testid="technique">
      {sends ? own : others}
      {sends ? others : own}
    </div>
  )
}
