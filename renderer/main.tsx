import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import './app/app.css'
import { connect } from './state/connect.ts'
import { pageNonce } from './ui/nonce.ts'

// Style elements that libraries add need the page's nonce: the Content-Security-Policy blocks others.
const nonce = pageNonce()
if (nonce !== undefined) Reflect.set(globalThis, '__webpack_nonce__', nonce)

const root = document.getElementById('root')
if (root !== null) {
  await connect()
  createRoot(root).render(<App />)
}
