import { FolderOpen } from 'lucide-react'
import { COMPARE_PRESETS, COMPARE_RUNS } from '../../../main/contract/compare.ts'
import { formatBytes, visible } from '../../../main/messages/index.ts'
import { useWords } from '../../i18n/words.ts'
import { chooseCompared, type Sent, TEST_FILES, useCompare } from '../../state/compare.ts'
import { useDevices } from '../../state/devices.ts'
import { takesClear } from '../../state/send.ts'
import { Field } from '../../ui/controls/Field.tsx'
import { IconButton } from '../../ui/controls/IconButton.tsx'
import type { Option } from '../../ui/controls/option.tsx'
import { Select } from '../../ui/controls/Select.tsx'
import { nameOf } from '../devices/DeviceRow.tsx'

/** Rounds that can be chosen. */
const RUNS = [2, 3, COMPARE_RUNS.default, 10, 20] as const
const HERE = 'here'

/** What the next comparison sends, by which techniques, how often and to whom. */
export function Controls({ disabled }: { readonly disabled: boolean }) {
  const speech = useWords()
  const { words, fill } = speech
  const { sent, file, preset, runs, to } = useCompare()
  const devices = useDevices((state) => state.devices)
  const texts = words.compare
  const files: readonly Option<Sent>[] = [
    { value: 'small', text: fill(texts.testFile, { bytes: TEST_FILES.small }) },
    { value: 'large', text: fill(texts.testFile, { bytes: TEST_FILES.large }) },
    ...(file ? [{ value: 'file' as const, text: visible(file.name), note: formatBytes(file.size) }] : []),
  ]
  const peers: readonly Option<string>[] = [
    { value: HERE, text: texts.here, note: texts.hereNote },
    ...devices
      .filter(({ demo }) => !demo)
      .map((device) => ({
        value: device.id,
        text: nameOf(device, speech),
        note:
          preset === 'durability' ? texts.onlyHere : takesClear(device) ? texts.staysThere : texts.notClear,
        disabled: !takesClear(device) || preset === 'durability',
      })),
  ]
  return (
    <div className="grid shrink-0 grid-cols-[repeat(auto-fit,minmax(150px,1fr))] gap-3">
      <Field label={texts.file}>
        {(id) => (
          <span className="flex items-center gap-1">
            <span className="min-w-0 flex-1">
              <Select
                id={id}
                value={sent}
                options={files}
                disabled={disabled}
                onChange={(next) => useCompare.setState({ sent: next })}
              />
            </span>
            <IconButton label={texts.choose} disabled={disabled} onClick={() => void chooseCompared()}>
              <FolderOpen size={16} aria-hidden />
            </IconButton>
          </span>
        )}
      </Field>
      <Field label={texts.preset}>
        {(id) => (
          <Select
            id={id}
            value={preset}
            options={COMPARE_PRESETS.map((value) => ({
              ...{ value, ...texts.presets[value] },
              disabled: value === 'durability' && to !== null,
            }))}
            disabled={disabled}
            onChange={(next) => useCompare.setState({ preset: next })}
          />
        )}
      </Field>
      <Field label={texts.runs}>
        {(id) => (
          <Select
            id={id}
            value={String(runs)}
            options={RUNS.map((value) => ({
              value: String(value),
              text: fill(texts.rounds, { runs: value }),
            }))}
            disabled={disabled}
            onChange={(next) => useCompare.setState({ runs: Number(next) })}
          />
        )}
      </Field>
      <Field label={texts.peer}>
        {(id) => (
          <Select
            id={id}
            value={to ?? HERE}
            options={peers}
            disabled={disabled}
            onChange={(next) => useCompare.setState({ to: next === HERE ? null : next })}
          />
        )}
      </Field>
    </div>
  )
}
