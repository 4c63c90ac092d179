import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import './app/app.css'
import { connect } from './state/connect.ts'
import { pageNonce } from './ui/nonce.ts'

// Style elements that libraries add carry the nonce of this page, or the Content-Security-Policy refuses them.
const nonce = pageNonce()
if (nonce !== undefined) Reflect.set(globalThis, '__webpack_nonce__', nonce)

const root = document.getElementById('root')
if (root !== null) {
  await connect()
  createRoot(root).render(<App />)
}
