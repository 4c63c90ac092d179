import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import './app/app.css'
import { connect } from './state/connect.ts'

// Style elements that libraries add carry the nonce of this page, or the Content-Security-Policy refuses them.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content
if (nonce !== undefined) Reflect.set(globalThis, '__webpack_nonce__', nonce)

const root = document.getElementById('root')
if (root !== null) {
  await connect()
  createRoot(root).render(<App />)
}
