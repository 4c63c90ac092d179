import type { Snapshot } from '../../../main/contract/ipc.ts'
import { isClear } from '../../../main/contract/report.ts'
import type { Reason, Technique } from '../../../main/contract/technique.ts'
import { useWords } from '../../i18n/words.ts'
import { changeSettings, useSettings } from '../../state/settings.ts'
import { chooseTechnique } from '../../state/transfers.ts'
import { Menu, type MenuGroup, type MenuItem } from '../../ui/controls/Menu.tsx'
import { Pill } from '../../ui/marks/Pill.tsx'
import { Tooltip } from '../../ui/Tooltip.tsx'
import { reportOf } from './words.ts'

interface Row<T extends Technique> {
  readonly technique: T
  readonly available: boolean
  readonly reason: Reason
}

/** The machine's techniques as menu items; what cannot run says why. */
export function useTechniqueItems<T extends Technique>(rows: readonly Row<T>[]): readonly MenuItem[] {
  const { words, reason } = useWords()
  const texts: Readonly<Partial<Record<Technique, string>>> = words.technique.texts
  return rows.map(({ technique, available, reason: why }) => {
    const note = available ? texts[technique] : reason(why)
    return {
      value: technique,
      text: technique,
      disabled: !available,
      ...(note === undefined ? {} : { note }),
    }
  })
}

/** The technique of this machine with the menu to choose another, and that of the other machine where it is known. */
export function TechniqueMenus({ snapshot }: { readonly snapshot: Snapshot }) {
  const { words, fill } = useWords()
  const { technique: text } = words
  const techniques = useSettings((state) => state.techniques)
  const settings = useSettings((state) => state.settings)
  const { view, key, otherEnd } = snapshot
  const sends = view.role === 'sender'
  const sendItems = useTechniqueItems(techniques.send)
  const receiveItems = useTechniqueItems(techniques.receive)
  const items = sends ? sendItems : receiveItems
  const technique = reportOf(snapshot)?.technique ?? view.choice?.technique ?? null
  const auto: MenuItem = { value: 'auto', text: text.auto, note: text.autoText }
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
    const rows: readonly Row<Technique>[] = sends ? techniques.send : techniques.receive
    const wanted = rows.find((row) => row.technique === value)
    if (wanted) void chooseTechnique(key, wanted.technique)
  }
  const changeable = view.state.kind === 'running' && view.carrier === 'engine'
  const groups: MenuGroup[] = [
    {
      title: text.next,
      value: sends ? settings.technique : settings.receiveTechnique,
      items: [auto, ...items],
      onChoose: setNext,
    },
  ]
  if (changeable)
    groups.unshift({ title: text.thisTransfer, value: technique ?? '', items, onChoose: setThis })
  const fixed =
    view.carrier === 'body' && view.cipher === 'none'
      ? text.inBody
      : isClear(view)
        ? text.done
        : text.encrypted
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
