import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { BATCH_CHANNEL, type Bridge, REQUEST_CHANNEL } from '../../contract/ipc.ts'

const bridge: Bridge = {
  request: (name, request) => ipcRenderer.invoke(REQUEST_CHANNEL, name, request),
  onBatch(listener) {
    const onMessage = (_: unknown, batch: unknown): void => listener(batch)
    ipcRenderer.on(BATCH_CHANNEL, onMessage)
    return () => {
      ipcRenderer.off(BATCH_CHANNEL, onMessage)
    }
  },
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ''),
}

contextBridge.exposeInMainWorld('penstock', bridge)
