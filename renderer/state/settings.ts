import { create } from 'zustand'
import type { Self, TechniqueTable } from '../../main/contract/ipc.ts'
import type { WindowSettings } from '../../main/contract/settings.ts'
import { BUFFER_BYTES } from '../../main/contract/technique.ts'
import { invoke } from '../bridge.ts'
import { notify } from './ui.ts'

interface SettingsState {
  readonly settings: WindowSettings
  readonly self: Self
  readonly techniques: TechniqueTable
}

/** The user's settings, and this device. */
export const useSettings = create<SettingsState>(() => ({
  settings: {
    alias: null,
    folder: '',
    security: 'encrypted',
    pin: null,
    hidden: false,
    technique: 'auto',
    receiveTechnique: 'auto',
    bufferBytes: BUFFER_BYTES.default,
    leaveOutSystemFiles: false,
    theme: 'system',
    language: 'system',
  },
  self: { alias: '', hostName: '', fingerprint: '', addresses: [], port: null, problem: null, locale: 'en' },
  techniques: { send: [], receive: [] },
}))

/** Changes settings at once on the screen and in the file; reverts and reports those that could not be saved. */
export async function changeSettings(change: Partial<WindowSettings>): Promise<void> {
  const before = useSettings.getState().settings
  useSettings.setState({ settings: { ...before, ...change } })
  const result = await invoke('changeSettings', change)
  if (result.ok) {
    useSettings.setState({ settings: result.value })
    return
  }
  useSettings.setState({ settings: before })
  notify(result.problem)
}
